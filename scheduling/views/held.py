"""What a browser remembers between the pages of a booking: the held time and its secret, where she came from."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.shared.errors import Invalid
from scheduling import actions
from scheduling.models import Appointment, Practitioner, Service
from scheduling.queries.opening import moment
from scheduling.queries.origins import UTM, source_of_visitor
from scheduling.statuses import AppointmentStatus

A_MOMENT = timedelta(seconds=5)
HOLD, CAMPAIGN, DONE = "hold", "campaign", "booked"


def user_of(request: HttpRequest) -> User | None:
    """The account, None for a visitor."""
    return request.user if request.user.is_authenticated else None


def remember_campaign(request: HttpRequest) -> None:
    """Keep the marks of the link that brought her, until she books."""
    found = {name: request.GET[name][:100] for name in UTM if request.GET.get(name)}
    if found:
        request.session[CAMPAIGN] = found


@dataclass(frozen=True)
class Choice:
    """A time as a form names it."""

    practitioner: Practitioner
    branch: Branch
    starts_at: Any


def read_choice(text: str) -> Choice:
    """`doctor-branch-moment` as rows. Raises Invalid for what no page of ours sent."""
    try:
        doctor, branch, epoch = (int(part) for part in text.split("-"))
        return Choice(Practitioner.objects.get(pk=doctor), Branch.objects.get(pk=branch), moment(epoch))
    except (ValueError, OverflowError, OSError, Practitioner.DoesNotExist, Branch.DoesNotExist):
        raise Invalid(_("Choose one of the times on offer."), field="starts_at") from None


def held_of(request: HttpRequest) -> tuple[Appointment | None, str]:
    """The held time of this browser and its secret."""
    kept = request.session.get(HOLD) or {}
    rows = Appointment.objects.select_related("service", "practitioner", "branch", "patient")
    return rows.filter(pk=kept.get("id") or 0).first(), str(kept.get("secret", ""))


def hold_choice(request: HttpRequest, service: Service, choice: Choice) -> Appointment:
    """Hold a time for this browser, in place of the one that it held. The same again is the same hold."""
    before, secret = held_of(request)
    if before is not None and is_alive(before) and is_same(before, service, choice):
        return before
    secret = secret or secrets.token_urlsafe(24)
    held = actions.hold(
        service=service,
        practitioner=choice.practitioner,
        branch=choice.branch,
        starts_at=choice.starts_at,
        secret=secret,
        source=source_of_visitor(request.session.get(CAMPAIGN)),
        campaign=request.session.get(CAMPAIGN),
        instead_of=before if before is not None and before.status == AppointmentStatus.HELD else None,
        by=user_of(request),
    )
    request.session[HOLD] = {"id": held.pk, "secret": secret}
    return held


def is_alive(held: Appointment) -> bool:
    """Whether a time is still held, with a few seconds to spare."""
    ends = held.hold_expires_at
    return held.status == AppointmentStatus.HELD and ends is not None and ends > timezone.now() + A_MOMENT


def is_same(held: Appointment, service: Service, choice: Choice) -> bool:
    """Whether a held time is the chosen one."""
    return (held.service_id, held.practitioner_id, held.branch_id, held.starts_at) == (
        service.pk,
        choice.practitioner.pk,
        choice.branch.pk,
        choice.starts_at,
    )


def forget_hold(request: HttpRequest, booked: Appointment) -> None:
    """The booking is done; its page is where a second press or the way back leads."""
    request.session[DONE] = booked.link_token
    request.session.pop(HOLD, None)
    request.session.pop(CAMPAIGN, None)
