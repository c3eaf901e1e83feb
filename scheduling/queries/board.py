"""The day board: every appointment of a branch's day, ready to be drawn, in two statements whatever their number."""

import datetime as dt
import zoneinfo
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch
from clinic.shared.db.prepared import rows
from clinic.shared.html import LOOKS, Look
from clinic.shared.money import language
from clinic.shared.text import to_persian_digits
from scheduling.queries.board_time import board_text, board_wall, within
from scheduling.queries.lines import Line, lines_of_day
from scheduling.queries.opening import zone_of

TALLIES = ("booked", "confirmed", "late", "arrived", "in_room", "done", "no_show", "cancelled")
Off = tuple[int | None, dt.datetime, dt.datetime, str]

# Around the lines: who works when, who is away, whether it is a holiday. (sort, whose, name, specialty, from, to).
HOURS, OFF, HOLIDAY = 1, 2, 3
# A working day that begins at dawn ends with the small hours of the next date. `plan` is what replaces the usual week
# on a date, as `opening.plan_of` chooses it.
_HOURS = f"""
    SELECT {HOURS} AS sort, h.practitioner_id AS whose,
           CASE WHEN %(english)s::boolean AND d.name_en <> '' THEN d.name_en ELSE d.name END, d.specialty,
           date_part('epoch', h.starts)::bigint + on_date.later * 86400 AS begins,
           date_part('epoch', h.ends)::bigint + on_date.later * 86400
    FROM (SELECT later, %(day)s::date + later AS day, (%(weekday)s::int + later) %% 7 AS weekday
          FROM generate_series(0, (%(dawn)s::int > 0)::int) AS later) on_date
    JOIN scheduling_workinghours h ON h.weekday = on_date.weekday
    JOIN scheduling_practitioner d ON d.id = h.practitioner_id AND d.is_active
    LEFT JOIN LATERAL (
        SELECT p.valid_from AS since, p.valid_until AS until FROM scheduling_workinghours p
        WHERE p.practitioner_id = h.practitioner_id AND p.branch_id = h.branch_id AND p.replaces
          AND p.valid_from <= on_date.day AND coalesce(p.valid_until >= on_date.day, true)
        ORDER BY p.valid_until IS NULL, p.valid_until - p.valid_from, p.valid_from DESC LIMIT 1) plan ON true
    WHERE h.branch_id = %(branch)s::bigint
      AND CASE on_date.later WHEN 0 THEN h.ends > make_time(%(dawn)s::int, 0, 0)
          ELSE h.starts < make_time(%(dawn)s::int, 0, 0) END
      AND coalesce(h.valid_from <= on_date.day, true) AND coalesce(h.valid_until >= on_date.day, true)
      AND CASE WHEN plan.since IS NULL THEN NOT h.replaces ELSE h.replaces AND h.valid_from = plan.since
               AND h.valid_until IS NOT DISTINCT FROM plan.until END
"""  # noqa: S608 (our own text)
_OFF = f"""
    SELECT {OFF}, practitioner_id, reason, '',
           date_part('epoch', starts_at)::bigint, date_part('epoch', ends_at)::bigint
    FROM scheduling_timeoff
    WHERE starts_at < to_timestamp(%(end)s::bigint) AND ends_at > to_timestamp(%(begin)s::bigint) AND room_id IS NULL
      AND (branch_id = %(branch)s::bigint OR branch_id IS NULL AND practitioner_id IS NOT NULL)
"""  # noqa: S608 (our own text)
_HOLIDAY = f"""
    (SELECT {HOLIDAY}, branch_id, name, '', is_open::int, 0 FROM scheduling_holiday
     WHERE date = %(day)s::date AND (branch_id = %(branch)s::bigint OR branch_id IS NULL)
     ORDER BY branch_id NULLS LAST LIMIT 1)
"""  # noqa: S608 (our own text)
_FRAME = f"{_HOURS} UNION ALL {_OFF} UNION ALL {_HOLIDAY} ORDER BY sort, whose, begins"


@dataclass(slots=True)
class Day:
    """A branch's day."""

    branch: Branch
    date: dt.date
    is_today: bool
    lines: list[Line]
    doctors: dict[int, tuple[str, str]]
    hours: dict[int, list[tuple[dt.datetime, dt.datetime]]]
    off: list[Off]
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
    zone = zone_of(branch.time_zone)
    midnight, dawn = dt.datetime.combine(date, dt.time()), dt.timedelta(hours=branch.day_starts_hour)
    begin = (midnight + dawn).replace(tzinfo=zone)
    end = (midnight + dawn + dt.timedelta(days=1)).replace(tzinfo=zone)
    span = (int(begin.timestamp()), int(end.timestamp()))
    day = Day(branch, date, date == (now.astimezone(zone).replace(tzinfo=None) - dawn).date(), [], {}, {}, [])
    english = language() == "en"
    values = {"branch": branch.pk, "day": date, "weekday": date.weekday(), "begin": span[0], "end": span[1]}
    for row in rows(_FRAME, {**values, "english": english, "dawn": branch.day_starts_hour}):
        sort, who, name, specialty, starts, ends = row
        if sort == HOURS:
            day.doctors[who] = (name if english else to_persian_digits(name), specialty)
            block = [(midnight + dt.timedelta(seconds=clock)).replace(tzinfo=zone) for clock in (starts, ends)]
            day.hours.setdefault(who, []).append((block[0], block[1]))
        elif sort == OFF:
            day.off.append(_off(row, zone))
        else:
            day.holiday = _holiday(row)
    if dawn:
        day.hours = {who: within(blocks, (begin, end)) for who, blocks in day.hours.items()}
    day.lines = list(lines_of_day(branch, date, span, now))
    for line in day.lines:
        day.tallies[line.look] += 1
        if line.practitioner_id not in day.doctors:
            day.doctors[line.practitioner_id] = (line.practitioner, "")
    return day


def board_events(day: Day, *, cancelled: bool = False) -> list[dict[str, Any]]:
    """The cards of the board in its own time (`board_time`); visits without a time stand in the queue only."""
    return [
        {
            "id": line.id,
            "start": board_text(line.start, day.branch),
            "end": board_text(line.end, day.branch),
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
    wall = partial(board_text, branch=day.branch)
    for doctor in day.doctors:
        edge = f"{day.date}T{first}"
        for starts, ends in sorted(day.hours.get(doctor, [])):
            if wall(starts) > edge:
                closed.append({"resource": doctor, "start": edge, "end": wall(starts)})
            edge = max(edge, wall(ends))
        if edge < f"{day.date}T{last}":
            closed.append({"resource": doctor, "start": edge, "end": f"{day.date}T{last}"})
    for who, starts, ends, why in day.off:
        begin, end = max(wall(starts), f"{day.date}T{first}"), min(wall(ends), f"{day.date}T{last}")
        if begin < end:
            closed.append({"start": begin, "end": end, "label": why, **({"resource": who} if who else {})})
    return closed


def span(day: Day) -> tuple[str, str]:
    """The first and last full hour that the board shows, in its own time: all hours of work and all cards, 8 to 20 on
    an empty day.
    """
    starts = [block[0] for blocks in day.hours.values() for block in blocks]
    ends = [block[1] for blocks in day.hours.values() for block in blocks]
    timed = [line for line in day.lines if line.id and line.look != "cancelled"]
    starts += [line.start for line in timed]
    ends += [line.end for line in timed]
    if not starts:
        return "08:00", "20:00"
    starts, ends = ([board_wall(moment, day.branch) for moment in moments] for moments in (starts, ends))
    first = min(moment.hour for moment in starts)
    same = [moment for moment in ends if moment.date() == day.date]
    last = max((moment.hour + (moment.minute > 0) for moment in same), default=24)
    if len(same) < len(ends):
        last = 24
    return f"{first:02d}:00", f"{max(last, first + 4):02d}:00"


def off_of(branch: Branch, begin: dt.datetime, end: dt.datetime) -> list[Off]:
    """Leave and closures between two moments: whose (None: the branch's), from, to, why."""
    found = rows(_OFF, {"branch": branch.pk, "begin": int(begin.timestamp()), "end": int(end.timestamp())})
    return [_off(row, zone_of(branch.time_zone)) for row in found]


def _off(row: tuple[Any, ...], zone: zoneinfo.ZoneInfo) -> Off:
    _sort, who, why, _specialty, starts, ends = row
    words = why or (_("On leave") if who else _("Closed"))
    return who, dt.datetime.fromtimestamp(starts, zone), dt.datetime.fromtimestamp(ends, zone), words


def holiday_of(branch: Branch, date: dt.date) -> str:
    """The name of the holiday on which this branch is closed; its own row counts before the clinic's."""
    found = rows(_HOLIDAY, {"branch": branch.pk, "day": date})
    return _holiday(found[0]) if found else ""


def _holiday(row: tuple[Any, ...]) -> str:
    _sort, _branch, name, _specialty, is_open, _ends = row
    return "" if is_open else str(name)
