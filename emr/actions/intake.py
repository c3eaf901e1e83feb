"""Sending intake forms and taking what patients answer."""

import datetime as dt
import secrets
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.patients import actions as patients
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.actor import current_actor
from clinic.shared.errors import Conflict, Invalid, NotFound
from clinic.shared.statuses import move
from clinic.shared.strokes import read_strokes
from clinic.shared.text import normalise
from emr.actions.files import tell_of_files
from emr.models import File, Intake, IntakeDraft, IntakeForm, IntakeStatusChange, PhoneLink
from emr.queries.intake import differences
from emr.queries.intake_answers import read_answers, unanswered
from emr.queries.intake_items import in_words, label_of
from emr.queries.intake_pages import photos_of
from emr.statuses import INTAKE_MOVES, IntakeStatus
from scheduling.actions import note_intake
from scheduling.models import Appointment

BY_HAND = dt.timedelta(days=7)
AFTER_VISIT = dt.timedelta(days=1)


@action
def send_intake(
    *, form: IntakeForm, patient: Patient, appointment: Appointment | None = None, by: User | None
) -> Intake:
    """Ask a patient to fill the newest version of a form, once for an appointment; without one for seven days.

    Raises Invalid for a form that asks nothing.
    """
    version = form.versions.order_by("-number").first()
    if version is None:
        raise Invalid(_("This form asks nothing yet."), field="form")
    now = timezone.now()
    cause = f"form:{form.pk}:appointment:{appointment.pk}" if appointment else f"form:{form.pk}:{secrets.token_hex(8)}"
    intake = Intake.objects.filter(cause=cause).first()
    if intake:
        return intake
    intake = Intake(
        asked=version, patient=patient, appointment=appointment, cause=cause, token=secrets.token_urlsafe(32),
        expires_at=appointment.starts_at + AFTER_VISIT if appointment else now + BY_HAND,
    )  # fmt: skip
    intake.save()
    IntakeStatusChange.record(intake, "", IntakeStatus.SENT, by=by)
    note_intake(appointment=appointment, state=IntakeStatus.SENT, by=by)
    return intake


@action
def save_intake_draft(*, intake: Intake, given: dict[str, Any], version: int, by: Any) -> IntakeDraft:
    """Keep what was typed so far; answers that do not fit yet are kept as typed.

    Raises Conflict (code `stale`) where another device has saved since, and once it was sent.
    """
    intake = open_intake(intake)
    typed = {item["key"]: _typed(given.get(item["key"])) for item in intake.asked.content}
    draft = IntakeDraft.objects.select_for_update().filter(intake=intake).first() or IntakeDraft(intake=intake)
    if draft.version > version:
        raise Conflict(_("This form was also filled on another device. Reload to see it."), code="stale")
    draft.answers = {key: value for key, value in typed.items() if value}
    draft.version, draft.saved_at = draft.version + 1, timezone.now()
    draft.save()
    return draft


def _typed(value: Any) -> Any:
    if isinstance(value, list):
        return [normalise(str(each))[:300] for each in value[:40]]
    return normalise(str(value or ""), lines=True)[:4_000]


@action
def fill_intake(
    *, intake: Intake, given: dict[str, Any], signature: Any = None, signed_name: str = "", device: str = "", by: Any
) -> Intake:
    """Take a patient's answers for good, with her signature; each text she agreed to becomes a consent.

    Raises Invalid with `details["wrong"]` by item, at `signature` without one, and Conflict for a second time.
    """
    intake = open_intake(intake)
    content = intake.asked.content
    photos = {key: [file.pk for file in files] for key, files in photos_of(intake).items()}
    answers, wrong = read_answers(content, given | photos)
    wrong |= {
        item["key"]: _("Please answer this.") for item in unanswered(content, answers) if item["key"] not in wrong
    }
    if wrong:
        raise Invalid(_("Look at the marked questions."), wrong=wrong)
    strokes, name = read_strokes(signature), normalise(signed_name)[:160]
    if not strokes and not name:
        raise Invalid(_("Sign with a finger, or write your full name."), field="signature")
    for item in content:
        if item["kind"] == "consent" and answers.get(item["key"]) == "yes":
            patients.sign_consent(
                patient=intake.patient, kind=f"form:{intake.asked.form_id}:{item['key']}", title=label_of(item),
                text=in_words(item["text"]), version=str(intake.asked.number), signature=strokes, signed_name=name,
                device=device, by=by,
            )  # fmt: skip
    changes = {
        "answers": answers, "signature": strokes, "signed_name": name, "filled_at": timezone.now(),
        "ip": current_actor().ip, "device": device[:200],
    }  # fmt: skip
    IntakeDraft.objects.filter(intake=intake).delete()
    return _move(intake, IntakeStatus.FILLED, by, changes)


@action
def accept_intake(*, intake: Intake, fields: set[str], by: User | None) -> Intake:
    """The desk has looked: the named details of the card become what the patient wrote.

    Raises Invalid where the card cannot take one, at its field, and Conflict where somebody has looked already.
    """
    row = Intake.objects.select_for_update(of=("self",)).select_related("patient", "asked").get(pk=intake.pk)
    wanted = {each.field for each in differences(row)} & fields
    values: dict[str, Any] = {}
    for item in row.asked.content:
        if item["kind"] == "card" and item["field"] in wanted:
            answer = row.answers[item["key"]]
            values[item["field"]] = dt.date.fromisoformat(answer) if item["field"] == "birth_date" else answer
    if values:
        patients.change(patient=row.patient, by=by, **values)
    return _move(row, IntakeStatus.ACCEPTED, by, {"reviewed_at": timezone.now(), "reviewed_by": by})


@action
def withdraw_intake(*, intake: Intake, by: User | None) -> Intake:
    """Ask no more; the link is over."""
    return _move(intake, IntakeStatus.WITHDRAWN, by, {})


@action
def close_links(*, patient_id: int, by: User | None) -> int:
    """End the forms and codes by which an erased person, or who holds her links, could still send; how many."""
    hers = Q(patient=patient_id) | Q(patient__merged_into=patient_id)
    forms = list(Intake.objects.filter(hers, status=IntakeStatus.SENT))
    codes = list(PhoneLink.objects.select_for_update(of=("self",)).filter(hers, closed_at=None))
    for intake in forms:
        _move(intake, IntakeStatus.WITHDRAWN, by, {})
    for code in codes:
        code.closed_at = timezone.now()
        code.save()
    return len(forms) + len(codes)


@action
def end_intakes(*, by: User | None = None) -> int:
    """Close forms whose time is over or whose appointment was called off; how many."""
    open_ones = Intake.objects.filter(status=IntakeStatus.SENT)
    late = list(open_ones.filter(expires_at__lte=timezone.now())[:200])
    off = list(open_ones.filter(appointment__status__in=["cancelled", "rescheduled", "no_show", "rejected"])[:200])
    for intake in late:
        _move(intake, IntakeStatus.EXPIRED, by, {})
    for intake in off:
        if intake not in late:
            _move(intake, IntakeStatus.WITHDRAWN, by, {})
    return len(late) + len(off)


def open_intake(intake: Intake) -> Intake:
    """The form, locked, while she may still write. Raises Conflict once it was sent, NotFound once it is over."""
    row = Intake.objects.select_for_update(of=("self",)).select_related("patient", "asked").get(pk=intake.pk)
    if row.status in {IntakeStatus.FILLED, IntakeStatus.ACCEPTED}:
        raise Conflict(_("This form was sent already. Thank you."), code="filled")
    if row.status != IntakeStatus.SENT or row.expires_at <= timezone.now():
        raise NotFound(_("The time of this form is over. Ask the clinic for a new one."))
    return row


def _move(intake: Intake, to: str, by: User | None, changes: dict[str, Any]) -> Intake:
    row = move(intake, to, moves=INTAKE_MOVES, log=IntakeStatusChange, by=by, changes=changes)
    if to in {IntakeStatus.EXPIRED, IntakeStatus.WITHDRAWN}:
        _forget_unsent(row)
    note_intake(appointment=row.appointment, state=to, by=by)
    return row


def _forget_unsent(intake: Intake) -> None:
    """What she typed and photographed but never sent is nobody's to read."""
    IntakeDraft.objects.filter(intake=intake).delete()
    photos = list(File.objects.select_for_update().filter(intake=intake, removed_at=None))
    for file in photos:
        file.removed_at = timezone.now()
        file.save()
    if photos:
        tell_of_files()
