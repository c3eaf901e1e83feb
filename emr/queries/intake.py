"""Filled forms as screens show them: in words, and beside the patient's card."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient
from clinic.shared.calendar import format_date
from clinic.shared.chart import Ask, Moment, moments, of_patient
from clinic.shared.money import format_number
from emr.models import File, Intake
from emr.permissions import visible_files
from emr.queries.intake_items import Item, in_words, label_of
from emr.statuses import IntakeStatus


@dataclass(frozen=True)
class Difference:
    """One detail of the card beside what the patient wrote."""

    field: str
    label: str
    now: str
    wanted: str
    is_new: bool  # nothing stood there before


@dataclass(frozen=True)
class Answer:
    """A question with its answer in words, and the photos and papers that belong to it."""

    label: str
    text: str
    files: list[File]


def said(item: Item, answer: Any) -> str:
    """An answer in the reader's words."""
    if answer is None:
        return ""
    if item["kind"] in {"yes_no", "consent"}:
        return _("Yes") if answer == "yes" else _("No")
    if item["kind"] in {"choice", "several"}:
        chosen = answer if isinstance(answer, list) else [answer]
        return ", ".join(in_words(item["options"][each]) for each in chosen)
    if item["kind"] == "photo":
        return ngettext("%(count)s file", "%(count)s files", len(answer)) % {"count": format_number(len(answer))}
    if item["kind"] == "date" or item.get("field") == "birth_date":
        return format_date(dt.date.fromisoformat(answer))
    if item.get("field") == "sex":
        return str(dict(Patient._meta.get_field("sex").flatchoices).get(answer, answer))
    return str(answer)


def told(intake: Intake, user: User) -> list[Answer]:
    """Questions and answers that this account may read: what is clinical only for those who treat."""
    clinical = user.can(Perm.RECORD_VIEW)
    files = {file.pk: file for file in visible_files(user).filter(intake=intake)}
    shown = [item for item in intake.asked.content if item["kind"] != "section" and (clinical or not item["clinical"])]
    return [_told(item, intake.answers.get(item["key"]), files) for item in shown]


def _told(item: Item, answer: Any, files: dict[int, File]) -> Answer:
    sent = [files[pk] for pk in answer or [] if pk in files] if item["kind"] == "photo" else []
    return Answer(label_of(item), "" if sent else said(item, answer), sent)


def differences(intake: Intake) -> list[Difference]:
    """Where what the patient wrote differs from her card, field by field."""
    found = []
    for item in intake.asked.content:
        answer = intake.answers.get(item["key"])
        if item["kind"] != "card" or answer is None:
            continue
        now = getattr(intake.patient, item["field"])
        now = now.isoformat() if isinstance(now, dt.date) else (now or "")
        if item["field"] == "sex" and now == "unknown":
            now = ""
        if now != answer:
            found.append(
                Difference(item["field"], label_of(item), said(item, now or None), said(item, answer), not now)
            )
    return found


def to_review() -> QuerySet[Intake]:
    """What patients have filled and nobody has looked at, the nearest visit first."""
    rows = Intake.objects.filter(status=IntakeStatus.FILLED).select_related("patient", "appointment", "asked__form")
    return rows.order_by("appointment__starts_at", "pk")


@moments(
    "intake",
    label=gettext_lazy("Forms before the visit"),
    icon="clipboard-list",
    permission=Perm.PATIENTS_VIEW,
    order=50,
    where=of_patient(Intake),
)
def intake_moments(ask: Ask) -> Iterable[Moment]:
    """Each form when the patient filled it."""
    rows = Intake.objects.filter(patient__in=ask.patients).select_related("asked__form")
    return [
        Moment(
            row.filled_at or row.created_at,
            row.pk,
            row.asked.form.name,
            row.get_status_display(),
            f"/desk/intake/{row.pk}/",
        )
        for row in ask.newest(rows, "filled_at")
    ]
