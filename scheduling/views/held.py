"""What a browser remembers between the pages of a booking: the held time and its secret, where she came from."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.shared.errors import Conflict, Invalid
from scheduling import actions
from scheduling.models import Appointment, Mode, Practitioner, Service
from scheduling.queries.opening import moment
from scheduling.queries.origins import marks_of, source_of_visitor
from scheduling.statuses import AppointmentStatus

A_MOMENT = timedelta(seconds=5)
HOLD, CAMPAIGN, DONE = "hold", "campaign", "booked"


def user_of(request: HttpRequest) -> User | None:
    """The account, None for a visitor."""
    return request.user if request.user.is_authenticated else None


def remember_campaign(request: HttpRequest) -> None:
    """Keep the marks of the link that brought her, until she books."""
    found = marks_of(request.GET)
    if found:
        request.session[CAMPAIGN] = found


def origin_of_visitor(request: HttpRequest) -> dict[str, Any]:
    """By what this browser came to the clinic."""
    campaign = request.session.get(CAMPAIGN)
    return {"source": source_of_visitor(campaign), "campaign": campaign}


@dataclass(frozen=True)
class Choice:
    """A time as a form names it."""

    practitioner: Practitioner
    branch: Branch
    starts_at: Any
    mode: str = ""  # how they meet, where the service leaves it open


def mode_of_address(request: HttpRequest) -> str:
    """`?mode=online`; empty for anything else."""
    return Mode.ONLINE if request.GET.get("mode") == Mode.ONLINE else ""


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
    mode = choice.mode or (before.mode if before is not None and before.service_id == service.pk else None)
    secret = secret or secrets.token_urlsafe(24)
    for other in parts_of(before)[1:]:
        actions.release_hold(hold=other, by=user_of(request))
    held = actions.hold(
        service=service,
        practitioner=choice.practitioner,
        branch=choice.branch,
        starts_at=choice.starts_at,
        secret=secret,
        **origin_of_visitor(request),
        instead_of=before if before is not None and before.status == AppointmentStatus.HELD else None,
        mode=mode or None,
        by=user_of(request),
    )
    request.session[HOLD] = {"id": held.pk, "secret": secret}
    return held


def hold_together(request: HttpRequest, services: Sequence[Service], choices: Sequence[Choice]) -> Appointment:
    """Hold times for several services for this browser; the first of them stands for all."""
    before, secret = held_of(request)
    secret = secret or secrets.token_urlsafe(24)
    if len(choices) != len(services) or len({choice.branch.pk for choice in choices}) != 1:
        raise Invalid(_("Choose one of the times on offer."), field="starts_at")
    pairs = zip(services, choices, strict=True)
    held = actions.hold_several(
        parts=[actions.Part(service, each.practitioner, each.starts_at, each.mode or None) for service, each in pairs],
        branch=choices[0].branch,
        secret=secret,
        **origin_of_visitor(request),
        instead_of=[each for each in parts_of(before) if each.status == AppointmentStatus.HELD],
        by=user_of(request),
    )
    request.session[HOLD] = {"id": held[0].pk, "secret": secret}
    return held[0]


def parts_of(held: Appointment | None) -> list[Appointment]:
    """A held time and what is held together with it, in order."""
    if held is None or held.bundle is None:
        return [held] if held is not None else []
    rows = Appointment.objects.filter(bundle=held.bundle).exclude(status=AppointmentStatus.RESCHEDULED)
    return list(rows.select_related("service", "practitioner", "branch").order_by("starts_at", "pk"))


def hold_again(request: HttpRequest, held: Appointment) -> Appointment:
    """A time that is no longer kept, once more, if nobody has it. Several at once are chosen anew."""
    if held.bundle is not None:
        raise Conflict(_("These times are no longer kept for you. Choose a time again."), code="hold_over")
    return hold_choice(request, held.service, Choice(held.practitioner, held.branch, held.starts_at, held.mode))


def book_held(*, hold: Appointment, **details: Any) -> Appointment:
    """`book`, or `book_several` for what is held together; the first appointment."""
    parts = parts_of(hold)
    return actions.book_several(holds=parts, **details)[0] if len(parts) > 1 else actions.book(hold=hold, **details)


def is_alive(held: Appointment) -> bool:
    """Whether a time is still held, with a few seconds to spare."""
    ends = held.hold_expires_at
    return held.status == AppointmentStatus.HELD and ends is not None and ends > timezone.now() + A_MOMENT


def is_same(held: Appointment, service: Service, choice: Choice) -> bool:
    """Whether a held time is the chosen one."""
    if held.bundle is not None or (choice.mode and choice.mode != held.mode):
        return False
    begins = held.session.starts_at if held.session is not None else held.starts_at  # of a number in line: its block's
    return (held.service_id, held.practitioner_id, held.branch_id, begins) == (
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
