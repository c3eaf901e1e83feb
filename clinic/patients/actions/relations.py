"""Writes of labels, family, noted calls and the clinic's choices about patients' data."""

from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.patients.models import (
    ContactKind,
    ContactNote,
    Kin,
    Patient,
    PatientRules,
    PatientTag,
    RelatedPerson,
    Tag,
    Tone,
)
from clinic.patients.queries import patient_rules
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.phones import read_phone
from clinic.shared.text import normalise, search_key

RELATED_AT_MOST = 20
FLAGS = ("decides", "pays", "is_told")


@action
def save_tag(*, tag: Tag | None, name: str, tone: str = Tone.PLAIN, is_active: bool = True, by: User | None) -> Tag:
    """Make or change a label. Raises Invalid for an empty or unknown value, Conflict for a name that is there."""
    name = normalise(name)[:40]
    if not name:
        raise Invalid(_("Write a name."), field="name")
    if tone not in Tone.values:
        raise Invalid(_("Choose one of the answers."), field="tone")
    tag = Tag.objects.select_for_update().get(pk=tag.pk) if tag else Tag()
    same = (each for each in Tag.objects.exclude(pk=tag.pk) if search_key(each.name) == search_key(name))
    if next(same, None):
        raise Conflict(_("There is a label of this name already."), field="name")
    tag.name, tag.tone, tag.is_active = name, tone, is_active
    tag.save()
    return tag


@action
def put_tag(*, patient: Patient, tag: Tag, by: User | None) -> PatientTag:
    """Put a label on a patient; again gives the same row."""
    found, _made = PatientTag.objects.get_or_create(patient=patient, tag=tag, defaults={"put_by": by})
    return found


@action
def take_tag(*, patient: Patient, tag: Tag, by: User | None) -> None:
    """Take a label off; nothing happens where there is none."""
    for row in PatientTag.objects.filter(patient=patient, tag=tag):
        row.delete()


@action
def save_related(
    *,
    patient: Patient,
    related: RelatedPerson | None = None,
    relative: Patient | None = None,
    name: str = "",
    phone: str = "",
    kin: str = Kin.OTHER,
    by: User | None,
    **flags: bool,
) -> RelatedPerson:
    """Note who belongs to a patient: another patient, or a name with a phone. `flags`: decides, pays, is_told.

    Raises Invalid for nobody, the patient herself or an unknown relation, Conflict for somebody who is noted already.
    """
    Patient.objects.select_for_update().get(pk=patient.pk)
    if kin not in Kin.values:
        raise Invalid(_("Choose one of the answers."), field="kin")
    name, phone = normalise(name)[:120], normalise(phone)
    if relative is None and not name:
        raise Invalid(_("Choose a patient or write a name."), field="name")
    if relative is not None and relative.pk == patient.pk:
        raise Invalid(_("Choose somebody else than the patient."), field="relative")
    others = RelatedPerson.objects.filter(patient=patient).exclude(pk=related.pk if related else None)
    if relative and others.filter(relative=relative).exists():
        raise Conflict(_("This person is noted already."), field="relative")
    if others.count() >= RELATED_AT_MOST:
        raise Invalid(_("At most %(count)s people can be noted.") % {"count": RELATED_AT_MOST})
    row = related or RelatedPerson(patient=patient)
    row.relative, row.kin = relative, kin
    row.name, row.phone = ("", "") if relative else (name, read_phone(phone) if phone else "")
    for flag in FLAGS:
        setattr(row, flag, bool(flags.get(flag, False)))
    row.save()
    return row


@action
def remove_related(*, related: RelatedPerson, by: User | None) -> None:
    """Take back that somebody belongs to a patient; the history keeps it."""
    related.delete()


@action
def note_contact(*, patient: Patient, kind: str, text: str, by: User | None) -> ContactNote:
    """Note what was said on the phone or at the desk. Raises Invalid for nothing and for more than 500 characters."""
    text = normalise(text)
    if kind not in ContactKind.values:
        raise Invalid(_("Choose one of the answers."), field="kind")
    if not text:
        raise Invalid(_("Write what was said."), field="text")
    if len(text) > 500:
        raise Invalid(_("Write at most %(count)s characters.") % {"count": 500}, field="text")
    note = ContactNote(patient=patient, kind=kind, text=text, by=by)
    note.save()
    return note


@action
def save_patient_rules(*, by: User | None, **values: Any) -> PatientRules:
    """Change the clinic's choices: `shows_readers`, `ask_after_days` (0 to 3650), `keep_years` (0 to 100).

    Raises Invalid outside of these.
    """
    rules = patient_rules()
    for name, most in (("ask_after_days", 3650), ("keep_years", 100)):
        if not 0 <= int(values.get(name, 0)) <= most:
            raise Invalid(_("Write a number from 0 to %(most)s.") % {"most": most}, field=name)
    for name in ("shows_readers", "ask_after_days", "keep_years"):
        setattr(rules, name, values.get(name, getattr(rules, name)))
    rules.save()
    return rules
