"""What the desk does in one go: write a new patient down and give her a time or a place in line, or neither."""

from typing import Any

from clinic.patients.actions import register
from clinic.patients.models import Patient
from clinic.shared.actions import action
from scheduling.actions.arrival import walk_in
from scheduling.actions.booking import book_direct
from scheduling.actions.several import book_several_direct
from scheduling.models import Appointment, Visit

Person = Patient | dict[str, Any]


@action
def book_person(*, person: Person, by: Any, **wanted: Any) -> Appointment:
    """`book_direct` for a patient, or for somebody new given by the fields of `register`."""
    return book_direct(patient=person_of(person, by), by=by, **wanted)


@action
def book_person_together(*, person: Person, by: Any, **wanted: Any) -> list[Appointment]:
    """`book_several_direct` for a patient, or for somebody new given by the fields of `register`."""
    return book_several_direct(patient=person_of(person, by), by=by, **wanted)


@action
def walk_in_person(*, person: Person, by: Any, **wanted: Any) -> Visit:
    """`walk_in` for a patient, or for somebody new given by the fields of `register`."""
    return walk_in(patient=person_of(person, by), by=by, **wanted)


def person_of(person: Person, by: Any) -> Patient:
    """The patient, registered now where she is given by the fields of `register`."""
    return person if isinstance(person, Patient) else register(**person, by=by)
