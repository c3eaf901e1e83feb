"""What those who were asked answer: yes in one transaction with everything that follows, no, or nothing at all."""

from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict
from scheduling.actions.booking import book, cancel
from scheduling.actions.moving import reschedule
from scheduling.actions.occupancy import database_now
from scheduling.actions.policy import keep_acceptance
from scheduling.actions.waitlist.doors import locked, move_entry, move_offer, open_offers
from scheduling.actions.waitlist.search import _seek
from scheduling.actions.waitlist.taking_back import end_offer, let_go, settle
from scheduling.models import Appointment, FreedTime, Outcome, WaitlistEntry, WaitlistOffer
from scheduling.queries.policy import booking_rules
from scheduling.queries.slots import nearest_free
from scheduling.queries.wishes import origin_of, standing_of
from scheduling.statuses import AppointmentStatus, OfferStatus, WaitlistStatus


@action
def accept_offer(*, offer: WaitlistOffer, agreed: str = "", device: str = "", by: User | None) -> Appointment:
    """Make the offered time hers: her old visit is moved to it (and its time offered on), all of a party are booked or
    none, the others are told. Again is the same. Raises Conflict (code `gone`, details `nearest`) for who is too late.
    `agreed` and `device` as for `book`, whose refusals it passes on.
    """
    before = standing_of(_entry(offer.entry_id))
    time = locked(offer.time, *([before.practitioner_id] if before else []))
    offer = _fresh(offer)
    entry = _entry(offer.entry_id)
    if offer.status == OfferStatus.ACCEPTED and entry.booked is not None:
        return entry.booked
    now = database_now()
    held = offer.hold.status == AppointmentStatus.HELD
    if offer.status != OfferStatus.OFFERED or offer.expires_at <= now or not held:
        raise gone(offer)
    entry = move_entry(entry, WaitlistStatus.BOOKED, by=by)
    move_offer(offer, OfferStatus.ACCEPTED, by=by, answered_at=now)
    for other in open_offers(time):
        end_offer(other, OfferStatus.LOST, now=now, by=by)
    entry.booked = _take(time, offer, entry, by, agreed=agreed, device=device)
    entry.save()
    settle(time, Outcome.FILLED, by=by)
    return entry.booked


def _take(
    time: FreedTime, offer: WaitlistOffer, entry: WaitlistEntry, by: User | None, **agreement: Any
) -> Appointment:
    hold, old = offer.hold, standing_of(entry)
    if old is not None and old.status == AppointmentStatus.BOOKED and entry.party_size == 1:
        let_go(time, by=by)  # the doctor is locked: nobody comes between
        moved = reschedule(
            appointment=old, starts_at=hold.starts_at, practitioner=hold.practitioner, branch=hold.branch,
            reason="waitlist", promised=hold, by=by,
        )  # fmt: skip
        keep_acceptance(moved, by=by, **agreement)
        return moved
    holds = [hold]
    if hold.bundle:
        holds = list(Appointment.objects.filter(bundle=hold.bundle).order_by("starts_at", "pk"))
    people = [entry.patient, *entry.companions.order_by("pk")]
    if len(people) != len(holds):  # two cards of one person were merged since
        raise gone(offer)
    agreement["origin"] = origin_of(entry)
    booked = [
        book(hold=each, patient=patient, secret=each.held_by, by=by, **agreement)
        for patient, each in zip(people, holds, strict=True)
    ]
    if old is not None:  # still waited for approval
        cancel(appointment=old, reason="waitlist", by=by)
    return booked[0]


@action
def decline_offer(*, offer: WaitlistOffer, by: User | None) -> WaitlistOffer:
    """She does not want this time; she keeps her place, and the next one is asked. Again is the same.

    Raises Conflict (code `gone`) for an offer that has ended otherwise.
    """
    time, offer = locked(offer.time), _fresh(offer)
    if offer.status == OfferStatus.DECLINED:
        return offer
    if offer.status != OfferStatus.OFFERED:
        raise gone(offer)
    end_offer(offer, OfferStatus.DECLINED, now=database_now(), by=by)
    if not open_offers(time) and not time.outcome:
        _seek(time, booking_rules(), by=by)
    return _fresh(offer)


@action
def withdraw_entry(*, entry: WaitlistEntry, reason: str = "", by: User | None) -> WaitlistEntry:
    """She does not wait any more; a time that is held for her goes to the next one. Again is the same.

    Raises Conflict for an entry that was booked or has ended.
    """
    asked = WaitlistOffer.objects.filter(entry=entry, status=OfferStatus.OFFERED).select_related("time").first()
    time = locked(asked.time) if asked else None
    entry = WaitlistEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if entry.status == WaitlistStatus.WITHDRAWN:
        return entry
    if entry.status == WaitlistStatus.OFFERED and time is not None and asked is not None:
        end_offer(asked, OfferStatus.WITHDRAWN, now=database_now(), by=by)
    entry = move_entry(entry, WaitlistStatus.WITHDRAWN, by=by, reason=reason[:300])
    if time is not None and not time.outcome and not open_offers(time):
        _seek(time, booking_rules(), by=by)
    return entry


def gone(offer: WaitlistOffer) -> Conflict:
    """Too late: with the next free times of what she waits for."""
    entry, hold = offer.entry, offer.hold
    found = nearest_free(
        service=entry.service, starts_at=hold.starts_at, practitioner=entry.practitioner_id, branch=entry.branch_id
    )
    text = _("This time is no longer available.")
    return Conflict(text, code="gone", nearest=[slot.as_dict() for slot in found])


def _fresh(offer: WaitlistOffer) -> WaitlistOffer:
    rows = WaitlistOffer.objects.select_related("hold__service", "hold__practitioner", "hold__branch", "entry__service")
    return rows.select_for_update(of=("self",)).get(pk=offer.pk)


def _entry(pk: int) -> WaitlistEntry:
    return WaitlistEntry.objects.select_related("patient", "service", "instead_of", "booked").get(pk=pk)
