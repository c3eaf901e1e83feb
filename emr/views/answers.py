"""The questions of a note on its page: drawing them, reading what came back, telling two people's answers apart."""

import datetime as dt
import json
from typing import Any

from django.http import HttpRequest

from clinic.shared.calendar import format_date
from clinic.shared.money import format_number
from emr.forms import NoteForm
from emr.models import Encounter, NoteTemplateVersion
from emr.queries.templates import SCALE, in_plain_words, questions_of, read_answers, said, score_of

Content = dict[str, Any] | None


def drawn(content: Content, answers: dict[str, Any]) -> list[dict[str, Any]]:
    """Sections as the template of the page wants them: each question with its answer."""
    return [
        {
            "title": section["title"],
            "questions": [_drawn(question, answers.get(question["key"])) for question in section["questions"]],
            "score": section["score"],
            "scored": _scored(section, answers),
        }
        for section in (content or {}).get("sections", [])
    ]


def _drawn(question: dict[str, Any], answer: Any) -> dict[str, Any]:
    shown = dict(question, name=f"a.{question['key']}", answer=answer)
    if question["kind"] == "scale":
        shown["steps"] = range(SCALE + 1)
    if question["kind"] == "date" and answer:
        shown["answer"] = format_date(dt.date.fromisoformat(answer), style="numeric")
    if question["kind"] == "body":
        shown["answer"] = json.dumps(answer or [])
        shown["words"] = said(question, answer)
    return shown


def _scored(section: dict[str, Any], answers: dict[str, Any]) -> str:
    score = score_of(section, answers)
    return " · ".join(filter(None, [format_number(score.points), score.name])) if score else ""


def scores_in_words(content: Content, answers: dict[str, Any]) -> list[str]:
    """Each section's score as the page shows it, in their order; empty where there is none."""
    return [_scored(section, answers) for section in (content or {}).get("sections", [])]


def last_words(request: HttpRequest, record: Encounter) -> tuple[dict[str, Any] | None, dict[str, str]]:
    """(what `save_note` takes, what was answered wrongly by key); None where the page sent nothing readable.

    Answers to questions that the record no longer asks are not lost: they go into the note as text.
    """
    form = NoteForm(request.POST)
    if not form.is_valid():
        return None, {}
    words = form.last_words()
    asked = request.POST.get("asked", "").split()
    if not asked:
        return words, {}
    version = request.POST.get("template", "")
    if version.isdecimal() and int(version) != (record.template_id or 0):
        before = NoteTemplateVersion.objects.filter(pk=int(version[:18])).first()
        content = before.content if before else None
        good, _wrong = read_answers(content, _given(request, content, asked))
        spoken = in_plain_words(content, {key: value for key, value in good.items() if value is not None})
        note = words.get("note", record.note)
        words["note"] = note if not spoken or spoken in note else f"{note}\n\n{spoken}".strip()
        return words, {}
    content = record.template.content if record.template else None
    words["answers"], wrong = read_answers(content, _given(request, content, asked))
    return words, wrong


def _given(request: HttpRequest, content: Content, asked: list[str]) -> dict[str, Any]:
    """What the page sent for the questions it showed."""
    found: dict[str, Any] = {}
    for question in questions_of(content):
        key, name = question["key"], f"a.{question['key']}"
        if key not in asked:
            continue
        if question["kind"] == "several":
            found[key] = request.POST.getlist(name)
        elif question["kind"] == "body":
            found[key] = _json(request.POST.get(name, ""))
        else:
            found[key] = request.POST.get(name, "")
    return found


def _json(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


def answer_pairs(record: Encounter, mine: dict[str, Any], theirs: dict[str, Any]) -> list[dict[str, Any]]:
    """The answers that differ, each with both in words and as they go back to the server."""
    content = record.template.content if record.template else None
    return [
        {
            "name": f"j.{question['key']}",
            "label": question["label"],
            "mine": said(question, mine.get(question["key"])),
            "theirs": said(question, theirs.get(question["key"])),
            "mine_json": json.dumps(mine.get(question["key"])),
            "theirs_json": json.dumps(theirs.get(question["key"])),
        }
        for question in questions_of(content)
        if mine.get(question["key"]) != theirs.get(question["key"])
    ]


def chosen_answers(request: HttpRequest) -> dict[str, Any]:
    """What was chosen among two people's answers."""
    return {name[2:]: _json(value) for name, value in request.POST.items() if name.startswith("j.")}
