"""Holding a time for a few minutes, so that nobody loses it while she types her name."""

import datetime as dt
import hashlib
import hmac
import secrets
import uuid

from django.conf import settings
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.accounts.permissions import Perm
from clinic.shared.actions import action
from clinic.shared.actor import current_actor
from clinic.shared.errors import TooMany
from clinic.shared.notices import tell
from clinic.shared.tenancy import salt
from scheduling.actions.checks import refuse
from scheduling.actions.claims import claim
from scheduling.actions.occupancy import (
    begin_appointment,
    database_now,
    is_taken,
    lapse,
    leave,
    lock,
    lock_doctors,
    move_appointment,
)
from scheduling.actions.terms import agree
from scheduling.models import Appointment, Practitioner, Service, Source
from scheduling.statuses import EXPIRES, AppointmentStatus

HOLD_LIFE = dt.timedelta(minutes=5)
SWEEP_AT_ONCE = 500
OFFER_HOLDER = "offer:"  # a time held for the waitlist; the rest is the secret with which it is booked


def secret_hash(secret: str) -> str:
    """How a hold's secret is kept."""
    return hashlib.sha256(f"{salt('hold')}:{secret}".encode()).hexdigest()


def holder_of(user: User) -> str:
    """How an account's hold is kept."""
    return f"user:{user.pk}"


def is_holder(hold: Appointment, *, user: User | None, secret: str = "") -> bool:
    """Whether this caller may take the hold: the account that held it, whoever has its secret, or, where nobody was
    signed in, the same address. Staff take any.
    """
    if user is not None and (user.can(Perm.DIARY_BOOK, hold.branch_id) or hold.held_by == holder_of(user)):
        return True
    if hold.held_by.startswith("user:"):
        return False
    if hold.held_by.startswith(OFFER_HOLDER):
        return hmac.compare_digest(hold.held_by.encode(), secret.encode())
    if secret:
        return hmac.compare_digest(hold.held_by, secret_hash(secret))
    return bool(hold.held_from) and hold.held_from == current_actor().ip


@action
def hold(
    *,
    service: Service,
    practitioner: Practitioner,
    branch: Branch,
    starts_at: dt.datetime,
    secret: str = "",
    source: str = Source.SITE,
    campaign: dict[str, str] | None = None,
    instead_of: Appointment | None = None,
    mode: str | None = None,
    any_start: bool = False,
    bundle: uuid.UUID | None = None,
    holder: str = "",
    until: dt.datetime | None = None,
    by: User | None,
) -> Appointment:
    """Keep a time for five minutes (by the database's clock), for an account or for whoever has the secret; for a
    `holder` of the house itself `until` a moment and uncounted.

    `instead_of`, another hold of the same person, is let go first; it stays if this one is refused. `mode` says how
    they meet where the service leaves it open; `bundle` marks what is booked together, of which later parts begin at
    `any_start`. Raises Invalid for a time that is not on offer, Conflict (details `nearest`) where it is taken, TooMany
    beyond HOLDS_PER_MINUTE of an address.
    """
    for_staff = bool(holder) or (by is not None and by.can(Perm.DIARY_BOOK, branch))
    terms = agree(
        service=service, practitioner=practitioner, branch=branch, starts_at=starts_at, for_staff=for_staff, mode=mode,
        any_start=any_start,
    )  # fmt: skip
    span = terms.span
    if instead_of is not None:
        lock_doctors({instead_of.practitioner_id, practitioner.pk})
        release_hold(hold=instead_of, by=by)
    # most losers leave here, before they wait for anybody
    if not terms.is_shared and is_taken(f"d:{practitioner.pk}", span):
        raise refuse(terms, for_staff)
    _limit(by, for_staff)
    claimed = claim(terms, for_staff=for_staff)
    appointment = Appointment(
        **claimed.fields(),
        status=AppointmentStatus.HELD,
        bundle=bundle,
        hold_expires_at=until or database_now() + HOLD_LIFE,
        held_by=holder or (holder_of(by) if by else secret_hash(secret or secrets.token_urlsafe(24))),
        held_from=None if by or holder else current_actor().ip,
        source=source,
        campaign=campaign or {},
        booked_by=by,
        link_token=secrets.token_urlsafe(24),
    )
    begin_appointment(appointment, devices=claimed.devices, by=by)
    tell("board", branch=branch.pk)
    return appointment


def _limit(by: User | None, for_staff: bool) -> None:
    """Not more than HOLDS_PER_MINUTE from an address, nor as many at once of one account; counted under a lock."""
    allowed = settings.HOLDS_PER_MINUTE
    if not allowed or for_staff:
        return
    if by is not None:
        lock(f"holds-of:{by.pk}")
        holds = Appointment.objects.filter(
            status=AppointmentStatus.HELD, held_by=holder_of(by), hold_expires_at__gt=database_now()
        )
        if holds.count() >= allowed:
            raise TooMany(_("You hold many times already. Book one of them, or wait a few minutes."), retry_after=60)
        return
    address = current_actor().ip
    if not address:
        return
    lock(f"holds-from:{address}")
    since = database_now() - dt.timedelta(minutes=1)
    times = Appointment.objects.filter(held_from=address, created_at__gt=since).order_by("created_at")
    taken = list(times.values_list("created_at", flat=True)[:allowed])
    if len(taken) >= allowed:
        wait = max(1, int((taken[0] - since).total_seconds()) + 1)
        raise TooMany(_("Too many times were held from this address. Try again in a minute."), retry_after=wait)


@action
def release_hold(*, hold: Appointment, by: User | None) -> None:
    """Let a held time go before its end; of one that is no longer held nothing happens."""
    hold = Appointment.objects.select_for_update(of=("self",)).get(pk=hold.pk)
    if hold.status == AppointmentStatus.HELD:
        leave(hold)
        over = hold.hold_expires_at is not None and hold.hold_expires_at <= database_now()
        end = AppointmentStatus.EXPIRED if over else AppointmentStatus.CANCELLED
        move_appointment(hold, end, by=by, reason="" if over else "released", is_locked=True)
        tell("board", branch=hold.branch_id)


@action
def expire_holds(*, by: User | None = None) -> int:
    """End every hold whose time is over; how many there were. Safe to run at any time, by several at once."""
    over = Appointment.objects.select_for_update(of=("self",), skip_locked=True).filter(
        status__in=EXPIRES, hold_expires_at__lte=database_now()
    )
    branches, count = set(), 0
    for appointment in over.order_by("pk")[:SWEEP_AT_ONCE]:
        lapse(appointment, by=by)
        branches.add(appointment.branch_id)
        count += 1
    for branch in branches:
        tell("board", branch=branch)
    return count
