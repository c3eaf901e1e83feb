"""Handing files over from a phone: a code on the screen, one phone, a quarter of an hour."""

import datetime as dt
import hashlib
import secrets
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Forbidden, NotFound
from clinic.shared.tenancy import salt
from emr.actions.files import described, tell_of_files
from emr.models import Audience, FileKind, PhoneLink
from emr.permissions import may_add_files
from scheduling.models import Visit

TO_OPEN = dt.timedelta(minutes=10)
TO_SEND = dt.timedelta(minutes=20)
FILES_AT_MOST = 40


def hash_of(token: str) -> str:
    """What is kept of a secret; worth nothing at another clinic."""
    return hashlib.sha256(f"{salt('phone')}:{token}".encode()).hexdigest()


@action
def open_phone_link(
    *,
    patient: Patient,
    branch: Branch,
    kind: str = FileKind.PHOTO,
    audience: str = Audience.CLINICAL,
    visit: Visit | None = None,
    by: User,
) -> tuple[PhoneLink, str]:
    """A new code and its secret, which is shown once; the codes that this account showed for the patient before end.

    Raises Forbidden for an account that adds no files.
    """
    if not may_add_files(by):
        raise Forbidden(_("Your role does not add files."))
    values = described(kind=kind, title="", taken_on=timezone.localdate(), audience=audience)
    now = timezone.now()
    for old in PhoneLink.objects.select_for_update().filter(patient=patient, by=by, opened_at=None, closed_at=None):
        old.closed_at = now
        old.save()
    token = secrets.token_urlsafe(24)
    link = PhoneLink(
        token_hash=hash_of(token), patient=patient, branch=branch, visit=visit, by=by, expires_at=now + TO_OPEN,
        kind=values["kind"], audience=values["audience"],
    )  # fmt: skip
    link.save()
    return link, token


@action
def take_phone_link(*, token: str, holder: str, by: Any) -> tuple[PhoneLink, str]:
    """The link for the phone that holds it: the first to open it gets a secret, everybody else is told it is used.

    Raises NotFound for a code that is unknown or over, and Conflict for another phone.
    """
    link = open_link(token)
    if not link.holder_hash:
        holder = secrets.token_urlsafe(24)
        link.holder_hash, link.opened_at = hash_of(holder), timezone.now()
        link.expires_at = link.opened_at + TO_SEND
        link.save()
        tell_of_files()
        return link, holder
    same_phone(link, holder)
    return link, holder


def open_link(token: str) -> PhoneLink:
    """The link of a code, locked; raises NotFound where it is unknown or over."""
    links = PhoneLink.objects.select_for_update(of=("self",)).select_related("patient", "branch")
    link = links.filter(token_hash=hash_of(token)).first()
    if link is None or link.expires_at <= timezone.now() or link.closed_at:
        raise NotFound(_("This code is over. Ask for a new one."))
    return link


def same_phone(link: PhoneLink, holder: str) -> None:
    """Raise Conflict for another phone than the one that opened the code."""
    if not holder or not link.holder_hash or not secrets.compare_digest(hash_of(holder), link.holder_hash):
        raise Conflict(_("This code is in use on another phone. Ask for a new one."))
