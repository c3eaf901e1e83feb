"""The queue as screens read it: who waits, how long already, how long still; rooms; the public display."""

import datetime as dt
import statistics
import zoneinfo
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F
from django.utils import timezone

from clinic.accounts.models import Branch
from clinic.shared.money import language
from clinic.shared.tenancy import current_clinic
from clinic.shared.text import to_persian_digits
from scheduling.models import PractitionerService, Room, RoomStay, Visit
from scheduling.statuses import IN_BUILDING, VisitStatus

V = VisitStatus
LEARN_FROM = 20  # finished visits of a doctor and service after which their median says more than the price list
LEARN_DAYS = 60
STEP = 5  # minutes; a range is told in these
LAST_CALLS, NEXT_SHOWN = 3, 5
# Priority class, then what was promised (or the arrival), then the number.
QUEUE_ORDER = ("-priority", "due_at", "number")


class Median(Aggregate):
    """percentile_cont(0.5) of a length of time."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(slots=True)
class QueueRow:
    """One visit in the building, ready for a screen. Minutes are whole; `wait_low`–`wait_high` is a range."""

    id: int
    number: int
    status: str
    patient_id: int
    name: str
    practitioner_id: int
    practitioner: str
    service: str
    service_id: int
    room_id: int | None
    room: str
    token: str
    priority: int
    promised_at: dt.datetime | None
    arrived_at: dt.datetime
    checked_in_at: dt.datetime | None
    called_at: dt.datetime | None
    in_room_at: dt.datetime | None
    left_room_at: dt.datetime | None
    waited: int = 0
    level: str = ""
    place: int = 0
    wait_low: int = 0
    wait_high: int = 0


@dataclass(slots=True)
class RoomRow:
    """A room and who is in it."""

    id: int
    name: str
    inside: list[dict[str, Any]] = field(default_factory=list)


def branch_day(branch: Branch, moment: dt.datetime | None = None) -> dt.date:
    """The branch's own date at a moment (now)."""
    return (moment or timezone.now()).astimezone(zoneinfo.ZoneInfo(branch.time_zone)).date()


def thresholds() -> tuple[int, int]:
    """After how many minutes a wait is amber, and red: the clinic's own, else 15 and 30."""
    flags = current_clinic().flags
    return int(flags.get("wait_warn", 15)), int(flags.get("wait_long", 30))


def queue_rows(branch: Branch, *, practitioner: int | None = None, now: dt.datetime | None = None) -> list[QueueRow]:
    """Everybody in the building today, in the order of the line, with waited minutes, places and ranges."""
    now = now or timezone.now()
    visits = Visit.objects.filter(branch=branch, day=branch_day(branch, now), status__in=IN_BUILDING)
    if practitioner is not None:
        visits = visits.filter(practitioner=practitioner)
    rows = [_row(values) for values in visits.order_by(*QUEUE_ORDER).values(*_COLUMNS)]
    _fill_waits(rows, now)
    return rows


def place_of(token: str) -> tuple[Visit, QueueRow | None] | None:
    """The visit of a queue token and, while it is in the building, its row among those of its doctor."""
    visit = Visit.objects.select_related("branch", "practitioner", "room", "service").filter(queue_token=token).first()
    if visit is None:
        return None
    rows = queue_rows(visit.branch, practitioner=visit.practitioner_id) if visit.status in IN_BUILDING else []
    return visit, next((row for row in rows if row.id == visit.pk), None)


def rooms_status(branch: Branch) -> list[RoomRow]:
    """The rooms in use and who is inside since when."""
    rooms = {room.pk: RoomRow(room.pk, own_name(room)) for room in Room.objects.filter(branch=branch, is_active=True)}
    stays = RoomStay.objects.filter(room__in=rooms, left_at=None).order_by("entered_at")
    for stay in stays.values(
        "room_id", "entered_at", "visit_id", "visit__number", "visit__patient__first_name", "visit__patient__last_name"
    ):
        name = f"{stay['visit__patient__first_name']} {stay['visit__patient__last_name']}".strip()
        inside = {"visit": stay["visit_id"], "number": stay["visit__number"], "name": name, "since": stay["entered_at"]}
        rooms[stay["room_id"]].inside.append(inside)
    return list(rooms.values())


def display(branch: Branch, now: dt.datetime | None = None) -> dict[str, Any]:
    """What the waiting room may read: numbers and rooms, never a name."""
    rows = queue_rows(branch, now=now)
    called = [row for row in rows if row.called_at and row.status in {V.CALLED, V.IN_ROOM}]
    called.sort(key=lambda row: row.called_at or row.arrived_at, reverse=True)
    waiting = sorted((row for row in rows if row.status == V.ARRIVED), key=lambda row: (row.wait_low, row.number))
    return {"calls": called[:LAST_CALLS], "next": waiting[:NEXT_SHOWN], "waiting": len(waiting)}


def own_name(thing: Any) -> str:
    """A name in the reader's language where there are two."""
    if language() == "fa":
        return to_persian_digits(thing.name)  # stored with Latin digits: "Room 2"
    return str(thing.name_en or thing.name)


def ticket(number: int) -> str:
    """A ticket's number in the reader's digits."""
    return to_persian_digits(str(number)) if language() == "fa" else str(number)


def expected_minutes(pairs: Iterable[tuple[int, int]], now: dt.datetime | None = None) -> dict[tuple[int, int], int]:
    """How long a doctor needs for a service: the median of the last weeks, else what the price list says."""
    pairs = set(pairs)
    if not pairs:
        return {}
    doctors, services = {doctor for doctor, _s in pairs}, {service for _d, service in pairs}
    offers = PractitionerService.objects.filter(practitioner__in=doctors, service__in=services)
    found: dict[tuple[int, int], int] = {}
    for doctor, service, own, usual in offers.values_list(
        "practitioner_id", "service_id", "minutes", "service__minutes"
    ):
        found[doctor, service] = own or usual
    seen = (
        Visit.objects.filter(
            practitioner__in=doctors,
            service__in=services,
            day__gte=(now or timezone.now()).date() - dt.timedelta(days=LEARN_DAYS),
            status=V.FINISHED,
            in_room_at__isnull=False,
            left_room_at__gt=F("in_room_at"),
        )
        .values_list("practitioner_id", "service_id")
        .annotate(
            seen=Count("pk"),
            median=Median(ExpressionWrapper(F("left_room_at") - F("in_room_at"), output_field=DurationField())),
        )
        .filter(seen__gte=LEARN_FROM)
    )
    for doctor, service, _seen, median in seen.order_by():
        found[doctor, service] = max(1, round(median.total_seconds() / 60))
    usual = round(statistics.median(found.values())) if found else 20
    return {pair: found.get(pair, usual) for pair in pairs}


_COLUMNS = (
    *("id", "number", "status", "priority", "promised_at", "arrived_at", "checked_in_at", "called_at", "in_room_at"),
    *("left_room_at", "queue_token", "patient_id", "patient__first_name", "patient__last_name", "practitioner_id"),
    *("practitioner__name", "practitioner__name_en", "service_id", "service__name", "service__name_en"),
    *("room_id", "room__name", "room__name_en"),
)


def _row(values: dict[str, Any]) -> QueueRow:
    english = language() == "en"

    def name(of: str) -> str:
        found = (english and values[f"{of}__name_en"]) or values[f"{of}__name"] or ""
        return found if english else to_persian_digits(found)

    same = ("id", "number", "status", "priority", "promised_at", "arrived_at", "checked_in_at", "called_at")
    also = ("in_room_at", "left_room_at", "patient_id", "practitioner_id", "service_id", "room_id")
    return QueueRow(
        **{key: values[key] for key in (*same, *also)},
        token=values["queue_token"],
        name=f"{values['patient__first_name']} {values['patient__last_name']}".strip(),
        practitioner=name("practitioner"),
        service=name("service"),
        room=name("room"),
    )


def _fill_waits(rows: list[QueueRow], now: dt.datetime) -> None:
    warn, long = thresholds()
    minutes = expected_minutes({(row.practitioner_id, row.service_id) for row in rows}, now)
    busy: dict[int, float] = defaultdict(float)
    for row in rows:
        if row.status == V.IN_ROOM and row.in_room_at:
            gone = (now - row.in_room_at).total_seconds() / 60
            left = max(minutes[row.practitioner_id, row.service_id] - gone, 2)
            busy[row.practitioner_id] = max(busy[row.practitioner_id], left)
    places: dict[int, int] = defaultdict(int)
    # Who is called goes in before those who wait, whatever the line says.
    for row in sorted(rows, key=lambda row: row.status != V.CALLED):
        if row.status == V.CALLED:
            busy[row.practitioner_id] += minutes[row.practitioner_id, row.service_id]
        if row.status != V.ARRIVED:
            row.waited = _minutes(row.arrived_at, row.in_room_at or now)
            continue
        row.waited = _minutes(row.arrived_at, now)
        row.level = "long" if row.waited >= long else "warn" if row.waited >= warn else ""
        places[row.practitioner_id] += 1
        row.place = places[row.practitioner_id]
        early = (row.promised_at - now).total_seconds() / 60 if row.promised_at else 0
        start = max(busy[row.practitioner_id], early)
        row.wait_low, row.wait_high = wait_range(start)
        busy[row.practitioner_id] = start + minutes[row.practitioner_id, row.service_id]


def wait_range(minutes: float) -> tuple[int, int]:
    """An honest range around an estimate, in steps of five minutes: 22 → 15–30."""
    low = int(minutes * 0.75 // STEP) * STEP
    return low, max(int(-(-minutes * 1.25 // STEP)) * STEP, low + STEP)


def _minutes(since: dt.datetime, until: dt.datetime) -> int:
    return max(0, int((until - since).total_seconds() // 60))
