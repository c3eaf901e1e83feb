"""Templates of notes and phrases: what the clinic makes for its doctors, and what a doctor makes for herself."""

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Forbidden, Invalid
from clinic.shared.text import normalise
from emr.actions.common import tidy
from emr.models import NoteTemplate, NoteTemplateVersion, Phrase, TemplateKind
from emr.permissions import require_write
from emr.queries.templates import COUNTED, KINDS, WITH_OPTIONS
from scheduling.models import Service

MOST_SECTIONS, MOST_QUESTIONS, MOST_OPTIONS = 20, 100, 50
KEY = re.compile(r"q\d{1,4}")
SHORTCUT = re.compile(r"[\w‌-]+")


def _may_keep(by: User | None, permission: Perm = Perm.SETUP_MANAGE) -> None:
    if by is not None and not by.can(permission):
        raise Forbidden(_("Only who sets the clinic up can change this."))


@action
def save_template(
    *,
    template: NoteTemplate | None = None,
    name: str,
    kind: str = TemplateKind.VISIT,
    services: Iterable[Service] = (),
    is_first_choice: bool = False,
    is_active: bool = True,
    content: dict[str, Any],
    by: User | None,
) -> NoteTemplate:
    """Make a template or change it. Other questions make a new version; notes written before keep theirs.

    Raises Invalid with the place of the fault (`s-0-q-2-label`), Conflict where another one has the name.
    """
    _may_keep(by)
    row = NoteTemplate() if template is None else NoteTemplate.objects.select_for_update().get(pk=template.pk)
    row.name, row.kind = normalise(name)[:120], TemplateKind(kind)
    row.is_first_choice, row.is_active = is_first_choice, is_active
    if not row.name:
        raise Invalid(_("Give the template a name."), field="name")
    if is_active and NoteTemplate.objects.filter(name=row.name, is_active=True).exclude(pk=row.pk).exists():
        raise Conflict(_("A template of this name is in use already."), field="name")
    checked = checked_content(content)
    row.save()
    row.services.set(services)
    last = row.versions.last()
    if last is None or last.content != checked:
        number = (row.versions.aggregate(last=Max("number"))["last"] or 0) + 1
        NoteTemplateVersion.objects.create(template=row, number=number, content=checked, by=by)
    return row


def checked_content(content: dict[str, Any]) -> dict[str, Any]:
    """What is asked, tidied, with a key for every question. Raises Invalid at the place of the fault."""
    sections = content.get("sections") or []
    if len(sections) > MOST_SECTIONS or sum(len(each["questions"]) for each in sections) > MOST_QUESTIONS:
        raise Invalid(_("A template holds at most 20 sections and 100 questions."), field="content")
    taken = {q.get("key", "") for section in sections for q in section["questions"]}
    fresh = (f"q{number}" for number in range(1, 10_000) if f"q{number}" not in taken)
    used: set[str] = set()
    checked = []
    for place, section in enumerate(sections):
        questions = []
        for number, question in enumerate(section["questions"]):
            here = _checked_question(question, f"s-{place}-q-{number}")
            if not KEY.fullmatch(here["key"]) or here["key"] in used:
                here["key"] = next(fresh)
            used.add(here["key"])
            questions.append(here)
        title = normalise(section.get("title", ""))[:120]
        checked.append({"title": title, "questions": questions, "score": _checked_score(section, place)})
    if not used:
        raise Invalid(_("Ask at least one question."), field="content")
    return {"sections": checked}


def _checked_question(question: dict[str, Any], place: str) -> dict[str, Any]:
    kind, label = question.get("kind"), normalise(question.get("label", ""))[:200]
    if kind not in KINDS:
        raise Invalid(_("Choose one of the answers."), field=f"{place}-kind")
    if not label:
        raise Invalid(_("Write the question."), field=f"{place}-label")
    checked = {"key": str(question.get("key", "")), "kind": kind, "label": label}
    checked["required"] = bool(question.get("required"))
    checked["unit"] = normalise(question.get("unit", ""))[:20] if kind == "number" else ""
    if kind in WITH_OPTIONS:
        options = [
            {"label": normalise(o["label"])[:120], "points": o.get("points")}
            for o in question.get("options", [])
            if normalise(o["label"])
        ]
        labels = [option["label"] for option in options]
        if not 2 <= len(options) <= MOST_OPTIONS or len(set(labels)) != len(labels):
            raise Invalid(_("Write at least two different answers, one a line."), field=f"{place}-options")
        checked["options"] = options
    return checked


def _checked_score(section: dict[str, Any], place: int) -> dict[str, Any] | None:
    score = section.get("score")
    if not score or not normalise(score.get("label", "")):
        return None
    if not any(question["kind"] in COUNTED for question in section["questions"]):
        raise Invalid(_("Nothing in this section can be counted."), field=f"s-{place}-score")
    ranges = [{"to": each["to"], "label": normalise(each["label"])[:60]} for each in score.get("ranges", [])]
    ends = [each["to"] for each in ranges]
    known = [end for end in ends if end is not None]
    if None in ends[:-1] or known != sorted(set(known)) or not all(each["label"] for each in ranges):
        raise Invalid(_("The ranges go up, each with a name; only the last may be open."), field=f"s-{place}-ranges")
    return {"label": normalise(score["label"])[:60], "ranges": ranges}


@action
def save_phrase(
    *,
    phrase: Phrase | None = None,
    shortcut: str,
    text: str,
    is_clinics: bool = False,
    is_active: bool = True,
    by: User | None,
) -> Phrase:
    """Keep words under a short name: the clinic's (by who sets it up), else the doctor's own.

    Raises Invalid for a short name with blanks, Conflict where it is taken, Forbidden for somebody else's.
    """
    if is_clinics:
        _may_keep(by)
    else:
        require_write(by)
    owner = None if is_clinics else by
    if phrase is not None and phrase.owner != owner:
        raise Forbidden(_("This phrase belongs to somebody else."))
    row = Phrase(owner=owner) if phrase is None else Phrase.objects.select_for_update(of=("self",)).get(pk=phrase.pk)
    row.shortcut, row.text, row.is_active = normalise(shortcut).lstrip("/")[:30], tidy(text, "text").strip(), is_active
    if not SHORTCUT.fullmatch(row.shortcut):
        raise Invalid(_("A short name is one word, for example “normal”."), field="shortcut")
    if not row.text:
        raise Invalid(_("Write what the phrase puts into the note."), field="text")
    same = Phrase.objects.filter(owner=owner, shortcut=row.shortcut, is_active=True).exclude(pk=row.pk)
    if is_active and same.exists():
        raise Conflict(_("There is a phrase of this short name already."), field="shortcut")
    row.save()
    return row
