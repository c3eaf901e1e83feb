"""Observation: what was measured, and how she said she does."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from fhir.resources.R4B.observation import Observation

from analytics.queries import handed
from analytics.queries.fhir.parts import LOINC, amount, concept, fixed, ref, said
from emr.models import VitalKind, VitalSign
from emr.models.vitals import MEASURES, Measure

PRESSURES = ("systolic", "diastolic")
PANEL = "85354-9"  # LOINC: both pressures of one moment


def vitals(cards: list[int]) -> Iterator[Observation]:
    """Every measurement that stands; both pressures of one moment are one observation, as FHIR's profile asks."""
    known = {**MEASURES, **{(kind := row.measure()).code: kind for row in VitalKind.objects.all()}}
    rows = list(handed.vitals(cards))
    pairs = _pairs(rows)
    inside = {row.pk for pair in pairs for row in pair[1:]}
    both = {pair[0].pk: pair for pair in pairs}
    for row in rows:
        if row.pk in inside or row.code not in known:
            continue
        pair = both.get(row.pk)
        yield Observation(
            **_head(cards, f"vital-{row.pk}", "vital-signs", row.measured_at, row.visit_id),
            **(_pressures(known, pair) if pair else _single(known, row)),
        )


def _pairs(rows: Iterable[VitalSign]) -> list[list[VitalSign]]:
    moments: dict[tuple[dt.datetime, str], VitalSign] = {}
    for row in rows:
        if row.code in PRESSURES:
            moments[row.measured_at, row.code] = row
    uppers = [(at, row) for (at, code), row in moments.items() if code == "systolic"]
    return [[upper, moments[at, "diastolic"]] for at, upper in uppers if (at, "diastolic") in moments]


def _single(known: dict[str, Measure], row: VitalSign) -> dict[str, Any]:
    return {"code": _code(known[row.code]), "valueQuantity": amount(row.value, row.unit)}


def _pressures(known: dict[str, Measure], pair: list[VitalSign]) -> dict[str, Any]:
    return {
        "code": concept("Blood pressure", system=LOINC, code=PANEL),
        "component": [_single(known, row) for row in pair],
    }


def _code(measure: Measure) -> dict[str, Any]:
    return concept(str(measure.name), system=LOINC, code=measure.loinc)


def _head(cards: list[int], pk: str, category: str, at: dt.datetime, visit: int | None) -> dict[str, Any]:
    return said(
        id=pk,
        status="final",
        category=[fixed("observation-category", category)],
        subject=ref("Patient", cards[0]),
        encounter=ref("Encounter", visit) if visit else None,
        effectiveDateTime=at,
    )


def scores(cards: list[int]) -> Iterator[Observation]:
    """What she answered when the clinic asked how she does."""
    for row in handed.scores(cards):
        yield Observation(
            **_head(cards, f"score-{row.pk}", "survey", row.measured_at, row.visit_id),
            **said(code=concept(row.measure.name), valueQuantity=amount(row.score, "")),
        )
