"""Opening, writing, signing and adding to the record of a visit."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.events import publish
from clinic.shared.statuses import move
from emr.actions.common import draft, locked, require_draft, tidy
from emr.events import EncounterOpened, EncounterSigned
from emr.models import Addendum, Condition, Encounter, EncounterStatusChange, NoteTemplate, NoteTemplateVersion
from emr.permissions import require_write
from emr.queries.encounters import first_choice, last_signed
from emr.queries.templates import in_plain_words, questions_of, read_answers, unanswered
from emr.statuses import MOVES, EncounterStatus
from scheduling.actions.floor import finish_visit
from scheduling.models import Service, Visit
from scheduling.statuses import VISIT_MOVES, VisitStatus

TEXTS = ("complaint", "note", "advice")
NEVER_SEEN = {VisitStatus.LEFT, VisitStatus.CANCELLED, VisitStatus.ENTERED_IN_ERROR}


@action
def open_encounter(*, visit: Visit, by: User | None) -> Encounter:
    """The record of a visit, made at its first opening and the same one ever after.

    Raises Conflict for a visit in which nobody was seen, Forbidden where `by` may not write records.
    """
    visit = Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
    require_write(by, visit.branch_id)
    found = Encounter.objects.filter(visit=visit).first()
    if found:
        return found
    if visit.status in NEVER_SEEN:
        raise Conflict(_("Nobody was seen in this visit, so it has no record."), code="not_seen")
    encounter = Encounter.objects.create(
        visit=visit,
        patient_id=visit.patient_id,
        practitioner_id=visit.practitioner_id,
        saved_by=by,
        template=first_choice(visit),
    )
    EncounterStatusChange.record(encounter, "", EncounterStatus.DRAFT, by=by)
    publish(EncounterOpened(encounter_id=encounter.pk, visit_id=encounter.visit_id))
    return encounter


@action
def save_note(
    *,
    encounter: Encounter,
    version: int,
    by: User | None,
    complaint: str | None = None,
    note: str | None = None,
    advice: str | None = None,
    answers: dict[str, Any] | None = None,
    page: str = "",
) -> Encounter:
    """Keep what stands on the doctor's screen; texts and answers not given stay. Its `version` counts up with every
    change. `answers` are by the template's keys; an empty one is taken away.

    `version` is the one the screen was filled from, `page` names the open page. Raises Conflict where somebody else
    wrote meanwhile: it carries `yours`, `theirs` (by field), the `version` to answer with, and who wrote when; Invalid
    for an answer that does not fit its question (field `a.q1`).
    """
    row = locked(encounter, by)
    given = {"complaint": complaint, "note": note, "advice": advice}
    wanted: dict[str, Any] = {name: tidy(text, name) for name, text in given.items() if text is not None}
    if answers is not None:
        wanted["answers"] = _answered(row, answers)
    changed = {name: value for name, value in wanted.items() if value != getattr(row, name)}
    if not changed:
        return row  # also when it was signed meanwhile with these very words
    require_draft(row)
    if version != row.version and not (page and page == row.saved_from):
        raise _stale(row, wanted)
    return _write(row, changed, page, by)


def _answered(row: Encounter, given: dict[str, Any]) -> dict[str, Any]:
    """The answers as they would stand with these."""
    good, wrong = read_answers(row.template.content if row.template else None, given)
    if wrong:
        key, message = next(iter(wrong.items()))
        raise Invalid(message, field=f"a.{key}")
    return {key: value for key, value in {**row.answers, **good}.items() if value is not None}


def _stale(row: Encounter, wanted: dict[str, Any]) -> Conflict:
    return Conflict(
        _("Somebody else wrote here meanwhile. Both texts are kept; choose what stays."),
        code="stale",
        version=row.version,
        yours=wanted,
        theirs={name: getattr(row, name) for name in wanted},
        saved_by=str(row.saved_by or ""),
        saved_at=row.saved_at.isoformat(),
    )


def _write(row: Encounter, values: dict[str, Any], page: str, by: User | None) -> Encounter:
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.saved_from, row.saved_at, row.saved_by = page, timezone.now(), by
    row.save()
    return row


@action
def settle_note(
    *,
    encounter: Encounter,
    version: int,
    texts: dict[str, str],
    answers: dict[str, Any] | None = None,
    by: User | None,
) -> Encounter:
    """End a conflict with the texts and answers chosen; what was replaced stays in the history of the record.

    `version` is the one that the refusal named. Raises Conflict if the record moved on once more.
    """
    row = draft(encounter, by)
    wanted: dict[str, Any] = {name: tidy(texts[name], name) for name in TEXTS if name in texts}
    if answers:
        wanted["answers"] = _answered(row, answers)
    if version != row.version:
        raise _stale(row, wanted)
    return _write(row, wanted, "", by)


@action
def use_template(
    *, encounter: Encounter, template: NoteTemplate | None, by: User | None, last_words: dict[str, Any] | None = None
) -> Encounter:
    """Ask what a template asks now; none asks nothing. Answers to other questions move into the note as text.

    `last_words` as in `sign`. Raises Conflict once signed.
    """
    if last_words:
        save_note(encounter=encounter, by=by, **last_words)
    row = draft(encounter, by)
    newest = template.versions.last() if template else None
    if row.template == newest:
        return row
    kept, rest = _carried(row, newest)
    note = _joined(row.note, in_plain_words(row.template.content if row.template else None, rest))
    return _write(row, {"template": newest, "answers": kept, "note": note}, "", by)


def _carried(row: Encounter, version: NoteTemplateVersion | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The answers that another version of the same template takes as they are, and the others."""
    if row.template is None or version is None or row.template.template_id != version.template_id:
        return {}, row.answers
    before = {question["key"]: question["kind"] for question in questions_of(row.template.content)}
    now = {q["key"] for q in questions_of(version.content) if before.get(q["key"]) == q["kind"]}
    fit, _wrong = read_answers(version.content, {key: value for key, value in row.answers.items() if key in now})
    return fit, {key: value for key, value in row.answers.items() if key not in fit}


@action
def set_advice(*, encounter: Encounter, version: int, advice: str, by: User | None) -> Encounter:
    """Write the recommendations for the patient; see `save_note`."""
    return save_note(encounter=encounter, version=version, advice=advice, by=by)


@action
def set_follow_up(
    *, encounter: Encounter, on: dt.date | None, service: Service | None = None, note: str = "", by: User | None
) -> Encounter:
    """When, for what and why the patient should come again; no date means no wish.

    Raises Invalid for a day before today, Conflict once signed.
    """
    row = draft(encounter, by)
    if on is not None and on < timezone.localdate():
        raise Invalid(_("This day is over. Choose today or a later day."), field="follow_up_on")
    row.follow_up_on = on
    row.follow_up_service = service if on else None
    row.follow_up_note = tidy(note, "follow_up_note")[:200] if on else ""
    row.save()
    return row


@action
def copy_last_visit(*, encounter: Encounter, by: User | None, last_words: dict[str, Any] | None = None) -> Encounter:
    """Put note, answers, advice and diagnoses of the patient's last signed visit that `by` may read into this record;
    words and answers already here stay.

    `last_words` as in `sign`. Raises Conflict where there is no earlier signed record.
    """
    if last_words:
        save_note(encounter=encounter, by=by, **last_words)
    row = draft(encounter, by)
    last = last_signed(row, by)
    if last is None:
        raise Conflict(_("There is no signed visit before this one."), code="no_last")
    for earlier in last.conditions.filter(entered_in_error=False):
        Condition.objects.get_or_create(
            patient_id=row.patient_id,
            encounter=row,
            code=earlier.code,
            title=earlier.title,
            entered_in_error=False,
        )
    values: dict[str, Any] = {name: _joined(getattr(row, name), getattr(last, name)) for name in ("note", "advice")}
    if last.template and not row.answers:
        values |= {"template": last.template, "answers": last.answers}
    elif last.template == row.template:
        values["answers"] = {**last.answers, **row.answers}
    elif last.answers:
        words = in_plain_words(last.template.content if last.template else None, last.answers)
        values["note"] = _joined(values["note"], words)
    return _write(row, values, "", by)


def _joined(here: str, earlier: str) -> str:
    if not earlier or earlier in here:
        return here
    return f"{here}\n\n{earlier}" if here else earlier


@action
def sign(*, encounter: Encounter, by: User, last_words: dict[str, Any] | None = None) -> Encounter:
    """Close the record for good: from now on it gets dated additions only. Signing a signed one changes nothing.

    `last_words` is what `save_note` takes besides encounter and `by`: the texts as the screen shows them now, so that
    nothing typed in the last second is missed; raises as `save_note` does, and Invalid where an answer is required.
    """
    if last_words:
        save_note(encounter=encounter, by=by, **last_words)
    row = locked(encounter, by)
    if row.status == EncounterStatus.SIGNED:
        return row
    missing = unanswered(row.template.content if row.template else None, row.answers)
    if missing:
        raise Invalid(
            _("Answer “%(question)s” first.") % {"question": missing[0]["label"]}, field=f"a.{missing[0]['key']}"
        )
    row = move(
        row,
        EncounterStatus.SIGNED,
        moves=MOVES,
        log=EncounterStatusChange,
        by=by,
        changes={"signed_at": timezone.now(), "signed_by": by},
    )
    publish(EncounterSigned(encounter_id=row.pk, visit_id=row.visit_id))
    return row


@action
def finish_encounter(*, encounter: Encounter, by: User, last_words: dict[str, Any] | None = None) -> Encounter:
    """Sign the record and finish its visit, together or not at all; what is done already stays done.

    `last_words` as in `sign`. Raises Conflict where the visit cannot be finished from where it stands.
    """
    row = sign(encounter=encounter, by=by, last_words=last_words)
    visit = Visit.objects.get(pk=row.visit_id)
    if visit.status != VisitStatus.FINISHED:
        if VisitStatus.FINISHED not in VISIT_MOVES[visit.status]:
            raise Conflict(_("The patient is not in a room yet. Lead her in first, then finish."), code="not_in_room")
        finish_visit(visit=visit, by=by)
    return row


@action
def add_addendum(*, encounter: Encounter, text: str, by: User) -> Addendum:
    """Add dated words to a signed record. Raises Invalid for no words, Conflict while the record is still open."""
    row = locked(encounter, by)
    if row.status != EncounterStatus.SIGNED:
        raise Conflict(_("This record is still open: write into the note itself."), code="open")
    text = tidy(text, "text").strip()
    if not text:
        raise Invalid(_("Write what is to be added."), field="text")
    return Addendum.objects.create(encounter=row, text=text, by=by)


@action
def drop_unwritten(*, visit_id: int, never_was: bool, by: User | None) -> None:
    """Where the visit never was: its record, which was opened and not written in, was entered in error, too.

    Raises Conflict (code `written`) where something stands in it: whoever wrote that withdraws it first.
    """
    rows = Encounter.objects.select_for_update(of=("self",)).filter(visit=visit_id)
    row = rows.first() if never_was else None
    if row is None or row.status == EncounterStatus.ENTERED_IN_ERROR:
        return
    written = row.version > 1 or row.conditions.exists() or row.prescriptions.exists()
    if written or row.status != EncounterStatus.DRAFT:
        text = _("A record of this visit was written. Whoever wrote it withdraws it first.")
        raise Conflict(text, code="written")
    reason = _("the visit was entered in error")
    move(row, EncounterStatus.ENTERED_IN_ERROR, moves=MOVES, log=EncounterStatusChange, by=by, reason=reason)


@action
def withdraw_encounter(*, encounter: Encounter, reason: str, by: User) -> Encounter:
    """Mark a record as entered in error (the wrong patient): it stays readable and counts nowhere.

    Raises Invalid without a reason.
    """
    row = locked(encounter, by)
    if not reason.strip():
        raise Invalid(_("Say why this record is wrong."), field="reason")
    return move(
        row, EncounterStatus.ENTERED_IN_ERROR, moves=MOVES, log=EncounterStatusChange, by=by, reason=reason.strip()
    )
