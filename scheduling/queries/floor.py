"""The queue as screens read it: who waits, how long already, how long still; rooms; the public display."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from clinic.accounts.models import Branch
from clinic.accounts.queries import business_day
from clinic.shared.money import language
from clinic.shared.text import to_persian_digits
from scheduling.models import Appointment, CameBy, FloorRules, Priority, Visit
from scheduling.queries.beginning import begins
from scheduling.queries.eta import fill_turns
from scheduling.statuses import IN_BUILDING, WAITING, VisitStatus

V = VisitStatus
LAST_CALLS, MOST_CALLS, NEXT_SHOWN = 3, 5, 5
OVER_MIDNIGHT = dt.timedelta(hours=6)
# Priority class, then what was promised (or the arrival), then the number.
QUEUE_ORDER = ("-priority", "due_at", "number")


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
    recalled_at: dt.datetime | None
    calls: int
    in_room_at: dt.datetime | None
    left_room_at: dt.datetime | None
    on_hold_at: dt.datetime | None
    hold_note: str
    came_by: str
    queue_room_id: int | None
    due_at: dt.datetime
    ticket: str
    waited: int = 0
    since: dt.datetime | None = None  # when what she does now began, and from how many minutes on it is (too) long
    warn: int = 0
    alarm: int = 0
    level: str = ""  # "", "warn" or "long"
    planned: int = 0
    place: int = 0
    wait_low: int = 0
    wait_high: int = 0

    @property
    def class_name(self) -> str:
        """The class of the line in words."""
        return str(Priority(self.priority).label) if self.priority in Priority.values else ""


def branch_day(branch: Branch, moment: dt.datetime | None = None) -> dt.date:
    """The branch's own working day at a moment (now)."""
    return business_day(branch, moment)


def in_house(branch: Branch, now: dt.datetime | None = None) -> QuerySet[Visit]:
    """Who is in the building on the branch's working day; after midnight also who came shortly before it."""
    now = now or timezone.now()
    today = branch_day(branch, now)
    late = Q(day=today - dt.timedelta(days=1), arrived_at__gt=now - OVER_MIDNIGHT)
    return Visit.objects.filter(Q(day=today) | late, branch=branch, status__in=IN_BUILDING)


def is_inside(patient: int | None, branch: int) -> bool:
    """Whether a patient is in this branch now: since half a day at most, as an open visit may be a forgotten one."""
    since = timezone.now() - dt.timedelta(hours=12)
    return Visit.objects.filter(patient=patient, branch=branch, status__in=IN_BUILDING, arrived_at__gt=since).exists()


def queue_rows(
    branch: Branch, *, practitioner: int | None = None, now: dt.datetime | None = None, by_hours: bool = False
) -> list[QueueRow]:
    """Everybody in the building today, in the order of the line, with minutes gone, levels, places and ranges.

    Three statements whatever their number (the branch's rules come with the visits). For patients' eyes ranges
    go `by_hours`, too: nobody is told "within 5 min" before her doctor is there; that costs those of `begins`.
    """
    now = now or timezone.now()
    visits = in_house(branch, now)
    if practitioner is not None:
        visits = visits.filter(practitioner=practitioner)
    ruled = [f"branch__floor_rules__{name}" for name in _RULES]
    found = list(visits.order_by(*QUEUE_ORDER).values(*_COLUMNS, *ruled))
    rows = [_row(values) for values in found]
    fill_turns(rows, now, begins(rows, branch, now) if by_hours else None)
    usual = FloorRules()
    for row, values in zip(rows, found, strict=True):
        own = {name: values[f"branch__floor_rules__{name}"] for name in _RULES}
        _fill_levels(row, {name: getattr(usual, name) if own[name] is None else own[name] for name in _RULES}, now)
    return rows


def turn_of(visit: Visit, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """Between when a visit that is about to be written would come in, with the line as it is."""
    values: dict[str, Any] = dict.fromkeys(_COLUMNS) | {name: getattr(visit, name, None) for name in _COLUMNS}
    own = _row(values | {"id": 0})
    rows = queue_rows(visit.branch, practitioner=visit.practitioner_id, now=now)
    before = [row for row in rows if row.status != V.ARRIVED or _stands_before(row, visit)]
    line = [*before, own]
    fill_turns(line, now, begins(line, visit.branch, now))
    return now + dt.timedelta(minutes=own.wait_low), now + dt.timedelta(minutes=own.wait_high)


def expected_turn(appointment: Appointment, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """Between when somebody who is not here yet would come in, if she came in time and the line stayed as it is."""
    promised = appointment.starts_at
    visit = Visit(
        branch=appointment.branch, practitioner_id=appointment.practitioner_id, service_id=appointment.service_id,
        status=V.ARRIVED, number=0, promised_at=promised, due_at=max(promised, now), arrived_at=now,
    )  # fmt: skip
    return turn_of(visit, now)


def _stands_before(row: QueueRow, visit: Visit) -> bool:
    return (-row.priority, row.due_at, row.number) < (-visit.priority, visit.due_at, visit.number)


def place_of(token: str) -> tuple[Visit, QueueRow | None] | None:
    """The visit of a queue token and, while it is in the building, its row among those of its doctor."""
    visit = Visit.objects.select_related("branch", "practitioner", "room", "service").filter(queue_token=token).first()
    if visit is None:
        return None
    here = visit.status in IN_BUILDING
    rows = queue_rows(visit.branch, practitioner=visit.practitioner_id, by_hours=True) if here else []
    return visit, next((row for row in rows if row.id == visit.pk), None)


def display(branch: Branch, now: dt.datetime | None = None) -> dict[str, Any]:
    """What the waiting room may read: numbers and rooms, never a name; who waits at home is not called here."""
    rows = [row for row in queue_rows(branch, now=now, by_hours=True) if row.came_by != CameBy.ONLINE]
    called = sorted((row for row in rows if row.status == V.CALLED), key=rung_at, reverse=True)
    inside = sorted((row for row in rows if row.status == V.IN_ROOM and row.called_at), key=rung_at, reverse=True)
    waiting = sorted((row for row in rows if row.status == V.ARRIVED), key=lambda row: (row.wait_low, row.number))
    return {
        "calls": [*called[:MOST_CALLS], *inside][: max(LAST_CALLS, min(len(called), MOST_CALLS))],
        "newest": called[0] if called else None,  # what rings: who is inside already is not called again
        "next": waiting[:NEXT_SHOWN],
        "waiting": len(waiting),
    }


def rung_at(row: QueueRow) -> dt.datetime:
    """When she was called last."""
    return max(moment for moment in (row.called_at, row.recalled_at, row.arrived_at) if moment)


def own_name(thing: Any) -> str:
    """A name in the reader's language where there are two."""
    if language() == "fa":
        return to_persian_digits(thing.name)  # stored with Latin digits: "Room 2"
    return str(thing.name_en or thing.name)


def ticket(visit: Visit | QueueRow) -> str:
    """A visit's token, letter and number, in the reader's digits."""
    return to_persian_digits(visit.ticket) if language() == "fa" else visit.ticket


_COLUMNS = (
    *("id", "number", "prefix", "status", "priority", "promised_at", "arrived_at", "checked_in_at", "called_at"),
    *("recalled_at", "calls", "in_room_at", "left_room_at", "on_hold_at", "hold_note", "came_by", "queue_token"),
    *("patient_id", "patient__first_name", "patient__last_name", "practitioner_id", "practitioner__name"),
    *("practitioner__name_en", "service_id", "service__name", "service__name_en", "room_id", "room__name"),
    *("room__name_en", "due_at", "queue_room_id", "queue_room__name", "queue_room__name_en"),
)
_RULES = ("wait_warn_minutes", "wait_alarm_minutes", "over_warn_percent", "over_alarm_percent")
_SAME = (
    *("id", "number", "status", "priority", "promised_at", "arrived_at", "checked_in_at", "called_at", "recalled_at"),
    *("calls", "in_room_at", "left_room_at", "on_hold_at", "hold_note", "came_by", "patient_id", "practitioner_id"),
    *("service_id", "room_id", "queue_room_id", "due_at"),
)


def _row(values: dict[str, Any]) -> QueueRow:
    english = language() == "en"

    def name(of: str) -> str:
        found = (english and values[f"{of}__name_en"]) or values[f"{of}__name"] or ""
        return found if english else to_persian_digits(found)

    return QueueRow(
        **{key: values[key] for key in _SAME},
        ticket=f"{values['prefix']}{values['number']}",
        token=values["queue_token"],
        name=f"{values['patient__first_name']} {values['patient__last_name']}".strip(),
        practitioner=name("practitioner"),
        service=name("service"),
        room=name("room") or name("queue_room"),
    )


def _fill_levels(row: QueueRow, rules: dict[str, int], now: dt.datetime) -> None:
    """Minutes gone in what she does now, and from how many on that is long, and too long."""
    row.waited = _minutes(row.arrived_at, row.in_room_at or now)
    if row.status in WAITING | {V.ON_HOLD}:
        row.since, row.warn, row.alarm = row.arrived_at, rules["wait_warn_minutes"], rules["wait_alarm_minutes"]
    elif row.status == V.IN_ROOM:
        row.since = row.in_room_at
        row.warn = max(1, row.planned * rules["over_warn_percent"] // 100)
        row.alarm = max(1, row.planned * rules["over_alarm_percent"] // 100)
    elif row.status == V.CHECKOUT:
        row.since = row.left_room_at
    if row.since is None or not row.warn:
        return
    gone = _minutes(row.since, now)
    row.level = "long" if gone >= row.alarm else "warn" if gone >= row.warn else ""


def _minutes(since: dt.datetime, until: dt.datetime) -> int:
    return max(0, int((until - since).total_seconds() // 60))
