"""A patient's whole record as FHIR R4, built from the models of `fhir.resources`, which refuse what is wrong.

Another kind of row joins in by one function in `PARTS`: it gets the patients (she, and cards merged into hers) and
yields resources.
"""

import datetime as dt
from collections.abc import Callable, Iterable

from fhir.resources.R4B.bundle import Bundle, BundleEntry
from fhir.resources.R4B.resource import Resource

from analytics.queries.fhir import background, care, forms, money, numbers, people, plans, results
from analytics.queries.fhir.parts import base
from clinic.patients.models import Patient

PARTS: list[Callable[[list[int]], Iterable[Resource]]] = [
    people.related,
    people.consents,
    people.practitioners,
    care.appointments,
    care.encounters,
    care.conditions,
    care.allergies,
    care.medicines,
    care.notes,
    care.files,
    background.background,
    numbers.vitals,
    numbers.scores,
    forms.forms,
    results.orders,
    plans.plans,
    plans.letters,
    money.invoices,
]


def cards_of(patient: Patient) -> list[int]:
    """The patient's own card and those merged into it."""
    return [patient.pk, *Patient.objects.filter(merged_into=patient).order_by("pk").values_list("pk", flat=True)]


def bundle_of(patient: Patient, *, at: dt.datetime) -> Bundle:
    """The record as one collection. Raises pydantic's ValidationError for what FHIR does not allow: a fault of ours."""
    cards = cards_of(patient)
    found: list[Resource] = [people.organization(), people.patient(patient)]
    for part in PARTS:
        found.extend(part(cards))
    root = base()
    return Bundle(
        type="collection",
        timestamp=at,
        entry=[BundleEntry(fullUrl=f"{root}/{each.get_resource_type()}/{each.id}", resource=each) for each in found],
    )
