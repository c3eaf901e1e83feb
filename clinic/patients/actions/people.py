"""Registering patients, who may act for them, consents, and the note that somebody read a record."""

import re
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.actions import account_for_phone
from clinic.accounts.models import User
from clinic.patients.models import CONSENTS, Consent, Patient, PatientAccess, Relation, Sex
from clinic.patients.permissions import is_held
from clinic.patients.queries import own_patient, possible_duplicates, search_text_of
from clinic.shared.actions import action, single
from clinic.shared.actor import current_actor
from clinic.shared.db.prepared import Statement
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.phones import read_mobile, read_phone, region
from clinic.shared.tenancy import salt
from clinic.shared.text import InputProblem, normalise, normalise_national_code, search_key

OLDEST = 130  # years
FAMILY_AT_MOST = 20
LINES = {"note"}


@action
def register(
    *,
    first_name: str,
    last_name: str,
    phone: str = "",
    national_code: str = "",
    birth_date: date | None = None,
    sex: str = Sex.UNKNOWN,
    source: str = "desk",
    external_id: str = "",
    refuse_duplicates: bool = False,
    by: Any,
    **more: Any,
) -> Patient:
    """A new patient; texts in any digits and spelling. `more`: email, address, language, insurer, insurance_number,
    referral_source, note.

    Raises Invalid for what cannot be read and, with `refuse_duplicates`, Conflict (code `duplicates`, details
    `patients`: ids) where somebody may be the same person.
    """
    patient = Patient(source=source, external_id=external_id)
    values = more | {
        "first_name": first_name,
        "last_name": last_name,
        "phone": phone,
        "national_code": national_code,
        "birth_date": birth_date,
        "sex": sex,
    }
    _fill(patient, values)
    if refuse_duplicates:
        _refuse_duplicates(patient)
    patient.save()
    return patient


@action
def change(*, patient: Patient, by: Any, **values: Any) -> Patient:
    """Change details of a patient; only the named fields. Raises Invalid for what cannot be read."""
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    if patient.merged_into_id:
        raise Conflict(_("This patient was merged into another one. Open that one."))
    _fill(patient, values)
    patient.save()
    return patient


def _fill(patient: Patient, values: dict[str, Any]) -> None:
    allowed = {"first_name", "last_name", "phone", "national_code", "birth_date", "sex", "email", "address", "language"}
    allowed |= {"insurer", "insurance_number", "referral_source", "note"}
    if unknown := set(values) - allowed:
        raise TypeError(f"a patient has no {', '.join(sorted(unknown))}")
    for name, value in values.items():
        setattr(patient, name, _read(name, value))
    if not patient.last_name and not patient.first_name:
        raise Invalid(_("Write a name."), field="first_name")
    if not patient.last_name:
        raise Invalid(_("Write the last name."), field="last_name")
    patient.search_text = search_text_of(patient)


def _read(name: str, value: Any) -> Any:
    """One value in the spelling that is stored."""
    if name == "birth_date":
        return _birth_date(value)
    text = normalise(str(value or ""), lines=name in LINES)
    if name == "phone":
        return read_phone(text) if text else ""
    if name == "national_code":
        return _national_code(text)
    longest = getattr(Patient._meta.get_field(name), "max_length", None)
    if longest and len(text) > longest:
        raise Invalid(_("Write at most %(count)s characters.") % {"count": longest}, field=name)
    if name == "sex" and text not in Sex.values:
        raise Invalid(_("Choose one of the answers."), field=name)
    if name == "language" and text not in {"", "fa", "en"}:
        raise Invalid(_("The language is fa or en."), field=name)
    if name == "email" and text:
        try:
            validate_email(text)
        except ValidationError:
            raise Invalid(_("Write the e-mail as name@example.com."), field=name) from None
    return text


def _birth_date(born: date | None) -> date | None:
    today = timezone.localdate()
    if born and born > today:
        raise Invalid(_("A birth date cannot lie in the future."), field="birth_date")
    if born and born < today - timedelta(days=OLDEST * 366):
        raise Invalid(_("Nobody is %(years)s years old; check the year.") % {"years": OLDEST}, field="birth_date")
    return born


def _national_code(text: str) -> str:
    """Iranian codes are held to their check digit; elsewhere a number is kept as it is written."""
    if not text:
        return ""
    if region() == "IR":
        try:
            return normalise_national_code(text)
        except InputProblem as problem:
            raise Invalid(str(problem), field="national_code", code=problem.code) from problem
    code = re.sub(r"[\s\-]", "", text).upper()
    if len(code) > 20 or not code.isalnum():
        raise Invalid(_("A national number has at most 20 letters and digits."), field="national_code")
    return code


def _refuse_duplicates(patient: Patient) -> None:
    # Two desks registering the same person at once: the second one waits and then sees the first one's row.
    with connection.cursor() as cursor:
        key = f"{salt('patient')}:{search_key(patient.last_name)}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 11))", [key])
    found = possible_duplicates(
        first_name=patient.first_name,
        last_name=patient.last_name,
        phone=patient.phone,
        national_code=patient.national_code,
        birth_date=patient.birth_date,
    )
    if found:
        raise Conflict(
            _("This person may be registered already. Look at those found before registering anyway."),
            code="duplicates",
            patients=[each.patient.pk for each in found],
        )


@action
def own_patient_for(*, user: User, first_name: str = "", last_name: str = "", by: Any, **more: Any) -> Patient:
    """The patient that an account is itself, made at the first booking.

    A row that only has the same phone is never taken: the number may have had another owner. The desk joins them.
    Raises Invalid without a name where the patient must be made.
    """
    patient = own_patient(user)
    if patient:
        return patient
    if is_held(user):
        raise Conflict(
            _("This number was not used for a long time. Open “My visits” and answer one question first."), code="held"
        )
    User.objects.select_for_update().get(pk=user.pk)  # of two first bookings at once only one makes her
    patient = own_patient(user)
    if patient:
        return patient
    patient = register(first_name=first_name, last_name=last_name, phone=user.phone, source="site", by=by, **more)
    PatientAccess(user=user, patient=patient, relation=Relation.SELF).save()
    if not user.full_name:
        user.full_name = patient.full_name
        user.save()
    return patient


@action
def add_family_member(
    *, user: User, first_name: str, last_name: str, relation: str = Relation.OTHER, by: Any, **more: Any
) -> Patient:
    """A new patient for whom this account acts. `relation` is what the account's holder is to the patient.

    Raises Invalid for an unknown relation and beyond twenty people.
    """
    _check_relation(relation)
    User.objects.select_for_update().get(pk=user.pk)
    if PatientAccess.objects.filter(user=user).count() >= FAMILY_AT_MOST:
        raise Invalid(_("One account can act for %(count)s people at most.") % {"count": FAMILY_AT_MOST})
    more.setdefault("phone", user.phone)
    patient = register(first_name=first_name, last_name=last_name, source="site", by=by, **more)
    PatientAccess(user=user, patient=patient, relation=relation).save()
    return patient


def _check_relation(relation: str) -> None:
    if relation not in Relation.values:
        raise Invalid(_("Choose one of the answers."), field="relation")


@action
def link_account(*, patient: Patient, phone: str, relation: str = Relation.SELF, by: Any) -> PatientAccess:
    """Let whoever signs in with a number act for a patient; the desk has seen that the number is theirs.

    Again with another relation changes it. Raises Invalid for a bad number, and where the account is somebody else.
    """
    _check_relation(relation)
    user = account_for_phone(phone=read_mobile(phone), full_name="", by=by)
    User.objects.select_for_update().get(pk=user.pk)
    if relation == Relation.SELF:
        own = own_patient(user)
        if own and own.pk != patient.pk:
            raise Invalid(
                _("This number belongs to %(name)s. Choose what they are to the patient.") % {"name": own.full_name},
                field="relation",
            )
    access = PatientAccess.objects.filter(user=user, patient=patient).first()
    access = access or PatientAccess(user=user, patient=patient)
    access.relation = relation
    access.save()
    return access


@action
def unlink_account(*, access: PatientAccess, by: Any) -> None:
    """Take back that an account may act for a patient, for example when the number has a new owner."""
    access.delete()


@action
def give_consent(*, patient: Patient, kind: str, by: Any) -> Consent:
    """Keep that a patient agreed to the present text of this kind, word for word in the language it was read in.

    Again while it stands gives the same row. Raises Invalid for an unknown kind.
    """
    asked = CONSENTS.get(kind)
    if asked is None:
        raise Invalid(_("There is no such consent."), field="kind")
    Patient.objects.select_for_update().get(pk=patient.pk)
    standing = Consent.objects.filter(patient=patient, kind=kind, version=asked.version, withdrawn_at=None).first()
    if standing:
        return standing
    consent = Consent(
        patient=patient,
        kind=kind,
        version=asked.version,
        text=f"{asked.title}\n{asked.text}",
        accepted_by=by,
        ip=current_actor().ip,
    )
    consent.save()
    return consent


@action
def withdraw_consent(*, consent: Consent, by: Any) -> Consent:
    """Note that a consent was taken back; the row stays."""
    consent = Consent.objects.select_for_update().get(pk=consent.pk)
    if consent.withdrawn_at is None:
        consent.withdrawn_at = timezone.now()
        consent.save()
    return consent


_NOTED = Statement("""
    INSERT INTO patients_accesslog (patient_id, user_id, what, ip, request_id)
    SELECT %(patient)s::bigint, %(user)s::bigint, %(what)s, %(ip)s::inet, %(request)s RETURNING id
""")


@single
def log_access(*, patient: Patient, what: str, by: Any) -> None:
    """Note that an account read something of a patient: `card`, `record`, `api`, `print` …"""
    actor = current_actor()
    _NOTED.row(patient=patient.pk, user=by.pk if by else None, what=what[:60], ip=actor.ip, request=actor.request_id)
