"""Ending offers, and taking a freed time back while nobody was told of it."""

import datetime as dt
from typing import Any

from django.db.models import Max

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.events import publish
from clinic.shared.notices import tell
from scheduling.actions.holds import release_hold
from scheduling.actions.occupancy import database_now, lock_doctors
from scheduling.actions.waitlist.doors import locked, move_entry, move_offer, open_offers
from scheduling.events import OfferChanged
from scheduling.models import (
    Appointment,
    FreedTime,
    Outcome,
    WaitlistEntry,
    WaitlistOffer,
)
from scheduling.statuses import AppointmentStatus, OfferStatus, WaitlistStatus


def end_offer(offer: WaitlistOffer, to: str, *, now: dt.datetime, by: Any) -> None:
    """End an unanswered offer; who had it waits again in her old place, and is told if she can know of it."""
    ended = move_offer(offer, to, by=by, answered_at=now)
    entry = WaitlistEntry.objects.get(pk=offer.entry_id)
    if entry.status == WaitlistStatus.OFFERED:
        told = offer.tell_at <= now
        last = entry.last_offered_at if told else _told_before(offer)
        move_entry(entry, WaitlistStatus.WAITING, by=by, reason=to, last_offered_at=last)
    publish(OfferChanged(offer_id=ended.pk))


def _told_before(offer: WaitlistOffer) -> dt.datetime | None:
    others = WaitlistOffer.objects.filter(entry=offer.entry_id).exclude(pk=offer.pk)
    found: dt.datetime | None = others.aggregate(last=Max("tell_at"))["last"]
    return found


def let_go(time: FreedTime, *, by: Any) -> None:
    """Release what is held for it: one time, or those of a party."""
    hold = time.hold
    if hold is None:
        return
    together = Appointment.objects.filter(pk=hold.pk)
    if hold.bundle:
        together = together | Appointment.objects.filter(bundle=hold.bundle)
    for each in together.filter(status=AppointmentStatus.HELD).order_by("pk"):
        release_hold(hold=each, by=by)
    time.hold = None


def settle(time: FreedTime, outcome: str, *, by: Any) -> FreedTime:
    """The search is over."""
    if outcome != Outcome.FILLED:
        let_go(time, by=by)
    time.hold, time.look_at, time.outcome = None, None, outcome
    time.save()
    tell("waitlist", branch=time.branch_id)
    return time


@action
def take_back_freed(*, appointment: Appointment, by: User | None) -> None:
    """Whoever freed this time wants it back. Within the time for an undo nobody was told of it: its offers vanish
    without a word. Later it stays with whom it was offered to, and the caller finds it taken.
    """
    lock_doctors([appointment.practitioner_id])
    rows = FreedTime.objects.filter(freed=appointment, outcome=Outcome.OPEN).order_by("pk")
    for time in rows.select_for_update(of=("self",)):
        now, offers = database_now(), open_offers(time)
        if offers and (time.undo_until is None or now >= time.undo_until):
            continue
        for offer in offers:
            end_offer(offer, OfferStatus.WITHDRAWN, now=now, by=by)
        settle(time, Outcome.UNDONE, by=by)


@action
def stop_offering(*, time: FreedTime, by: User | None) -> FreedTime:
    """The desk needs the time itself: its offers end, who was told is told that it is gone, and it is free again."""
    time = locked(time)
    now = database_now()
    for offer in open_offers(time):
        end_offer(offer, OfferStatus.LOST if offer.tell_at <= now else OfferStatus.WITHDRAWN, now=now, by=by)
    return time if time.outcome else settle(time, Outcome.UNDONE, by=by)
