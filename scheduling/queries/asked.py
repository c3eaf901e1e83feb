"""What somebody who books by the API names, and all that decides about it: everything in one question."""

import datetime as dt
from typing import NamedTuple

from django.utils import timezone

from clinic.accounts.models import Branch, User
from clinic.patients.models import Patient
from clinic.patients.queries.people import OWN_PATIENT
from clinic.shared.db.joined import Joined
from clinic.shared.db.prepared import Statement
from scheduling.models import Practitioner, Service
from scheduling.queries.opening import IN_THE_WAY, OFFERED, WHO_OFFERS, moment, opening_of, whole_days, window_named
from scheduling.queries.policy import CONDITIONS, JOIN_CONDITIONS, Ahead, Conditions, made_conditions
from scheduling.statuses import LIVE_ENTRIES

_ASKED = Joined(s=Service, d=Practitioner, b=Branch, p=Patient, **CONDITIONS)
_WAY = "CASE s.mode WHEN 'online' THEN 'online' ELSE 'in_person' END"  # how `way_of` decides where nobody wishes
_HOURS = f"json_agg(json_build_array({OFFERED}) ORDER BY h.starts) {WHO_OFFERS}".replace("%(mode)s::text", _WAY)
_MINUTE = "* interval '1 minute'"
_TAKEN = f"""EXISTS (
    SELECT FROM scheduling_occupancy t WHERE t.resource = %(diary)s AND {{which}} AND t.interval && tstzrange(
        %(starts)s::timestamptz - coalesce(o.buffer_before, s.buffer_before) {_MINUTE},
        %(starts)s::timestamptz
        + (coalesce(o.minutes, s.minutes) + coalesce(o.buffer_after, s.buffer_after)) {_MINUTE}))"""
# Two questions of the diary, each on an index of its own (see `opening.TAKEN`).
_FREE = f"NOT {_TAKEN.format(which='NOT t.is_override')} AND NOT {_TAKEN.format(which='t.is_override')}"
_LIVE = ", ".join(f"'{status}'" for status in LIVE_ENTRIES)
_ASK = Statement(f"""
    SELECT {_ASKED.sql},
        (SELECT {_HOURS} AND (h.replaces OR h.weekday = ANY(%(weekdays)s::int[]))),
        (SELECT json_agg(json_build_array(x.what, x.since, x.until)) FROM ({IN_THE_WAY}) x (what, since, until)),
        CASE WHEN {_FREE} THEN nextval('scheduling_appointment_id_seq') END,
        EXISTS (SELECT FROM scheduling_waitlistentry w
                WHERE w.patient_id = p.id AND w.service_id = s.id AND w.status IN ({_LIVE}))
    FROM (SELECT) AS once
    LEFT JOIN scheduling_service s ON s.id = %(service)s
    LEFT JOIN scheduling_practitioner d ON d.id = %(doctor)s
    LEFT JOIN accounts_branch b ON b.id = %(branch)s
    LEFT JOIN ({OWN_PATIENT}) p ON true
    {JOIN_CONDITIONS}
""", reads=True)  # noqa: S608 (our own text)  # fmt: skip


class Asked(NamedTuple):
    """What was found of it; `own` is the patient that the account is itself, `known` are the conditions of booking."""

    service: Service | None
    doctor: Practitioner | None
    branch: Branch | None
    own: Patient | None
    known: Conditions


def asked_for(*, service: int, doctor: int, branch: int, starts_at: dt.datetime | None, user: User) -> Asked:
    """A service, a doctor and a branch by their ids, who asks, and how it stands about this time."""
    begin = int((starts_at or timezone.now()).timestamp())
    window = whole_days(begin - 1, begin + 1)
    window = (window[0], window[1] + 86400)  # no visit is longer than a day
    days = [moment(window[0]).weekday() + number for number in range(-1, 4)]
    row = _ASK.rows(
        service=service, doctor=doctor, branch=branch, user=user.pk, practitioner=doctor, diary=f"d:{doctor}",
        starts=moment(begin) if starts_at is None else starts_at, weekdays=[day % 7 for day in days],
        **window_named(window, {doctor}),
    )[0]  # fmt: skip
    *found, hours, in_the_way, number, waits = _ASKED.read(row)
    ahead = Ahead(opening_of(hours or (), in_the_way or (), window), number, waits, found[3])
    return Asked(*found[:4], known=made_conditions(*found[4:], ahead=ahead))
