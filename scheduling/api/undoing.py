"""Taking back through the API: what the caller saw, not what somebody else did meanwhile."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from clinic.shared.api import read
from clinic.shared.errors import Conflict
from scheduling.models import Appointment, Visit


class UndoInput(serializers.Serializer):
    """Which change is taken back."""

    of = serializers.CharField(
        max_length=40,
        required=False,
        allow_blank=True,
        help_text="the status that the caller saw; where it is another by now nothing is taken back (409 `meanwhile`)",
    )


def status_seen(request: Request, found: Appointment | Visit) -> str:
    """The status that the caller named, if any. Raises Conflict where it is another now."""
    seen: Any = read(UndoInput, request.data).get("of", "")
    if seen and seen != found.status:
        text = _("Something else happened meanwhile. Look at what is there now.")
        raise Conflict(text, code="meanwhile", before=found.status)
    return str(seen)
