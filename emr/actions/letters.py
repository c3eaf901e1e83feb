"""Writing letters from templates, issuing them with a number, recalling them."""

from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.patients.models import Patient
from clinic.shared import calendar
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.statuses import move
from clinic.shared.tenancy import current_clinic, salt
from clinic.shared.text import normalise
from emr.actions.common import tidy
from emr.models import Letter, LetterStatusChange, LetterTemplate
from emr.permissions import require_write
from emr.queries.letters import fill
from emr.statuses import LETTER_MOVES, LetterStatus
from scheduling.models import Practitioner, Visit


@action
def write_letter(
    *,
    patient: Patient,
    template: LetterTemplate,
    visit: Visit | None = None,
    practitioner: Practitioner | None = None,
    addressee: str = "",
    by: User | None,
) -> Letter:
    """Begin a letter from a template: what is known stands in it, the rest is dotted. It is edited before it goes."""
    require_write(by, visit.branch_id if visit else None)
    doctor = practitioner or Practitioner.objects.filter(user=by, is_active=True).first()
    doctor = doctor or (visit.practitioner if visit else None)
    to = normalise(addressee)[:120]
    known: dict[str, Any] = {
        "language": template.language, "patient": patient, "visit": visit, "doctor": doctor, "to": to,
    }  # fmt: skip
    letter = Letter.objects.create(
        patient=patient,
        visit=visit,
        practitioner=doctor,
        template=template,
        kind=template.kind,
        language=template.language,
        title=fill(template.title, **known)[:120],
        body=fill(template.text, **known),
        addressee=to,
        paper=template.paper,
    )
    LetterStatusChange.record(letter, "", LetterStatus.DRAFT, by=by)
    return letter


@action
def edit_letter(
    *,
    letter: Letter,
    title: str,
    body: str,
    addressee: str = "",
    paper: str = "",
    for_patient: bool = False,
    by: User | None,
) -> Letter:
    """Change the words of a draft. Raises Conflict once it is issued, Invalid without a heading or a text."""
    require_write(by)
    row = _locked(letter)
    if row.status != LetterStatus.DRAFT:
        raise Conflict(_("This letter is issued and stays as it is. Recall it and write another one."), code="issued")
    row.title, row.body = normalise(title)[:120], tidy(body, "body").strip()
    row.addressee, row.for_patient = normalise(addressee)[:120], for_patient
    if paper:
        row.paper = paper
    if not row.title:
        raise Invalid(_("Write a heading."), field="title")
    if not row.body:
        raise Invalid(_("Write the text."), field="body")
    row.save()
    return row


def _locked(letter: Letter) -> Letter:
    return Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)


@action
def issue_letter(*, letter: Letter, by: User) -> Letter:
    """Give it the next number of the year and freeze it. Raises Conflict for one that is no draft.

    Numbers have no gaps: whoever issues at the same time waits, also for the first of a year.
    """
    require_write(by)
    row = _locked(letter)
    if row.status == LetterStatus.ISSUED:
        return row
    year = calendar.year_month_day(timezone.localdate(), _calendar())[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 13))", [f"{salt('letters')}:{year}"])
    last = Letter.objects.filter(year=year).aggregate(last=Max("serial"))["last"] or 0
    changes = {"year": year, "serial": last + 1, "issued_at": timezone.now(), "issued_by": by}
    return move(row, LetterStatus.ISSUED, moves=LETTER_MOVES, log=LetterStatusChange, by=by, changes=changes)


def _calendar() -> calendar.Calendar:
    """Numbers follow the clinic's own years, whoever issues."""
    return "jalali" if current_clinic().language == "fa" else "gregorian"


@action
def end_letter(*, letter: Letter, reason: str = "", by: User) -> Letter:
    """Drop a draft, or recall an issued letter with a reason: it stays readable, marked as recalled."""
    require_write(by)
    row = _locked(letter)
    if row.status == LetterStatus.DRAFT:
        return move(row, LetterStatus.DROPPED, moves=LETTER_MOVES, log=LetterStatusChange, by=by)
    if not normalise(reason):
        raise Invalid(_("Say why."), field="reason")
    return move(row, LetterStatus.RECALLED, moves=LETTER_MOVES, log=LetterStatusChange, by=by, reason=normalise(reason))
