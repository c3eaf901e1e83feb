"""Erasing a person for good, in two steps; and a number that has another owner now."""

import datetime as dt

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import SignInCode, Token, User
from clinic.patients.events import PatientErased, PhoneGivenUp
from clinic.patients.models import Erasure, Patient, PatientAccess
from clinic.patients.queries import kept_until, links, patient_rules, search_text_of
from clinic.shared.actions import action
from clinic.shared.calendar import format_date
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.events import publish
from clinic.shared.tenancy import on_platform
from clinic.shared.text import normalise

TRIES = 5  # to say the birth date


@action
def ask_erasure(*, patient: Patient, reason: str, last_visit: dt.date | None, by: User | None) -> Erasure:
    """First step: note that a person is to be erased, and why. Again gives the open request.

    `last_visit` is the day from which the clinic's years of keeping count. Raises Invalid without a reason, Conflict
    for a merged card and as long as the record must be kept.
    """
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    reason = normalise(reason)[:200]
    if not reason:
        raise Invalid(_("Write why."), field="reason")
    _refuse_kept(patient, last_visit)
    found = Erasure.objects.filter(patient=patient, done_at=None, withdrawn_at=None).first()
    if found:
        return found
    row = Erasure(patient=patient, reason=reason, asked_by=by)
    row.save()
    return row


@action
def withdraw_erasure(*, erasure: Erasure, by: User | None) -> None:
    """Take the request back before it is confirmed."""
    erasure = Erasure.objects.select_for_update().get(pk=erasure.pk)
    if erasure.done_at is None:
        erasure.withdrawn_at = timezone.now()
        erasure.save()


@action
def erase_patient(*, erasure: Erasure, file_number: str, last_visit: dt.date | None, by: User | None) -> None:
    """Second step: erase for good. `file_number` is typed by the person, so that nobody is erased by a slip.

    Raises Invalid for another number, Conflict for what was done or withdrawn and as long as the record must be kept.
    """
    erasure = Erasure.objects.select_for_update().get(pk=erasure.pk)
    patient = Patient.objects.select_for_update().get(pk=erasure.patient_id)
    if erasure.done_at or erasure.withdrawn_at:
        raise Conflict(_("This was done or taken back already."))
    if normalise(file_number).lstrip("#") != str(patient.pk):
        raise Invalid(_("Write the file number of this card."), field="file_number")
    _refuse_kept(patient, last_visit)
    erasure.confirmed_at, erasure.confirmed_by = timezone.now(), by
    erasure.save()
    cards = [patient.pk, *Patient.objects.filter(merged_into=patient).values_list("pk", flat=True)]
    accounts = _accounts_of_nobody_else(cards)
    files = _files_of(cards)
    with connection.cursor() as cursor:
        cursor.execute("SELECT ext.erase_patient(%s)", [erasure.pk])
    for account in accounts:
        _close(account)
    erasure.done_at = timezone.now()
    erasure.save()
    publish(PatientErased(patient.pk))
    transaction.on_commit(lambda: _delete(files))


def _delete(files: list[str]) -> None:
    for name in files:
        default_storage.delete(name)


def _files_of(cards: list[int]) -> list[str]:
    """The names in the storage of every file that hangs on these cards."""
    found: list[str] = []
    for link in links():
        for field in getattr(link.model, "erased_files", ()):
            found += link.rows(**{f"{link.field}__in": cards}).exclude(**{field: ""}).values_list(field, flat=True)
    return found


def _refuse_kept(patient: Patient, last_visit: dt.date | None) -> None:
    if patient.merged_into_id:
        raise Conflict(_("This patient was merged into another one. Open that one."))
    until = kept_until(last_visit)
    if until and until > timezone.localdate():
        raise Conflict(
            _("This record must be kept until %(day)s. The time is set by the owner.") % {"day": format_date(until)},
            code="kept",
        )


def _accounts_of_nobody_else(cards: list[int]) -> list[User]:
    """Accounts that act for nobody but this person and have no role in the clinic."""
    mine = PatientAccess.objects.filter(patient__in=cards).values("user")
    others = PatientAccess.objects.exclude(patient__in=cards).values("user")
    return list(User.objects.filter(pk__in=mine, grants=None).exclude(pk__in=others))


def _close(account: User) -> None:
    """Nobody signs in with it any more, and it names nobody."""
    SignInCode.objects.filter(phone=account.phone).delete()
    Token.objects.filter(user=account).delete()
    account.is_active, account.full_name, account.phone = False, "", f"x{account.pk}"
    account.save()


@action
def give_up_phone(*, patient: Patient, by: User | None) -> None:
    """The patient's number has another owner now: it leaves the card, its account no longer acts for her.

    The record stays as it is; messages that wait for the number are not sent.
    """
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    phone = patient.phone
    if not phone:
        return
    for row in PatientAccess.objects.filter(patient=patient, user__phone=phone):
        row.delete()
    patient.phone = ""
    patient.search_text = search_text_of(patient)
    patient.save()
    publish(PhoneGivenUp(patient.pk, phone))


@action
def hold_after_silence(*, user_id: int, last: dt.datetime | None, by: User | None) -> bool:
    """Whoever signs in with a number that was silent for long must show first that it is still the same person.

    `last` is the sign-in before this one; how long is the clinic's choice. Returns whether something is held back.
    """
    if on_platform() or last is None:
        return False
    days = patient_rules().ask_after_days
    if not days or timezone.now() - last < dt.timedelta(days=days):
        return False
    rows = list(PatientAccess.objects.select_for_update().filter(user=user_id, held_at=None))
    for row in rows:
        row.held_at = timezone.now()
        row.save()
    return bool(rows)


@action
def prove_same_person(*, user: User, birth_date: dt.date, by: User | None) -> bool:
    """Let go of what is held back where the birth date is that of one of the people; at most five tries a day.

    Returns whether it fits. Raises Conflict after too many tries.
    """
    held = PatientAccess.objects.select_for_update(of=("self",)).filter(user=user).exclude(held_at=None)
    rows = list(held.select_related("patient"))
    if any(row.tries >= TRIES for row in rows):
        raise Conflict(_("Too many tries. Call the clinic: the desk sets it right."), code="tries")
    fits = any(row.patient.birth_date == birth_date for row in rows)
    for row in rows:
        row.held_at, row.tries = (None, 0) if fits else (row.held_at, row.tries + 1)
        row.save()
    return fits


@action
def start_anew(*, user: User, by: User | None) -> None:
    """The number is new to whoever signed in: nothing of the former owner is shown, and her card loses the number."""
    for row in PatientAccess.objects.filter(user=user).exclude(held_at=None).select_related("patient"):
        patient = row.patient
        row.delete()
        if patient.phone == user.phone:
            give_up_phone(patient=patient, by=by)
    user = User.objects.select_for_update().get(pk=user.pk)
    user.full_name = ""
    user.save()
