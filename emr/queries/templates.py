"""What a template of notes asks, whether an answer fits, what answers add up to: pure functions on JSON.

    {"sections": [{"title": "…",
                   "questions": [{"key": "q1", "kind": "choice", "label": "…", "unit": "", "required": false,
                                  "options": [{"label": "…", "points": 2}]}],
                   "score": {"label": "…", "ranges": [{"to": 4, "label": "…"}, {"to": null, "label": "…"}]}}]}

A section's score is the sum of its answers' points; a range holds from the one before up to `to`.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.shared.calendar import DateProblem, format_date, parse_date
from clinic.shared.money import format_number, language
from clinic.shared.templatetags.ui import body_words
from clinic.shared.text import normalise, to_latin_digits

Question = dict[str, Any]
Content = dict[str, Any]
Answers = dict[str, Any]

KINDS: dict[str, str | Promise] = {
    "text": gettext_lazy("A short text"),
    "long": gettext_lazy("A long text"),
    "number": gettext_lazy("A number"),
    "choice": gettext_lazy("One of several"),
    "several": gettext_lazy("Several of several"),
    "yes_no": gettext_lazy("Yes or no"),
    "scale": gettext_lazy("A scale from 0 to 10"),
    "date": gettext_lazy("A date"),
    "body": gettext_lazy("A drawing on the body"),
}
WITH_OPTIONS = {"choice", "several"}
COUNTED = {"number", "choice", "several", "yes_no", "scale"}
SCALE = 10
LONGEST = {"text": 300, "long": 20_000}
MOST_MARKS = 200
MARK_VIEWS = ("front", "back", "left", "right", "face", "teeth")


class WrongAnswer(ValueError):
    """An answer that does not fit its question, in the reader's words."""


@dataclass(frozen=True)
class Score:
    """What a section adds up to; `name` is the range it falls in."""

    label: str
    points: Decimal
    name: str = ""


def questions_of(content: Content | None) -> Iterator[Question]:
    """Every question in its order."""
    for section in (content or {}).get("sections", []):
        yield from section.get("questions", [])


def read_answer(question: Question, value: Any) -> Any:
    """An answer as it is kept; None for none. Takes what forms send (texts, lists of texts) and what JSON holds.

    Raises WrongAnswer.
    """
    if value is None or value in ("", []):
        return None
    return READERS[question["kind"]](question, value)


def _text(question: Question, value: Any) -> str | None:
    if not isinstance(value, str):
        raise WrongAnswer(_("Write words here."))
    text = normalise(value, lines=question["kind"] == "long")
    if len(text) > LONGEST[question["kind"]]:
        raise WrongAnswer(_("This answer is too long."))
    return text or None


def _number(question: Question, value: Any) -> str | None:
    text = to_latin_digits(str(value)).strip().replace("٫", ".").replace("،", "").replace(",", "")
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise WrongAnswer(_("Write a number, for example 72.5.")) from error
    if isinstance(value, bool) or not number.is_finite() or abs(number) >= 10**9:
        raise WrongAnswer(_("Write a number, for example 72.5."))
    return str(number.quantize(Decimal("0.001")).normalize().__format__("f"))


def _choice(question: Question, value: Any) -> str:
    if value not in [option["label"] for option in question["options"]]:
        raise WrongAnswer(_("Choose one of the answers."))
    return str(value)


def _several(question: Question, value: Any) -> list[str]:
    chosen = [value] if isinstance(value, str) else value
    labels = [option["label"] for option in question["options"]]
    if not isinstance(chosen, list) or any(each not in labels for each in chosen):
        raise WrongAnswer(_("Choose among the answers."))
    return [label for label in labels if label in chosen]


def _yes_no(question: Question, value: Any) -> bool:
    found = {"yes": True, "no": False, True: True, False: False}.get(value) if isinstance(value, str | bool) else None
    if found is None:
        raise WrongAnswer(_("Choose yes or no."))
    return found


def _scale(question: Question, value: Any) -> int:
    text = to_latin_digits(str(value)).strip()
    if isinstance(value, bool) or not text.isdecimal() or len(text) > 2 or int(text) > SCALE:
        raise WrongAnswer(_("Choose a number from 0 to 10."))
    return int(text)


def _date(question: Question, value: Any) -> str:
    try:
        return parse_date(str(value)).isoformat()
    except DateProblem as problem:
        raise WrongAnswer(str(problem)) from problem


def _body(question: Question, value: Any) -> list[dict[str, Any]] | None:
    """Marks on a drawing of the body: view, place (0 to 1 from the upper left), kind, words."""
    if not isinstance(value, list) or len(value) > MOST_MARKS:
        raise WrongAnswer(_("The drawing could not be read."))
    return [_mark(each) for each in value] or None


def _mark(mark: Any) -> dict[str, Any]:
    try:
        x, y, view = mark["x"], mark["y"], mark["view"]
        kind, text = normalise(str(mark.get("kind", "")))[:30], normalise(str(mark.get("text", "")))[:300]
    except (TypeError, KeyError, AttributeError) as error:
        raise WrongAnswer(_("The drawing could not be read.")) from error
    if view not in MARK_VIEWS or not all(type(place) in {int, float} and 0 <= place <= 1 for place in (x, y)):
        raise WrongAnswer(_("The drawing could not be read."))
    return {"view": view, "x": round(x, 4), "y": round(y, 4), "kind": kind, "text": text}


READERS: dict[str, Callable[[Question, Any], Any]] = {
    "text": _text, "long": _text, "number": _number, "choice": _choice, "several": _several, "yes_no": _yes_no,
    "scale": _scale, "date": _date, "body": _body,
}  # fmt: skip


def read_answers(content: Content | None, given: dict[str, Any]) -> tuple[Answers, dict[str, str]]:
    """(answers by key, None for emptied ones; what is wrong by key). Keys that nobody asks for are wrong."""
    asked = {question["key"]: question for question in questions_of(content)}
    good: Answers = {}
    wrong: dict[str, str] = {}
    for key, value in given.items():
        if key not in asked:
            wrong[key] = _("This note does not ask that.")
            continue
        try:
            good[key] = read_answer(asked[key], value)
        except WrongAnswer as problem:
            wrong[key] = str(problem)
    return good, wrong


def unanswered(content: Content | None, answers: Answers) -> list[Question]:
    """The required questions without an answer."""
    return [each for each in questions_of(content) if each.get("required") and answers.get(each["key"]) is None]


def _points(question: Question, answer: Any) -> Decimal:
    if question["kind"] in WITH_OPTIONS:
        chosen = answer if isinstance(answer, list) else [answer]
        return sum((Decimal(o.get("points") or 0) for o in question["options"] if o["label"] in chosen), Decimal(0))
    return Decimal(int(answer) if isinstance(answer, bool) else str(answer))


def score_of(section: dict[str, Any], answers: Answers) -> Score | None:
    """What a section adds up to; None where it has no score or nothing was answered."""
    rule = section.get("score")
    counted = [q for q in section["questions"] if q["kind"] in COUNTED and answers.get(q["key"]) is not None]
    if not rule or not counted:
        return None
    points = sum((_points(question, answers[question["key"]]) for question in counted), Decimal(0))
    fits = (each for each in rule["ranges"] if each["to"] is None or points <= each["to"])
    return Score(rule["label"], points, next((each["label"] for each in fits), ""))


def said(question: Question, answer: Any) -> str:
    """An answer in the reader's words."""
    if answer is None:
        return ""
    kind = question["kind"]
    if kind == "yes_no":
        return _("Yes") if answer else _("No")
    if kind == "several":
        return _marks()[0].join(answer)
    if kind == "date":
        return format_date(dt.date.fromisoformat(answer))
    if kind == "body":
        return _marks()[1].join(filter(None, (mark_words(mark) for mark in answer)))
    if kind == "scale":
        return _("%(n)s of 10") % {"n": format_number(answer)}
    if kind == "number":
        places = len(answer.partition(".")[2])
        return " ".join(filter(None, [format_number(answer, places=places), question.get("unit", "")]))
    return str(answer)


def _marks() -> tuple[str, str]:
    """Comma and semicolon of the reader's language."""
    return ("، ", "؛ ") if language() == "fa" else (", ", "; ")


def mark_words(mark: dict[str, Any]) -> str:
    """A mark of a drawing in words."""
    words = body_words()
    kind = words["kinds"].get(mark["kind"], mark["kind"])
    return ": ".join(filter(None, [_marks()[0].join(filter(None, [words["views"][mark["view"]], kind])), mark["text"]]))


@dataclass(frozen=True)
class Said:
    """A section of a written note: its title, (question, answer) in words, and its score."""

    title: str
    pairs: list[tuple[str, str]]
    score: Score | None
    drawings: list[tuple[str, str]]  # (question, marks as JSON), for pages that draw them


def told(content: Content | None, answers: Answers) -> list[Said]:
    """A note's answers as people read them: what was answered only."""
    found = []
    for section in (content or {}).get("sections", []):
        pairs = [
            (question["label"], said(question, answers[question["key"]]))
            for question in section["questions"]
            if answers.get(question["key"]) is not None
        ]
        if pairs:
            drawn = [q for q in section["questions"] if q["kind"] == "body" and answers.get(q["key"])]
            drawings = [(question["label"], json.dumps(answers[question["key"]])) for question in drawn]
            found.append(Said(section["title"], pairs, score_of(section, answers), drawings))
    return found


def in_plain_words(content: Content | None, answers: Answers) -> str:
    """A note's answers as lines of text."""
    lines = []
    for part in told(content, answers):
        lines += [part.title] if part.title else []
        lines += [f"{label}: {answer}" for label, answer in part.pairs]
        if part.score:
            lines.append(f"{part.score.label}: {format_number(part.score.points)} {part.score.name}".rstrip())
    return "\n".join(lines)
