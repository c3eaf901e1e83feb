"""Measurements as screens show them: the last ones, all of them over time, and how they stand to the usual."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from clinic.patients.models import Patient
from clinic.shared.money import format_number
from emr.models import VitalKind, VitalSign
from emr.models.vitals import MEASURES, Measure
from emr.queries.chart import whole_of
from emr.queries.usual import Range, ranges_at


@dataclass(frozen=True)
class Reading:
    """One value as it is shown."""

    measure: Measure
    value: Decimal
    at: dt.datetime
    side: str = ""
    tone: str = ""
    row: VitalSign | None = None

    @property
    def shown(self) -> str:
        """The value with its own number of places, in the reader's digits."""
        return format_number(self.value, places=self.measure.places)

    @property
    def word(self) -> str:
        """What the colour says."""
        return {"low": _("low"), "high": _("high")}.get(self.side, "")


def measures() -> dict[str, Measure]:
    """Everything that can be measured here: ours, then the clinic's; one query."""
    own = (kind.measure() for kind in VitalKind.objects.filter(is_active=True))
    return {**MEASURES, **{each.code: each for each in own}}


def readings_of(patient: Patient, *, visit: Any = None, limit: int = 2000) -> list[Reading]:
    """All measurements, oldest first, with the body mass index wherever weight and height are known: three queries."""
    rows = VitalSign.objects.filter(whole_of(patient), entered_in_error=False)
    if visit is not None:
        rows = rows.filter(visit=visit)
    newest = sorted(rows.order_by("-measured_at", "-pk")[:limit], key=lambda row: (row.measured_at, row.pk))
    known, usual = measures(), ranges_at(patient)
    found = [_reading(known, usual, row) for row in newest if row.code in known]
    return sorted([*found, *_body_mass(newest, usual)], key=lambda reading: reading.at)


def _reading(known: dict[str, Measure], usual: dict[str, Range], row: VitalSign) -> Reading:
    side, tone = usual.get(row.code, Range()).judge(row.value)
    return Reading(known[row.code], row.value, row.measured_at, side, tone, row)


def _body_mass(rows: Sequence[VitalSign], usual: dict[str, Range]) -> Iterable[Reading]:
    """From every weight, with the height measured last until then (or at the same time)."""
    heights = [(row.measured_at, row.value) for row in rows if row.code == "height"]
    for row in rows:
        if row.code != "weight":
            continue
        height = next((value for at, value in reversed(heights) if at <= row.measured_at), None)
        if height:
            value = (row.value / (height / 100) ** 2).quantize(Decimal("0.1"))
            side, tone = usual["bmi"].judge(value)
            yield Reading(MEASURES["bmi"], value, row.measured_at, side, tone)


def latest_of(readings: Iterable[Reading]) -> list[Reading]:
    """The last value of each measure, in the order of the measures."""
    last = {reading.measure.code: reading for reading in readings}
    order = list(MEASURES)
    return sorted(last.values(), key=lambda r: order.index(r.measure.code) if r.measure.code in order else 99)


def moments_of(readings: Iterable[Reading]) -> list[tuple[dt.datetime, list[Reading]]]:
    """What was measured together, newest first: rows of the table."""
    found: dict[dt.datetime, list[Reading]] = {}
    for reading in readings:
        found.setdefault(reading.at, []).append(reading)
    return [(at, latest_of(found[at])) for at in sorted(found, reverse=True)]
