"""Whether an answer of a patient fits what a form asks."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from clinic.patients.forms import PatientForm
from clinic.shared.calendar import DateProblem, parse_date
from clinic.shared.fields import DateField
from clinic.shared.text import normalise
from emr.queries.intake_items import Answers, Item

LONGEST = {"text": 300, "long": 4_000}


class WrongAnswer(ValueError):
    """An answer that does not fit, in the reader's words."""


def read_answer(item: Item, value: Any) -> Any:
    """An answer as it is kept, None for none; takes what forms send. Raises WrongAnswer."""
    if value in (None, "", []):
        return None
    return READERS[item["kind"]](item, value)


def _text(item: Item, value: Any) -> str | None:
    text = normalise(str(value), lines=item["kind"] == "long")
    if len(text) > LONGEST[item["kind"]]:
        raise WrongAnswer(_("This answer is too long."))
    return text or None


def _yes_no(item: Item, value: Any) -> str:
    if value not in {"yes", "no"}:
        raise WrongAnswer(_("Choose yes or no."))
    return str(value)


def _choice(item: Item, value: Any) -> int:
    if not (isinstance(value, str | int) and str(value).isdecimal() and len(str(value)) < 4):
        raise WrongAnswer(_("Choose one of the answers."))
    if int(value) >= len(item["options"]):
        raise WrongAnswer(_("Choose one of the answers."))
    return int(value)


def _several(item: Item, value: Any) -> list[int]:
    return sorted({_choice(item, each) for each in (value if isinstance(value, list) else [value])})


def _date(item: Item, value: Any) -> str:
    try:
        return parse_date(str(value)).isoformat()
    except DateProblem as problem:
        raise WrongAnswer(str(problem)) from problem


def _consent(item: Item, value: Any) -> str:
    if value != "yes":
        raise WrongAnswer(_("Tick it to agree."))
    return "yes"


def _card(item: Item, value: Any) -> str | None:
    field: Any = DateField() if item["field"] == "birth_date" else PatientForm().fields[item["field"]]
    try:
        cleaned = field.clean(value)
    except forms.ValidationError as error:
        raise WrongAnswer(" ".join(error.messages)) from error
    return cleaned.isoformat() if isinstance(cleaned, dt.date) else (cleaned or None)


def _photo(item: Item, value: Any) -> list[int]:
    """Ids of files, which the server itself puts here."""
    return [int(each) for each in value]


READERS: dict[str, Callable[[Item, Any], Any]] = {
    "text": _text, "long": _text, "yes_no": _yes_no, "choice": _choice, "several": _several, "date": _date,
    "consent": _consent, "card": _card, "photo": _photo, "section": lambda _item, _value: None,
}  # fmt: skip


def read_answers(content: list[Item], given: dict[str, Any]) -> tuple[Answers, dict[str, str]]:
    """(answers by key, what is wrong by key); what nobody asks for is left away."""
    good: Answers = {}
    wrong: dict[str, str] = {}
    for item in content:
        try:
            answer = read_answer(item, given.get(item["key"]))
        except WrongAnswer as problem:
            wrong[item["key"]] = str(problem)
            continue
        if answer is not None:
            good[item["key"]] = answer
    return good, wrong


def unanswered(content: list[Item], answers: Answers) -> list[Item]:
    """What must be answered and is not."""
    return [item for item in content if item["required"] and item["key"] not in answers]
