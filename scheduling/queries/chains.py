"""Several services one after the other: with one doctor where she gives all of them, else with several.

Parts follow each other at once, with their buffers between them where they share a doctor, a room or a device; on the
way to another doctor the patient waits a quarter of an hour at most.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from scheduling.models import Mode, Service
from scheduling.queries.opening import Offer
from scheduling.queries.slots import Diary, Slot, free_slots, look

MOST = 6  # services in one booking
LONGEST_WAIT, STEP = 15 * 60, 5 * 60


@dataclass(frozen=True, slots=True)
class Chain:
    """Slots that follow each other, one a service, in the order in which they were asked for."""

    slots: tuple[Slot, ...]

    @property
    def begin(self) -> int:
        """When the first begins, in seconds since 1970."""
        return self.slots[0].begin

    @property
    def end(self) -> int:
        """When the last ends."""
        return self.slots[-1].end

    @property
    def starts_at(self) -> dt.datetime:
        """The start in the branch's own time."""
        return self.slots[0].starts_at

    @property
    def ends_at(self) -> dt.datetime:
        """The end in the branch's own time."""
        return self.slots[-1].ends_at

    @property
    def wall(self) -> dt.datetime:
        """The start as the clock of the branch shows it, without a zone: what pages print."""
        return self.slots[0].wall

    @property
    def practitioner_id(self) -> int:
        """The doctor of the first part."""
        return self.slots[0].practitioner_id

    @property
    def practitioners(self) -> tuple[int, ...]:
        """Who gives the parts, each once, in order."""
        return tuple(dict.fromkeys(slot.practitioner_id for slot in self.slots))

    @property
    def value(self) -> str:
        """How a form names it: the values of its slots."""
        return "_".join(slot.value for slot in self.slots)

    def as_dict(self) -> dict[str, object]:
        """As the API tells it."""
        return {
            "branch": self.slots[0].branch_id,
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "parts": [slot.as_dict() for slot in self.slots],
        }


def free_chains(
    *,
    services: Sequence[Service],
    practitioner: int | None = None,
    branch: int | None = None,
    since: dt.datetime,
    until: dt.datetime,
    for_staff: bool = False,
    mode: str | None = None,
    now: dt.datetime | None = None,
    limit: int | None = None,
) -> list[Chain]:
    """Times in [since, until) at which all services can be had one after the other, in order of time.

    With a doctor the parts that she gives are hers. Chains of one doctor go before those of several, which are looked
    for only where there is none of the former. Blocks of numbers in line have no times to follow each other.
    """
    if not 0 < len(services) <= MOST:
        return []
    asked: dict[str, Any] = {"branch": branch, "for_staff": for_staff, "now": now}
    begin = {"since": since, "until": until, **asked}
    ways = [mode if service.mode == Mode.EITHER else None for service in services]
    first = free_slots(service=services[0], practitioner=practitioner, mode=ways[0], **begin)
    if not first and practitioner is not None:  # she does not give the first one, but maybe another
        first = free_slots(service=services[0], mode=ways[0], **begin)
    if len(services) == 1 or not first:
        return [Chain((slot,)) for slot in first][:limit]
    reach = dt.timedelta(seconds=sum(service.minutes + 60 for service in services) * 60 + 86400)
    diaries = [
        look(service=service, practitioner=None, since=since, until=until + reach, mode=way, **asked)
        for service, way in zip(services, ways, strict=True)
    ]
    if any(diary is None for diary in diaries):
        return []
    links = _Links([diary for diary in diaries if diary is not None], practitioner)
    starts = [slot for slot in first if slot.number is None]
    found = [chain for slot in starts if (chain := links.chain(slot, alone=True))]
    if not found:
        found = [chain for slot in starts if (chain := links.chain(slot, alone=False))]
    return found[:limit] if limit else found


def chain_at(
    *,
    services: Sequence[Service],
    practitioner: int,
    branch: int,
    starts_at: dt.datetime,
    mode: str | None = None,
    now: dt.datetime | None = None,
) -> Chain | None:
    """The chain that begins with this doctor at this moment, on any minute, for the desk; None where not all fit."""
    reach = dt.timedelta(seconds=sum(service.minutes + 60 for service in services) * 60 + 86400)
    found = [
        look(service=service, practitioner=None, branch=branch, since=starts_at, until=starts_at + reach,
             for_staff=True, mode=mode if service.mode == Mode.EITHER else None, now=now)
        for service in services
    ]  # fmt: skip
    diaries = [diary for diary in found if diary is not None]
    if not 0 < len(services) <= MOST or len(diaries) < len(services):
        return None
    links, begin = _Links(diaries, practitioner), int(starts_at.timestamp())
    for offer in links.offers[0]:
        if offer.practitioner == practitioner and diaries[0].fits(offer, begin):
            slot = diaries[0].slot(offer, begin)
            return links.chain(slot, alone=True) or links.chain(slot, alone=False)
    return None


class _Links:
    """What can follow what."""

    def __init__(self, diaries: list[Diary], practitioner: int | None) -> None:
        self.diaries = diaries
        self.offers: list[list[Offer]] = []
        for diary in diaries:
            offers = [offer for offer in diary.opening.offers if not offer.tokens]
            hers = [offer for offer in offers if offer.practitioner == practitioner]
            self.offers.append(hers or offers)

    def chain(self, slot: Slot, *, alone: bool) -> Chain | None:
        """The first chain from a slot on; `alone` with its doctor only."""
        of_slot = [offer for offer in self.offers[0] if self._gives(offer, slot)]
        rest = self._rest(1, slot, of_slot[0], alone) if of_slot else None
        return Chain((slot, *rest)) if rest is not None else None

    def _gives(self, offer: Offer, slot: Slot) -> bool:
        return (offer.practitioner, offer.branch) == (slot.practitioner_id, slot.branch_id) and any(
            begin <= slot.begin and slot.end <= end for begin, end in offer.open
        )

    def _rest(self, place: int, before: Slot, by: Offer, alone: bool) -> tuple[Slot, ...] | None:
        if place == len(self.diaries):
            return ()
        diary = self.diaries[place]
        for offer in sorted(self.offers[place], key=lambda each: each.practitioner != by.practitioner):
            same = offer.practitioner == by.practitioner
            if offer.branch != before.branch_id or (alone and not same):
                continue
            for start in self._starts(place, before, by, offer):
                if diary.fits(offer, start):
                    slot = diary.slot(offer, start)
                    rest = self._rest(place + 1, slot, offer, alone)
                    if rest is not None:
                        return (slot, *rest)
        return None

    def _starts(self, place: int, before: Slot, by: Offer, offer: Offer) -> Iterator[int]:
        earlier, later, gap = self.diaries[place - 1], self.diaries[place], by.after + offer.before
        if offer.practitioner == by.practitioner:
            yield before.end + gap
            return
        shared = earlier.names(by) & later.names(offer)
        first = before.end + (gap if shared else 0)
        yield from range(first, first + LONGEST_WAIT + 1, STEP)
