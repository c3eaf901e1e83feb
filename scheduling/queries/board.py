"""The day board: every appointment of a branch's day, ready to be drawn, in five statements whatever their number."""

import datetime as dt
import zoneinfo
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch
from clinic.shared.calendar import format_time
from clinic.shared.html import LOOKS, Look, marks_html, status_chip
from clinic.shared.money import language
from clinic.shared.text import to_persian_digits
from scheduling.models import Appointment, Holiday, TimeOff, Visit, WorkingHours
from scheduling.queries.floor import own_name
from scheduling.queries.marks import SIGNED_BY, signs
from scheduling.statuses import AppointmentStatus, VisitStatus

A, V = AppointmentStatus, VisitStatus
LATE_AFTER = dt.timedelta(minutes=10)
SHOWN = [A.HELD, A.PENDING, A.BOOKED, A.ARRIVED, A.CHECKED_IN, A.FULFILLED, A.NO_SHOW, A.CANCELLED]
MOVABLE = {A.BOOKED}
# What each status is drawn as: one of the eight looks of the style sheet, and which word stands on it.
TALLIES = ("booked", "confirmed", "late", "arrived", "in_room", "done", "no_show", "cancelled")
_OF_VISIT = {
    V.ARRIVED: "arrived",
    V.CALLED: "arrived",
    V.ON_HOLD: "arrived",
    V.IN_ROOM: "in_room",
    V.CHECKOUT: "done",
    V.FINISHED: "done",
    V.LEFT: "no_show",
}
_OF_APPOINTMENT = {
    A.HELD: "booked",
    A.PENDING: "booked",
    A.ARRIVED: "arrived",
    A.CHECKED_IN: "arrived",
    A.FULFILLED: "done",
    A.NO_SHOW: "no_show",
    A.CANCELLED: "cancelled",
}


@dataclass(slots=True)
class Line:
    """One appointment, or one visit without any, with every string already made."""

    id: int
    visit: int | None
    status: str
    look: str
    label: str
    name: str
    phone: str
    service: str
    practitioner_id: int
    practitioner: str
    room: str
    number: str  # the token, letter and number
    time: str
    start: dt.datetime
    end: dt.datetime
    url: str
    can_arrive: bool
    movable: bool
    before: int = 0  # minutes that doctor and room are taken for before and after what the patient is told
    after: int = 0
    marks: tuple[str, ...] = ()
    note: str = ""
    coming: str = ""  # said herself that she is on her way
    chip: str = ""
    edge: str = ""
    signs: str = ""

    @property
    def short(self) -> str:
        """The first letters of the name, for screens that others look at."""
        return short_name(self.name)


@dataclass(slots=True)
class Day:
    """A branch's day."""

    branch: Branch
    date: dt.date
    is_today: bool
    lines: list[Line]
    doctors: dict[int, tuple[str, str]]
    hours: dict[int, list[tuple[dt.datetime, dt.datetime]]]
    off: list[tuple[int | None, dt.datetime, dt.datetime, str]]
    holiday: str = ""
    tallies: Counter[str] = field(default_factory=Counter)

    def only(self, doctors: set[int]) -> "Day":
        """The same day with some doctors' columns and lines."""
        if not doctors & set(self.doctors):
            return self
        lines = [line for line in self.lines if line.practitioner_id in doctors]
        shown = {pk: names for pk, names in self.doctors.items() if pk in doctors}
        hours = {pk: blocks for pk, blocks in self.hours.items() if pk in doctors}
        off = [row for row in self.off if row[0] is None or row[0] in doctors]
        counted = Counter(line.look for line in lines)
        return replace(self, lines=lines, doctors=shown, hours=hours, off=off, tallies=counted)

    @property
    def counted(self) -> list[tuple[str, Look, int]]:
        """(key, look, number) of each status that occurs, in the order of a visit's life."""
        return [(key, LOOKS[key], self.tallies[key]) for key in TALLIES if self.tallies[key]]

    def of_look(self, look: str) -> list[Line]:
        """The lines of one status; all but cancelled ones where none is named."""
        return [line for line in self.lines if (line.look == look if look in TALLIES else line.look != "cancelled")]


def day_of(branch: Branch, date: dt.date, *, now: dt.datetime | None = None) -> Day:
    """Everything of a branch's day that a board or a list shows."""
    now = now or timezone.now()
    zone = zoneinfo.ZoneInfo(branch.time_zone)
    begin = dt.datetime.combine(date, dt.time(), zone)
    end = dt.datetime.combine(date + dt.timedelta(days=1), dt.time(), zone)
    day = Day(branch, date, date == now.astimezone(zone).date(), [], {}, {}, [])
    for hours in _hours(branch, date):
        doctor = hours.practitioner
        day.doctors[doctor.pk] = (own_name(doctor), doctor.specialty)
        block = (dt.datetime.combine(date, hours.starts, zone), dt.datetime.combine(date, hours.ends, zone))
        day.hours.setdefault(doctor.pk, []).append(block)
    day.lines = [*lines_of(branch, begin, end, now, zone), *_unplanned(branch, date, zone)]
    day.lines.sort(key=lambda line: (line.start, line.practitioner_id, line.id))
    chips: dict[tuple[str, str], str] = {}
    for line in day.lines:
        key = (line.look, line.label)
        line.chip = chips.get(key) or chips.setdefault(key, status_chip(*key))
        line.edge = LOOKS[line.look].tone
        line.signs = marks_html(line.marks)
        day.tallies[line.look] += 1
        day.doctors.setdefault(line.practitioner_id, (line.practitioner, ""))
    day.off = list(off_of(branch, begin, end))
    day.holiday = holiday_of(branch, date)
    return day


def board_events(day: Day, *, cancelled: bool = False) -> list[dict[str, Any]]:
    """The cards of the board in the branch's wall time; visits without a time of their own stand in the queue only."""
    return [
        {
            "id": line.id,
            "start": _wall(line.start),
            "end": _wall(line.end),
            "resource": line.practitioner_id,
            "name": line.name,
            "short": line.short,
            "text": " · ".join(filter(None, (line.coming, line.service))),
            "status": line.look,
            "label": line.label,
            "movable": line.movable,
            "url": line.url,
            **({"marks": line.marks} if line.marks else {}),
            **({"before": line.before} if line.before else {}),
            **({"after": line.after} if line.after else {}),
            **({"arrive": True} if line.can_arrive and day.is_today else {}),
        }
        for line in day.lines
        if line.id and (cancelled or line.look != "cancelled")
    ]


def board_closed(day: Day, first: str, last: str) -> list[dict[str, Any]]:
    """Where nobody works: outside each doctor's hours between the board's first and last hour, leave, holidays."""
    closed: list[dict[str, Any]] = []
    for doctor in day.doctors:
        edge = f"{day.date}T{first}"
        for starts, ends in sorted(day.hours.get(doctor, [])):
            if _wall(starts) > edge:
                closed.append({"resource": doctor, "start": edge, "end": _wall(starts)})
            edge = max(edge, _wall(ends))
        if edge < f"{day.date}T{last}":
            closed.append({"resource": doctor, "start": edge, "end": f"{day.date}T{last}"})
    for who, starts, ends, why in day.off:
        begin, end = max(_wall(starts), f"{day.date}T{first}"), min(_wall(ends), f"{day.date}T{last}")
        if begin < end:
            closed.append({"start": begin, "end": end, "label": why, **({"resource": who} if who else {})})
    return closed


def span(day: Day) -> tuple[str, str]:
    """The first and last full hour that the board shows: all hours of work and all cards, 8 to 20 on an empty day."""
    starts = [block[0] for blocks in day.hours.values() for block in blocks]
    ends = [block[1] for blocks in day.hours.values() for block in blocks]
    timed = [line for line in day.lines if line.id and line.look != "cancelled"]
    starts += [line.start for line in timed]
    ends += [line.end for line in timed]
    if not starts:
        return "08:00", "20:00"
    first = min(moment.hour for moment in starts)
    same = [moment for moment in ends if moment.date() == day.date]
    last = max((moment.hour + (moment.minute > 0) for moment in same), default=24)
    if len(same) < len(ends):
        last = 24
    return f"{first:02d}:00", f"{max(last, first + 4):02d}:00"


_COLUMNS = (
    *("id", "status", "starts_at", "ends_at", "confirmed_at", "patient__first_name", "patient__last_name"),
    *("patient__phone", "service__name", "service__name_en", "practitioner_id", "practitioner__name"),
    *("practitioner__name_en", "room__name", "room__name_en", "visit__id", "visit__status", "visit__number"),
    *("visit__prefix", "on_my_way_at", "on_my_way_minutes"),
    *("visit__room__name", "visit__room__name_en", "service__buffer_before", "service__buffer_after"),
    *SIGNED_BY,
)


def lines_of(
    branch: Branch,
    begin: dt.datetime,
    end: dt.datetime,
    now: dt.datetime,
    zone: zoneinfo.ZoneInfo,
    *,
    practitioner: int | None = None,
) -> Iterator[Line]:
    """The appointments (of one doctor) that begin between two moments."""
    rows = Appointment.objects.filter(branch=branch, starts_at__gte=begin, starts_at__lt=end, status__in=SHOWN)
    rows = rows.exclude(status__in=[A.HELD, A.PENDING], hold_expires_at__lte=now).exclude(
        status=A.CANCELLED, patient=None
    )
    if practitioner is not None:
        rows = rows.filter(practitioner=practitioner)
    english = language() == "en"
    own = str if english else to_persian_digits
    words = _words()
    for row in rows.values_list(*_COLUMNS):
        (pk, status, starts, ends, confirmed, first, last, phone, service, service_en, doctor, doctor_name, doctor_en,
         room, room_en, visit, visit_status, number, prefix, way_at, way_minutes,
         visit_room, visit_room_en, before, after, *signed) = row  # fmt: skip
        look, word = _look(status, visit_status, starts, confirmed, now)
        start = starts.astimezone(zone)
        yield Line(
            id=pk,
            visit=visit,
            status=status,
            look=look,
            label=words[word],
            name=f"{first or ''} {last or ''}".strip() or words["online"],
            phone=phone or "",
            service=own((english and service_en) or service),
            practitioner_id=doctor,
            practitioner=(english and doctor_en) or doctor_name,
            room=own((english and (visit_room_en or room_en)) or visit_room or room or ""),
            number=f"{prefix}{number}" if number and visit_status != V.CANCELLED else "",
            time=own(f"{start:%H:%M}"),
            start=start,
            end=ends.astimezone(zone),
            url=f"/desk/appointments/{pk}/",
            can_arrive=status == A.BOOKED,
            movable=status in MOVABLE,
            before=before,
            after=after,
            marks=signs(status, tuple(signed)),
            note=signed[SIGNED_BY.index("note")],
            coming=_coming(way_at, way_minutes, zone) if status == A.BOOKED else "",
        )


def _unplanned(branch: Branch, date: dt.date, zone: zoneinfo.ZoneInfo) -> Iterator[Line]:
    """Visits of people who came without an appointment and found no free time."""
    visits = Visit.objects.filter(branch=branch, day=date, appointment=None).exclude(
        status__in=[V.CANCELLED, V.ENTERED_IN_ERROR]
    )
    words = _words()
    for visit in visits.select_related("patient", "service", "practitioner", "room"):
        start = visit.arrived_at.astimezone(zone)
        look = _OF_VISIT[V(visit.status)]
        yield Line(
            id=0,
            visit=visit.pk,
            status=visit.status,
            look=look,
            label=words[visit.status],
            name=visit.patient.full_name,
            phone=visit.patient.phone,
            service=own_name(visit.service),
            practitioner_id=visit.practitioner_id,
            practitioner=own_name(visit.practitioner),
            room=own_name(visit.room) if visit.room else "",
            number=visit.ticket,
            time=format_time(start.time()),
            start=start,
            end=start + visit.service.duration,
            url=f"/desk/visits/{visit.pk}/",
            can_arrive=False,
            movable=False,
        )


def _coming(at: dt.datetime | None, minutes: int | None, zone: zoneinfo.ZoneInfo) -> str:
    if at is None:
        return ""
    if minutes is None:
        return _("On the way")
    here = format_time((at + dt.timedelta(minutes=minutes)).astimezone(zone).time())
    return _("On the way, about %(time)s") % {"time": here}


def _look(
    status: str, visit_status: str | None, starts_at: dt.datetime, confirmed_at: Any, now: dt.datetime
) -> tuple[str, str]:
    """(look, key of the word) of an appointment at this moment."""
    if visit_status in _OF_VISIT and status in {A.ARRIVED, A.CHECKED_IN, A.FULFILLED}:
        if visit_status == V.ARRIVED and status == A.CHECKED_IN:
            return "arrived", A.CHECKED_IN
        return _OF_VISIT[V(visit_status)], "came" if visit_status == V.ARRIVED else visit_status
    if status == A.BOOKED:
        if now > starts_at + LATE_AFTER:
            return "late", "late"
        return ("confirmed", "confirmed") if confirmed_at else ("booked", "booked")
    return _OF_APPOINTMENT.get(A(status), "booked"), "came" if status == A.ARRIVED else status


def look_and_word(appointment: Appointment | None, visit: Visit | None) -> tuple[str, str]:
    """(look, word) of one appointment or visit now, as its card has them."""
    if appointment is None:
        assert visit is not None
        return _OF_VISIT.get(V(visit.status), "cancelled"), _words().get(visit.status, visit.get_status_display())
    status = visit.status if visit is not None else None
    look, word = _look(appointment.status, status, appointment.starts_at, appointment.confirmed_at, timezone.now())
    return look, _words().get(word, appointment.get_status_display())


def _words() -> dict[str, str]:
    """Every word that stands on a card, once per board."""
    keys = ("held", "pending", "booked", "confirmed", "late", "checked_in", "called", "on_hold", "in_room", "checkout",
            "finished", "fulfilled", "no_show", "left_without_being_seen", "cancelled")  # fmt: skip
    return {key: str(LOOKS[key].label) for key in keys} | {
        "came": str(LOOKS["arrived"].label),
        "arrived": _("Waiting"),
        "online": _("Being booked online"),
    }


def _hours(branch: Branch, date: dt.date) -> Iterable[WorkingHours]:
    found = WorkingHours.objects.filter(branch=branch, weekday=date.weekday(), practitioner__is_active=True)
    found = found.filter(Q(valid_from=None) | Q(valid_from__lte=date)).filter(
        Q(valid_until=None) | Q(valid_until__gte=date)
    )
    return found.select_related("practitioner").order_by("practitioner_id", "starts")


def off_of(
    branch: Branch, begin: dt.datetime, end: dt.datetime
) -> Iterator[tuple[int | None, dt.datetime, dt.datetime, str]]:
    """Leave and closures between two moments: whose (None: the branch's), from, to, why."""
    zone = begin.tzinfo
    rows = TimeOff.objects.filter(starts_at__lt=end, ends_at__gt=begin, room=None).filter(
        Q(branch=branch) | Q(branch=None, practitioner__isnull=False)
    )
    for who, starts, ends, why in rows.values_list("practitioner_id", "starts_at", "ends_at", "reason"):
        yield who, starts.astimezone(zone), ends.astimezone(zone), why or (_("On leave") if who else _("Closed"))


def holiday_of(branch: Branch, date: dt.date) -> str:
    """The name of the holiday on which this branch is closed; its own row counts before the clinic's."""
    rows = Holiday.objects.filter(Q(branch=branch) | Q(branch=None), date=date)
    row = rows.order_by(F("branch").asc(nulls_last=True)).first()
    return row.name if row and not row.is_open else ""


def short_name(name: str) -> str:
    """The first letters of a name's words."""
    return " ".join(f"{word[0]}." for word in name.split()[:3])


def _wall(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")
