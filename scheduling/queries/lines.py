"""The lines of a day or a week: appointments, and visits without any, with every string already made.

They are read by one statement and made row by row in Python: a day of two hundred is asked for at every change of it.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch
from clinic.shared.db.prepared import rows
from clinic.shared.html import LOOKS, marks_html, status_chip
from clinic.shared.money import language
from clinic.shared.text import to_persian_digits
from scheduling.models import Appointment, Visit
from scheduling.queries.marks import signs
from scheduling.queries.opening import zone_of
from scheduling.statuses import AppointmentStatus, VisitStatus

A, V = AppointmentStatus, VisitStatus
LATE_AFTER = 10 * 60
SHOWN = [A.HELD, A.PENDING, A.BOOKED, A.ARRIVED, A.CHECKED_IN, A.FULFILLED, A.NO_SHOW, A.CANCELLED]
BOOKED, CANCELLED_VISIT = str(A.BOOKED), str(V.CANCELLED)
# What each status is drawn as: one of the eight looks of the style sheet.
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

_NAME = "CASE WHEN %(english)s::boolean AND {0}.name_en <> '' THEN {0}.name_en ELSE {0}.name END"
_NAMES = ", ".join(_NAME.format(table) for table in ("s", "d", "r"))
_BOOKED = f"""
    SELECT a.id, v.id, a.status, v.status, date_part('epoch', a.starts_at)::bigint AS starts,
           date_part('epoch', a.ends_at)::bigint, a.confirmed_at IS NOT NULL,
           trim(concat(p.first_name, ' ', p.last_name)), p.phone, a.practitioner_id AS doctor, {_NAMES},
           v.prefix || v.number, coalesce(a.buffer_before, s.buffer_before),
           coalesce(a.buffer_after, s.buffer_after), floor(date_part('epoch', a.on_my_way_at))::bigint,
           a.on_my_way_minutes, a.mode, a.override_reason, a.session_id, a.series_id, a.bundle,
           a.intake, a.note
    FROM scheduling_appointment a
    JOIN scheduling_service s ON s.id = a.service_id
    JOIN scheduling_practitioner d ON d.id = a.practitioner_id
    LEFT JOIN patients_patient p ON p.id = a.patient_id
    LEFT JOIN scheduling_visit v ON v.appointment_id = a.id
    LEFT JOIN scheduling_room r ON r.id = coalesce(v.room_id, a.room_id)
    WHERE a.branch_id = %(branch)s::bigint AND a.starts_at >= to_timestamp(%(begin)s::bigint)
      AND a.starts_at < to_timestamp(%(end)s::bigint)
      AND (%(doctor)s::bigint IS NULL OR a.practitioner_id = %(doctor)s::bigint)
      AND a.status IN ({", ".join(f"'{status}'" for status in SHOWN)})
      AND NOT (a.status IN ('{A.HELD}', '{A.PENDING}') AND coalesce(a.hold_expires_at <= %(now)s::timestamptz, false))
      AND NOT (a.status IN ('{A.CANCELLED}') AND a.patient_id IS NULL)
"""  # noqa: S608 (our own text)
_UNPLANNED = f"""
    SELECT 0, v.id, '', v.status, floor(date_part('epoch', v.arrived_at))::bigint,
           floor(date_part('epoch', v.arrived_at))::bigint + s.minutes * 60, false,
           trim(concat(p.first_name, ' ', p.last_name)), p.phone, v.practitioner_id, {_NAMES},
           v.prefix || v.number, 0, 0, NULL, NULL, '', '', NULL, NULL, NULL, '', ''
    FROM scheduling_visit v
    JOIN scheduling_service s ON s.id = v.service_id
    JOIN scheduling_practitioner d ON d.id = v.practitioner_id
    JOIN patients_patient p ON p.id = v.patient_id
    LEFT JOIN scheduling_room r ON r.id = v.room_id
    WHERE v.branch_id = %(branch)s::bigint AND v.day = %(day)s::date AND v.appointment_id IS NULL
      AND v.status NOT IN ('{V.CANCELLED}', '{V.ENTERED_IN_ERROR}')
"""  # noqa: S608 (our own text)
_IN_ORDER = " ORDER BY starts, doctor, 1"
_OF_DAY, _OF_WEEK = f"{_BOOKED} UNION ALL {_UNPLANNED} {_IN_ORDER}", _BOOKED + _IN_ORDER


@dataclass(slots=True)
class Line:
    """One appointment, or one visit without any."""

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
    before: int  # minutes that doctor and room are taken for before and after what the patient is told
    after: int
    marks: tuple[str, ...]
    note: str
    coming: str  # said herself that she is on her way
    chip: str
    edge: str
    signs: str

    @property
    def short(self) -> str:
        """The first letters of the name, for screens that others look at."""
        return short_name(self.name)


def lines_of_day(branch: Branch, date: dt.date, span: tuple[int, int], now: dt.datetime) -> Iterator[Line]:
    """A day's appointments, and its visits of people who came without one and found no free time; in order of time."""
    return _lines(_OF_DAY, branch, span, now, doctor=None, day=date)


def lines_of_week(branch: Branch, practitioner: int, span: tuple[int, int], now: dt.datetime) -> Iterator[Line]:
    """The appointments of one doctor that begin between two moments, in order."""
    return _lines(_OF_WEEK, branch, span, now, doctor=practitioner)


def _lines(statement: str, branch: Branch, span: tuple[int, int], now: dt.datetime, **more: Any) -> Iterator[Line]:
    english = language() == "en"
    words, zone, moment = _words(), zone_of(branch.time_zone), now.timestamp()
    at = cache(lambda epoch: dt.datetime.fromtimestamp(epoch, zone))  # a day has few different times
    told: Callable[[str], str] = cache(str if english else to_persian_digits)
    clock = cache(lambda epoch: told(f"{at(epoch):%H:%M}"))
    dressed = cache(lambda look, label: (status_chip(look, label), LOOKS[look].tone))
    values = {"branch": branch.pk, "begin": span[0], "end": span[1], "now": now, "english": english, **more}
    for (pk, visit, status, visit_status, starts, ends, confirmed, name, phone, doctor, service, practitioner, room,
         number, before, after, way_at, way_minutes, *signed) in rows(statement, values):  # fmt: skip
        booked = status == BOOKED
        look, word = _ahead(starts, confirmed, moment) if booked else _look(status, visit_status)
        label = words[word]
        marks = signs(status, (signed[0], signed[1], way_at, *signed[2:])) if pk else ()
        yield Line(
            pk, visit, status or visit_status, look, label, name or words["online"], phone or "", told(service),
            doctor, told(practitioner), told(room) if room else "",
            number if number and visit_status != CANCELLED_VISIT else "", clock(starts), at(starts),
            at(ends), f"/desk/appointments/{pk}/" if pk else f"/desk/visits/{visit}/", booked, booked, before, after,
            marks, signed[-1], _coming(way_at, way_minutes, clock) if booked and way_at else "", *dressed(look, label),
            marks_html(marks) if marks else "",
        )  # fmt: skip


def _coming(at: int, minutes: int | None, clock: Callable[[int], str]) -> str:
    if minutes is None:
        return _("On the way")
    return _("On the way, about %(time)s") % {"time": clock(at + minutes * 60)}


def _ahead(starts: float, confirmed: object, now: float) -> tuple[str, str]:
    """(look, key of the word) of a booked appointment at this moment."""
    if now > starts + LATE_AFTER:
        return "late", "late"
    return ("confirmed", "confirmed") if confirmed else ("booked", "booked")


@cache
def _look(status: str, visit_status: str | None) -> tuple[str, str]:
    """(look, key of the word) of an appointment that is not merely booked, or of a visit without any."""
    if not status:
        return _OF_VISIT[V(visit_status or "")], str(visit_status)
    if visit_status and visit_status in _OF_VISIT and status in {A.ARRIVED, A.CHECKED_IN, A.FULFILLED}:
        if visit_status == V.ARRIVED and status == A.CHECKED_IN:
            return "arrived", A.CHECKED_IN
        return _OF_VISIT[V(visit_status)], "came" if visit_status == V.ARRIVED else visit_status
    return _OF_APPOINTMENT.get(A(status), "booked"), "came" if status == A.ARRIVED else status


def look_and_word(appointment: Appointment | None, visit: Visit | None) -> tuple[str, str]:
    """(look, word) of one appointment or visit now, as its card has them."""
    if appointment is None:
        assert visit is not None
        return _OF_VISIT.get(V(visit.status), "cancelled"), _words().get(visit.status, visit.get_status_display())
    if appointment.status == A.BOOKED:
        now = timezone.now().timestamp()
        look, word = _ahead(appointment.starts_at.timestamp(), appointment.confirmed_at, now)
    else:
        look, word = _look(appointment.status, visit.status if visit is not None else None)
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


def short_name(name: str) -> str:
    """The first letters of a name's words."""
    return " ".join(f"{word[0]}." for word in name.split()[:3])
