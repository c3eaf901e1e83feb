"""Diagnoses, the problem list and allergies."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.errors import Invalid
from clinic.shared.text import normalise, search_key
from emr.actions.common import draft
from emr.actions.formulary import clean_atc
from emr.models import AllergyIntolerance, Condition, Encounter, Severity
from emr.permissions import require_write
from emr.queries.icd10 import icd_title


@action
def add_condition(
    *,
    patient: Patient,
    encounter: Encounter | None = None,
    code: str = "",
    title: str = "",
    is_problem: bool = False,
    by: User | None,
) -> Condition:
    """Add a diagnosis: an ICD-10 code (its title is filled in), free words in any language, or both.

    The same one again in the same visit is given back, not doubled. Raises Invalid for an unknown code or no words.
    """
    if encounter is not None:
        encounter = draft(encounter, by)
        patient = encounter.patient
    else:
        require_write(by)
    code, title = normalise(code).upper(), normalise(title)[:250]
    official = icd_title(code) if code else ""
    if code and not official:
        raise Invalid(_("ICD-10 has no code “%(code)s”.") % {"code": code}, field="code")
    title = title or official[:250]
    if not title:
        raise Invalid(_("Name the diagnosis, or choose one from the list."), field="title")
    same = Condition.objects.filter(patient=patient, encounter=encounter, entered_in_error=False, ended_on=None)
    found = same.filter(code=code, title=title).first()
    if found is None:
        return Condition.objects.create(
            patient=patient, encounter=encounter, code=code, title=title, is_problem=is_problem
        )
    if is_problem and not found.is_problem:
        found.is_problem = True
        found.save()
    return found


@action
def remove_condition(*, condition: Condition, by: User | None) -> Condition:
    """Take a diagnosis back as entered in error; the row stays. Raises Conflict once its record is signed."""
    if condition.encounter is not None:
        draft(condition.encounter, by)
    else:
        require_write(by)
    row = Condition.objects.select_for_update(of=("self",)).get(pk=condition.pk)
    row.entered_in_error = True
    row.save()
    return row


@action
def keep_problem(*, condition: Condition, by: User | None) -> Condition:
    """Put a diagnosis on the patient's problem list; the list is not part of what was signed."""
    require_write(by)
    row = Condition.objects.select_for_update(of=("self",)).get(pk=condition.pk)
    row.is_problem, row.ended_on = True, None
    row.save()
    return row


@action
def change_problem(
    *,
    condition: Condition,
    onset_on: dt.date | None = None,
    ended_on: dt.date | None = None,
    note: str = "",
    by: User | None,
) -> Condition:
    """Since when, until when and what else is known of a problem; no end means that it lasts.

    Raises Invalid for days to come, or an end before the beginning.
    """
    require_write(by)
    row = Condition.objects.select_for_update(of=("self",)).get(pk=condition.pk)
    for name, day in (("onset_on", onset_on), ("ended_on", ended_on)):
        if day is not None and day > timezone.localdate():
            raise Invalid(_("This day is still to come."), field=name)
    if onset_on and ended_on and ended_on < onset_on:
        raise Invalid(_("It cannot be over before it began."), field="ended_on")
    row.is_problem, row.onset_on, row.ended_on, row.note = True, onset_on, ended_on, normalise(note)[:300]
    row.save()
    return row


@action
def withdraw_problem(*, condition: Condition, why: str, by: User | None) -> Condition:
    """Mark a problem as entered in error, with the reason; what was signed keeps showing it as struck out."""
    require_write(by)
    why = normalise(why)[:200]
    if not why:
        raise Invalid(_("Say why this is wrong."), field="why")
    row = Condition.objects.select_for_update(of=("self",)).get(pk=condition.pk)
    row.entered_in_error, row.wrong_why = True, why
    row.save()
    return row


@action
def end_problem(*, condition: Condition, by: User | None) -> Condition:
    """Take a problem that is over off the list, from today; what was signed about it stays."""
    require_write(by)
    row = Condition.objects.select_for_update(of=("self",)).get(pk=condition.pk)
    if row.ended_on is None:
        row.ended_on = timezone.localdate()
        row.save()
    return row


@action
def add_allergy(
    *,
    patient: Patient,
    substance: str,
    reaction: str = "",
    severity: str = Severity.MODERATE,
    atc: str = "",
    by: User | None,
) -> AllergyIntolerance:
    """Note an allergy, `atc` to a whole group; one to the same substance is brought up to date instead of doubled.
    Raises Invalid."""
    require_write(by)
    substance = normalise(substance)
    if not substance:
        raise Invalid(_("Name what the patient is allergic to."), field="substance")
    if len(substance) > 120:
        raise Invalid(_("Name the substance in at most 120 letters; more fits into the reaction."), field="substance")
    if severity not in Severity.values:
        raise Invalid(_("Choose how severe it is."), field="severity")
    patient = Patient.objects.select_for_update(of=("self",)).get(pk=patient.pk)
    known = AllergyIntolerance.objects.filter(patient=patient, ended_on=None)
    row = next((each for each in known if search_key(each.substance) == search_key(substance)), None)
    row = row or AllergyIntolerance(patient=patient, substance=substance)
    row.reaction, row.severity = normalise(reaction)[:200] or row.reaction, severity
    row.atc = clean_atc(atc) or row.atc
    row.save()
    return row


@action
def end_allergy(*, allergy: AllergyIntolerance, by: User | None) -> AllergyIntolerance:
    """An allergy that proved to be none, or is over: it warns no more from today, and stays in the history."""
    require_write(by)
    row = AllergyIntolerance.objects.select_for_update(of=("self",)).get(pk=allergy.pk)
    if row.ended_on is None:
        row.ended_on = timezone.localdate()
        row.save()
    return row
