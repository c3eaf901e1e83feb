"""Measurements as lines over time."""

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.patients.models import Patient
from clinic.shared.calendar import format_date
from clinic.shared.charts import Chart, Number, Series, Tone
from clinic.shared.money import format_number
from emr.models.vitals import Measure
from emr.queries.usual import Range, ranges_at
from emr.queries.vitals import Reading


def charts_of(patient: Patient, readings: Sequence[Reading], *, most: int = 40) -> list[Chart]:
    """A line for every measure that has two values at least; both pressures in one chart, with what is usual."""
    usual, found = ranges_at(patient), []
    groups: dict[str, list[Reading]] = {}
    for reading in readings:
        groups.setdefault(reading.measure.chart or reading.measure.code, []).append(reading)
    for name, group in groups.items():
        times = sorted({reading.at for reading in group})[-most:]
        still = name == "height" and len({reading.value for reading in group}) == 1
        if len(times) > 1 and not still:  # a grown-up's height says nothing over time
            found.append(_chart(name, group, times, usual))
    return found


def _chart(name: str, group: list[Reading], times: list[dt.datetime], usual: dict[str, Range]) -> Chart:
    kinds = {reading.measure.code: reading.measure for reading in group}
    tones: tuple[Tone, ...] = ("accent", "warn", "info")
    series = [
        Series(_named(measure), _values(group, code, times), tones[number % len(tones)])
        for number, (code, measure) in enumerate(kinds.items())
    ]
    places = next(iter(kinds.values())).places
    title = _("Blood pressure (mmHg)") if name == "pressure" else series[0].name
    own = [usual.get(code, Range()) for code in kinds]
    bands = tuple((each.low, each.high) for each in own if each.low is not None and each.high is not None)
    return Chart(
        title,
        [format_date(timezone.localtime(at), style="short") for at in times],
        series,
        kind="line",
        format=lambda value: format_number(value, places=places if value != int(value) else 0),
        bands=bands,
    )


def _named(measure: Measure) -> str:
    return f"{measure.name} ({measure.unit})" if measure.unit else str(measure.name)


def _values(group: list[Reading], code: str, times: list[dt.datetime]) -> list[Number | None]:
    at = {reading.at: reading.value for reading in group if reading.measure.code == code}
    return [at.get(time) for time in times]
