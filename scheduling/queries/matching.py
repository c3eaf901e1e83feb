"""Who of those that wait can take a time, in the order in which they are asked, and why the others cannot.

The order: urgent ones first, then who was not offered anything for a day, then who waits longest.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from clinic.accounts.models import Branch
from clinic.patients.models import Patient
from scheduling.models import (
    Appointment,
    BookingRules,
    Occupancy,
    Practitioner,
    PractitionerService,
    Reason,
    Service,
    WaitlistEntry,
    WaitlistOffer,
)
from scheduling.queries.opening import moment
from scheduling.queries.slots import GRID, Slot, free_slots
from scheduling.queries.wishes import answer_until, standing_of, wish_against
from scheduling.statuses import LIVE_ENTRIES, OfferStatus, WaitlistStatus

LATELY = dt.timedelta(days=1)
MOST_JUDGED = 300
Party = tuple[Slot, ...]


@dataclass(frozen=True)
class Opening:
    """A doctor's time in a branch that became free, in seconds since 1970; `exact` wants visits that begin with it."""

    practitioner: int
    branch: int
    zone: str
    begin: int
    end: int
    exact: bool = False
    had_by: int | None = None  # the patient who left it


@dataclass(frozen=True)
class Judged:
    """One who waits: the times for her party and until when she may answer, or the reason why not."""

    entry: WaitlistEntry
    party: Party = ()
    until: dt.datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class Length:
    """Minutes of a visit, and those kept free between two of them."""

    minutes: int
    gap: int


@dataclass
class _Search:
    opening: Opening
    rules: BookingRules
    tell_at: dt.datetime
    now: dt.datetime
    lengths: dict[int, Length]
    asked: dict[int, list[tuple[dt.datetime, dt.datetime]]]
    busy: dict[int, list[tuple[int | None, dt.datetime, dt.datetime]]]
    found: dict[tuple[int, int], list[Party]] = field(default_factory=dict)

    def parties(self, service: Service, people: int) -> list[Party]:
        """The times that the opening has for so many people, nearest to its beginning first."""
        key = (service.pk, people)
        if key not in self.found:
            self.found[key] = _parties(self.opening, service, people, self.lengths[service.pk], self.now)
        return self.found[key]


def judged(opening: Opening, rules: BookingRules, *, tell_at: dt.datetime, now: dt.datetime) -> list[Judged]:
    """Everybody who waits for something that this doctor gives, in the order of asking, each with her times or reason.

    A few statements for all of them, and the free times once a service.
    """
    lengths = _lengths(opening.practitioner)
    entries = _in_order(_waiting_for(list(lengths)), now)
    if not entries:
        return []
    search = _Search(opening, rules, tell_at, now, lengths, _asked(entries, opening), _busy(entries, opening))
    return [_judge(entry, search) for entry in entries]


def _lengths(practitioner: int) -> dict[int, Length]:
    """Every service that a doctor gives, as she gives it."""
    offers = PractitionerService.objects.filter(
        practitioner=practitioner, is_active=True, practitioner__is_active=True, service__is_active=True
    )
    return {offer.service_id: _length_of(offer.service, offer) for offer in offers.select_related("service")}


def _length_of(service: Service, offer: PractitionerService | None) -> Length:
    def own(name: str) -> int:
        value: int | None = getattr(offer, name, None)
        return int(getattr(service, name)) if value is None else value

    return Length(own("minutes"), own("buffer_before") + own("buffer_after"))


def _waiting_for(services: list[int]) -> list[WaitlistEntry]:
    rows = WaitlistEntry.objects.filter(service__in=services, status__in=LIVE_ENTRIES)
    rows = rows.select_related("patient", "service", "instead_of")
    rows = rows.prefetch_related(Prefetch("companions", Patient.objects.order_by("pk")))
    return list(rows.order_by("-priority", "joined_at", "pk")[:MOST_JUDGED])


def _in_order(entries: list[WaitlistEntry], now: dt.datetime) -> list[WaitlistEntry]:
    def lately(entry: WaitlistEntry) -> bool:
        return entry.last_offered_at is not None and entry.last_offered_at > now - LATELY

    return sorted(entries, key=lambda entry: (-entry.priority, lately(entry)))


def _asked(entries: Iterable[WaitlistEntry], opening: Opening) -> dict[int, list[tuple[dt.datetime, dt.datetime]]]:
    """Who let which of this doctor's times go already."""
    offers = WaitlistOffer.objects.filter(
        entry__in=[entry.pk for entry in entries],
        hold__practitioner=opening.practitioner,
        status__in=[OfferStatus.DECLINED, OfferStatus.EXPIRED],
    )
    found: dict[int, list[tuple[dt.datetime, dt.datetime]]] = {}
    for entry, starts_at, ends_at in offers.values_list("entry_id", "hold__starts_at", "hold__ends_at"):
        found.setdefault(entry, []).append((starts_at, ends_at))
    return found


def _busy(
    entries: Iterable[WaitlistEntry], opening: Opening
) -> dict[int, list[tuple[int | None, dt.datetime, dt.datetime]]]:
    """The visits that these patients have around the opening."""
    people = {f"p:{patient}": patient for entry in entries for patient in _people(entry)}
    day = dt.timedelta(days=1)
    rows = Occupancy.objects.filter(
        resource__in=list(people), interval__overlap=(moment(opening.begin) - day, moment(opening.end) + day)
    )
    found: dict[int, list[tuple[int | None, dt.datetime, dt.datetime]]] = {}
    for resource, appointment, interval in rows.values_list("resource", "appointment_id", "interval"):
        found.setdefault(people[resource], []).append((appointment, interval.lower, interval.upper))
    return found


def _people(entry: WaitlistEntry) -> list[int]:
    return [entry.patient_id, *(patient.pk for patient in entry.companions.all())]


def _parties(opening: Opening, service: Service, people: int, length: Length, now: dt.datetime) -> list[Party]:
    apart = length.minutes + length.gap + GRID // 60
    reach = dt.timedelta(minutes=apart * people)
    slots = free_slots(
        service=service, practitioner=opening.practitioner, branch=opening.branch,
        since=moment(opening.begin) - reach, until=moment(opening.end) + reach, for_staff=True, now=now,
    )  # fmt: skip
    parties = [party for party in _chains(slots, length.gap * 60, people) if _opened(party, opening)]
    return sorted(parties, key=lambda party: abs(party[0].begin - opening.begin))


def party_at(entry: WaitlistEntry, practitioner: Practitioner, branch: Branch, starts_at: dt.datetime) -> Party:
    """Times for all who wait with an entry, the first of them then; empty where not all of them can be seen."""
    length = _lengths(practitioner.pk).get(entry.service_id) or _length_of(entry.service, None)
    begin = int(starts_at.timestamp())
    opening = Opening(practitioner.pk, branch.pk, branch.time_zone, begin, begin + 60, exact=True)
    found = _parties(opening, entry.service, entry.party_size, length, timezone.now())
    return found[0] if found else ()


def _opened(party: Party, opening: Opening) -> bool:
    """Whether these times were not to be had before, and leave no crumbs of the opening on both sides."""
    first = party[0]
    if first.number is not None:  # a number in line is somewhere in its block
        return first.begin <= opening.begin < first.end
    begins = first.begin == opening.begin
    return begins or (party[-1].end == opening.end and not opening.exact)


def _chains(slots: list[Slot], gap: int, people: int) -> Iterator[Party]:
    """Times for all: seats of one group where it has enough, else one directly after the other, `gap` seconds apart."""
    for place, first in enumerate(slots):
        if people == 1 or (first.left or 1) >= people:
            yield (first,) * people
            continue
        party = [first]
        for slot in slots[place + 1 :]:
            least = party[-1].end + gap
            if slot.begin > least + GRID or len(party) == people:
                break
            if slot.begin >= least:
                party.append(slot)
        if len(party) == people:
            yield tuple(party)


def _judge(entry: WaitlistEntry, search: _Search) -> Judged:
    reason = _never(entry, search.opening)
    if reason:
        return Judged(entry, reason=reason)
    parties = search.parties(entry.service, entry.party_size)
    if not parties:
        alone = entry.party_size > 1 and search.parties(entry.service, 1)
        return Judged(entry, reason=Reason.PARTY if alone else Reason.LENGTH)
    first = ""
    for party in parties:
        reason, until = _not_then(entry, party, search)
        if not reason:
            return Judged(entry, party, until)
        first = first or reason
    return Judged(entry, reason=first)


def _never(entry: WaitlistEntry, opening: Opening) -> str:
    """What no other minute would change."""
    if entry.status != WaitlistStatus.WAITING:
        return Reason.OFFERED
    if entry.practitioner_id not in {None, opening.practitioner}:
        return Reason.DOCTOR
    if entry.branch_id not in {None, opening.branch}:
        return Reason.BRANCH
    if entry.patient_id == opening.had_by:
        return Reason.HAD_IT
    if len(set(_people(entry))) != entry.party_size:
        return Reason.PARTY  # two cards of one person were merged since
    return "" if entry.patient.phone else Reason.NO_PHONE


def _not_then(entry: WaitlistEntry, party: Party, search: _Search) -> tuple[str, dt.datetime | None]:
    """Why not at this time, or until when she may say yes."""
    reason = next((found for slot in party if (found := wish_against(entry, slot.expected_at))), "")
    begin = party[0].expected_at
    if reason:
        return reason, None
    if any(begins < party[-1].ends_at and ends > begin for begins, ends in search.asked.get(entry.pk, [])):
        return Reason.ASKED_BEFORE, None
    standing = standing_of(entry)
    if standing is not None and begin >= standing.starts_at:
        return Reason.NOT_EARLIER, None
    if _has_other_visit(entry, party, standing, search):
        return Reason.BUSY, None
    until = answer_until(entry, begin, search.rules, tell_at=search.tell_at, zone=search.opening.zone)
    return ("", until) if until else (Reason.NOTICE, None)


def _has_other_visit(entry: WaitlistEntry, party: Party, standing: Appointment | None, search: _Search) -> bool:
    own = standing.pk if standing else None
    return any(
        appointment != own and begins < party[-1].ends_at and ends > party[0].starts_at
        for patient in _people(entry)
        for appointment, begins, ends in search.busy.get(patient, [])
    )


def opening_of(time: Any) -> Opening:
    """A freed time as an opening."""
    begin, end = int(time.starts_at.timestamp()), int(time.ends_at.timestamp())
    had_by = time.freed.patient_id if time.freed_id else None
    return Opening(time.practitioner_id, time.branch_id, time.branch.time_zone, begin, end, had_by=had_by)
