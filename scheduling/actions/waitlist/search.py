"""The search for somebody who takes a freed time: held at once, offered by message, passed on round after round.

Everything of a round is one transaction: hold, offers, entries and messages are there together or not at all. Whatever
dies between two rounds is found by the sweep (`pass_on`); a hold nobody looks after ends by the database's clock.
"""

import datetime as dt
import secrets
import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.shared.actions import action
from clinic.shared.errors import ActionError, Conflict
from clinic.shared.events import publish
from clinic.shared.notices import tell
from clinic.shared.quiet import UNDO_TIME, after_quiet_hours, next_night
from clinic.shared.statuses import begin
from scheduling.actions.holds import OFFER_HOLDER, hold
from scheduling.actions.occupancy import database_now, is_taken
from scheduling.actions.waitlist.doors import locked, move_entry, open_offers
from scheduling.actions.waitlist.taking_back import end_offer, let_go, settle
from scheduling.events import OfferChanged
from scheduling.models import (
    Appointment,
    BookingRules,
    FreedTime,
    OfferMode,
    Outcome,
    Practitioner,
    Reason,
    WaitlistEntry,
    WaitlistOffer,
    WaitlistOfferStatusChange,
    WaitlistSkip,
)
from scheduling.queries.matching import Judged, judged, opening_of
from scheduling.queries.policy import booking_rules, problems
from scheduling.queries.wishes import SHORTEST_ANSWER, standing_of
from scheduling.statuses import HOLDS_THE_SLOT, OfferStatus, WaitlistStatus

# The next one is asked before the hold ends, as long as a sweep comes within this.
HOLD_GRACE = dt.timedelta(minutes=2)
MOST_SKIPS = 60


@action
def offer_freed_time(*, appointment: Appointment, undoable: bool = False, by: User | None) -> FreedTime | None:
    """Hold the time that an appointment has just left and offer it to whom it suits best; None where the waitlist is
    off, the time has begun or is not free. `undoable` tells nobody before the three minutes for an undo are over.
    """
    rules, now = booking_rules(), database_now()
    if not rules.waitlist_on or appointment.starts_at <= now or appointment.status in HOLDS_THE_SLOT:
        return None
    time = FreedTime.objects.create(
        practitioner=appointment.practitioner,
        branch=appointment.branch,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        freed=appointment,
        undo_until=now + UNDO_TIME if undoable else None,
        look_at=now,
    )
    return _seek(locked(time), rules, by=by)


@action
def pass_on(*, time: FreedTime, by: User | None = None) -> FreedTime:
    """End what was not answered in time, and ask the next ones. Safe to repeat, and by several at once."""
    time, now = locked(time), database_now()
    if time.outcome:
        return time
    waiting = 0
    for offer in open_offers(time):
        if offer.expires_at <= now:
            end_offer(offer, OfferStatus.EXPIRED, now=now, by=by)
        else:
            waiting += 1
    if waiting or (time.look_at and time.look_at > now):
        return time
    return _seek(time, booking_rules(), by=by)


@action
def offer_time(
    *, entry: WaitlistEntry, practitioner: Practitioner, branch: Branch, starts_at: dt.datetime, by: User | None
) -> FreedTime:
    """Offer an empty time of the diary to one who waits; if she does not take it, the next ones are asked.

    Raises Conflict where she or the time cannot, with the reason in words.
    """
    now = database_now()
    if _may_be_told(now, branch.time_zone) != now:
        raise Conflict(
            _("It is too late in the evening to ask by message. Book the time, or ask tomorrow."), code="night"
        )
    minutes = dt.timedelta(minutes=entry.service.minutes)
    time = FreedTime.objects.create(
        practitioner=practitioner, branch=branch, starts_at=starts_at, ends_at=starts_at + minutes, look_at=now
    )
    return _seek(locked(time), booking_rules(), only=entry, by=by)


def _may_be_told(moment: dt.datetime, zone: str) -> dt.datetime:
    """The moment itself, or the morning where nobody could be told and answer before the night."""
    if next_night(moment, zone) - moment < SHORTEST_ANSWER:
        return after_quiet_hours(max(moment, next_night(moment, zone)), zone)
    return after_quiet_hours(moment, zone)


def _seek(time: FreedTime, rules: BookingRules, *, only: WaitlistEntry | None = None, by: User | None) -> FreedTime:
    """Ask the best one (or several) of those that wait; for nobody the time is public. The caller has the locks."""
    now, zone = database_now(), time.branch.time_zone
    tell_at = max(now, time.undo_until or now)
    let_go(time, by=by)
    if not rules.waitlist_on:
        return settle(time, Outcome.NOBODY, by=by)
    if time.starts_at - dt.timedelta(minutes=rules.waitlist_stop_minutes) - tell_at < SHORTEST_ANSWER:
        return settle(time, Outcome.TOO_LATE, by=by)
    if _may_be_told(tell_at, zone) != tell_at:
        return _wait(time, _may_be_told(tell_at, zone))
    all_judged = judged(opening_of(time), rules, tell_at=tell_at, now=now)
    fitting = [each for each in all_judged if each.party]
    if only is not None:
        fitting = [_the_one(all_judged, only)]
    chosen, refused = _ask_somebody(time, fitting, rules, tell_at, by)
    if only is not None and refused:
        raise Conflict(_("This time cannot be offered: %(why)s.") % {"why": Reason.POLICY.label}, code="not_fitting")
    if not chosen and _is_gone(time):
        return settle(time, Outcome.TAKEN, by=by)
    _note_skips(time, all_judged, {offer.entry_id for offer in chosen}, refused)
    if not chosen:
        return settle(time, Outcome.NOBODY, by=by)
    tell("waitlist", branch=time.branch_id)
    return time


def _wait(time: FreedTime, until: dt.datetime) -> FreedTime:
    """Until then the time is anybody's."""
    time.look_at = until
    time.save()
    return time


def _the_one(all_judged: list[Judged], entry: WaitlistEntry) -> Judged:
    found = next((each for each in all_judged if each.entry.pk == entry.pk), None)
    if found is not None and found.party:
        return found
    why = Reason(found.reason).label if found else _("She does not wait any more.")
    raise Conflict(_("This time cannot be offered: %(why)s.") % {"why": str(why).rstrip(".")}, code="not_fitting")


def _is_gone(time: FreedTime) -> bool:
    """Whether somebody booked it in the ordinary way meanwhile; a group's time is always its group's."""
    if time.freed is not None and time.freed.session_id:
        return False
    return is_taken(f"d:{time.practitioner_id}", (time.starts_at, time.ends_at))


def _ask_somebody(
    time: FreedTime, fitting: list[Judged], rules: BookingRules, tell_at: dt.datetime, by: User | None
) -> tuple[list[WaitlistOffer], set[int]]:
    """Hold the time for the first who can still be asked, and ask; in the mode of several the others beside her. With
    the offers come those whom the rules of booking do not allow it.
    """
    most = max(rules.waitlist_at_once, 1) if rules.waitlist_mode == OfferMode.SEVERAL else 1
    offers: list[WaitlistOffer] = []
    refused: set[int] = set()
    first: Judged | None = None
    for each in fitting:
        if len(offers) == most:
            break
        if first is not None and (each.party, each.entry.service_id) != (first.party, first.entry.service_id):
            continue
        if _still_waiting(each.entry) is None:
            continue
        if _against_the_rules(time, each):
            refused.add(each.entry.pk)
            continue
        if first is None and not _hold_for(time, each, tell_at, rules, by):
            continue
        first = first or each
        offers.append(_offer(time, each, tell_at, by))
    return offers, refused


def _against_the_rules(time: FreedTime, found: Judged) -> bool:
    entry, moved = found.entry, standing_of(found.entry)
    people = [entry.patient, *entry.companions.all()]
    return any(
        problems(service=entry.service, patient=patient, branch=time.branch, starts_at=slot.expected_at, moved=moved)
        for patient, slot in zip(people, found.party, strict=True)
    )


def _still_waiting(entry: WaitlistEntry) -> WaitlistEntry | None:
    """The entry, locked; None where another time is being offered to her, or she is just being changed."""
    rows = WaitlistEntry.objects.filter(pk=entry.pk, status=WaitlistStatus.WAITING)
    return rows.select_for_update(of=("self",), skip_locked=True).first()


def _hold_for(time: FreedTime, found: Judged, tell_at: dt.datetime, rules: BookingRules, by: User | None) -> bool:
    """Hold all the times of a party, or none."""
    longest = tell_at + dt.timedelta(minutes=rules.waitlist_minutes)
    holder, bundle = f"{OFFER_HOLDER}{secrets.token_urlsafe(24)}", uuid.uuid4() if len(found.party) > 1 else None
    try:
        with transaction.atomic():
            holds = [
                hold(
                    service=found.entry.service, practitioner=time.practitioner, branch=time.branch,
                    starts_at=slot.starts_at, mode=slot.mode, any_start=place > 0, bundle=bundle,
                    holder=holder, until=longest + HOLD_GRACE, by=None,
                )
                for place, slot in enumerate(found.party)
            ]  # fmt: skip
    except ActionError:
        return False
    time.hold, time.round, time.look_at = holds[0], time.round + 1, None
    time.save()
    return True


def _offer(time: FreedTime, found: Judged, tell_at: dt.datetime, by: User | None) -> WaitlistOffer:
    assert time.hold
    offer = WaitlistOffer(
        entry=found.entry,
        hold=time.hold,
        time=time,
        round=time.round,
        tell_at=tell_at,
        expires_at=found.until,
        token=secrets.token_urlsafe(24),
    )
    begin(offer, log=WaitlistOfferStatusChange, by=by)
    move_entry(found.entry, WaitlistStatus.OFFERED, by=by, last_offered_at=tell_at)
    publish(OfferChanged(offer_id=offer.pk))
    return offer


def _note_skips(time: FreedTime, all_judged: list[Judged], asked: set[int], refused: set[int]) -> None:
    """Write down why the others were not asked; each reason once."""
    passed = [each for each in all_judged if each.entry.pk not in asked][:MOST_SKIPS]
    rows = []
    for each in passed:
        reason = each.reason or (Reason.POLICY if each.entry.pk in refused else Reason.BEHIND)
        rows.append(WaitlistSkip(entry=each.entry, time=time, starts_at=time.starts_at, reason=reason))
    WaitlistSkip.objects.bulk_create(rows, ignore_conflicts=True)


def due_times(now: dt.datetime) -> list[Any]:
    """The freed times of which something is due: an answer that did not come, or a search that rests."""
    late = WaitlistOffer.objects.filter(status=OfferStatus.OFFERED, expires_at__lte=now)
    rows = FreedTime.objects.filter(outcome=Outcome.OPEN)
    return list((rows.filter(look_at__lte=now) | rows.filter(pk__in=late.values("time"))).order_by("pk")[:200])
