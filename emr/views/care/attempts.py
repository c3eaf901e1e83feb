"""What every press in the prescription is answered with."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from clinic.shared.errors import ActionError
from emr.models import Encounter
from emr.views.common import again, part, words_of


def card(request: HttpRequest, record: Encounter, status: int = 200, **more: Any) -> HttpResponse:
    """The card as it is now."""
    return part(request, "prescription", record, status=status, **more)


def refused(request: HttpRequest, record: Encounter, error: ActionError, **more: Any) -> HttpResponse:
    """The card with what speaks against it."""
    told = {"cautions": error.details.get("cautions", []), **words_of(error), **more}
    return card(request, record, error.status if error.status in {409, 422} else 422, **told)


def attempt(request: HttpRequest, record: Encounter, do: Callable[[str], Any]) -> HttpResponse:
    """Do it with the reason sent along; a refusal shows what speaks against it and asks for one."""
    try:
        do(request.POST.get("override_reason", "")[:300])
    except ActionError as error:
        return refused(request, record, error, once_more=request.path)
    return card(request, again(record))
