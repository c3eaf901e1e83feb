"""What a phone that holds a code may do: send files, and say that it is done."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.shared.actions import action
from clinic.shared.errors import Conflict, NotFound
from emr.actions.files import add_file, tell_of_files
from emr.actions.phone_links import hash_of, open_link, same_phone
from emr.models import File, PhoneLink
from emr.permissions import may_add_files

FILES_AT_MOST = 40


def require_phone(*, token: str, holder: str) -> PhoneLink:
    """The link of the phone that asks, still open; raises NotFound and Conflict as `take_phone_link` does."""
    link = PhoneLink.objects.select_related("patient", "visit", "by").filter(token_hash=hash_of(token)).first()
    if link is None or link.expires_at <= timezone.now() or link.closed_at or not may_add_files(link.by):
        raise NotFound(_("This code is over. Ask for a new one."))
    same_phone(link, holder)
    return link


def send_from_phone(*, token: str, holder: str, upload: Any, by: Any) -> File:
    """Keep one file of the phone that holds the link. Raises as `take_phone_link` and `add_file` do."""
    link = require_phone(token=token, holder=holder)
    if link.received >= FILES_AT_MOST:
        raise Conflict(_("This code has sent as much as it may. Ask for a new one."))
    file = add_file(
        patient=link.patient, upload=upload, kind=link.kind, audience=link.audience, visit=link.visit,
        came_by="phone", by=link.by,
    )  # fmt: skip
    _count(link=link, by=link.by)
    return file


@action
def _count(*, link: PhoneLink, by: Any) -> None:
    link = PhoneLink.objects.select_for_update().get(pk=link.pk)
    link.received += 1
    link.last_at = timezone.now()
    link.save()


@action
def close_phone_link(*, token: str, holder: str, by: Any) -> PhoneLink:
    """The phone is done; the code ends."""
    link = open_link(token)
    same_phone(link, holder)
    link.closed_at = timezone.now()
    link.save()
    tell_of_files()
    return link
