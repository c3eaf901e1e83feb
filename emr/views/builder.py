"""Templates of notes made without code: the page is one form; each button sends the whole and gets it back changed."""

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.errors import ActionError
from clinic.shared.html import is_htmx, redirect_to
from clinic.shared.text import normalise
from emr import actions
from emr.forms import TemplateForm
from emr.models import NoteTemplate
from emr.queries.templates import COUNTED, KINDS, WITH_OPTIONS
from emr.views.answers import drawn

SECTIONS, QUESTIONS = 20, 100
POINTS = re.compile(r"^(?P<label>.*?)\s*=\s*(?P<points>-?\d{1,4})$")
EMPTY = {"sections": [{"title": "", "questions": [{"kind": "long", "label": ""}], "score": None}]}


@needs(Perm.SETUP_MANAGE)
@require_safe
def templates(request: HttpRequest) -> HttpResponse:
    """All templates, those in use first."""
    rows = NoteTemplate.objects.prefetch_related("services", "versions").order_by("-is_active", "name")
    return render(request, "emr/templates.html", {"rows": rows})


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def template(request: HttpRequest, pk: int) -> HttpResponse:
    """One template with its questions; number 0 is a new one."""
    row = get_object_or_404(NoteTemplate, pk=pk) if pk else None
    if request.method != "POST":
        version = row.versions.last() if row else None
        return _page(request, row, TemplateForm(initial=_values(row)), version.content if version else EMPTY)
    form, content = TemplateForm(request.POST), read_builder(request.POST)
    work = request.POST.get("do", "save")
    if work != "save":
        return _page(request, row, TemplateForm(initial=_typed(request.POST)), changed(content, work))
    if not form.is_valid():
        return _page(request, row, form, content, status=422)
    try:
        actions.save_template(template=row, content=content, by=request.user, **form.cleaned_data)
    except ActionError as error:
        if error.field in form.fields:
            form.add_error(error.field, error.message)
            return _page(request, row, form, content, status=422)
        return _page(request, row, form, content, status=422, wrong={error.field: error.message})
    messages.success(request, _("The template is saved."))
    there = reverse("emr:templates")
    return redirect_to(there) if is_htmx(request) else HttpResponseRedirect(there)


def _values(row: NoteTemplate | None) -> dict[str, Any]:
    if row is None:
        return {}
    names = ("name", "kind", "is_first_choice", "is_active")
    return {"services": list(row.services.all()), **{name: getattr(row, name) for name in names}}


def _typed(post: QueryDict) -> dict[str, Any]:
    """What stands in the form's upper part, before anything is asked of it."""
    ticked = {name: name in post for name in ("is_first_choice", "is_active")}
    return {"name": post.get("name"), "kind": post.get("kind"), "services": post.getlist("services"), **ticked}


def _page(
    request: HttpRequest,
    row: NoteTemplate | None,
    form: TemplateForm,
    content: dict[str, Any],
    *,
    status: int = 200,
    wrong: dict[str, str] | None = None,
) -> HttpResponse:
    context = {
        "row": row,
        "pk": row.pk if row else 0,
        "form": form,
        "sections": [_section(section, place, wrong or {}) for place, section in enumerate(content["sections"])],
        "kinds": KINDS.items(),
        "wrong": (wrong or {}).get("content", ""),
        "preview": _preview(content),
    }
    return render(request, "emr/template.html", context, status=status)


def _section(section: dict[str, Any], place: int, wrong: dict[str, str]) -> dict[str, Any]:
    """A section as its part of the form: texts for what is a list."""
    score = section.get("score") or {}
    return {
        "at": f"s-{place}",
        "title": section["title"],
        "score": score.get("label", ""),
        "ranges": "\n".join(_with_points(each["label"], each["to"]) for each in score.get("ranges", [])),
        "score_wrong": wrong.get(f"s-{place}-score") or wrong.get(f"s-{place}-ranges", ""),
        "may_count": any(question["kind"] in COUNTED for question in section["questions"]),
        "questions": [
            _question(question, f"s-{place}-q-{number}", wrong) for number, question in enumerate(section["questions"])
        ],
    }


def _question(question: dict[str, Any], at: str, wrong: dict[str, str]) -> dict[str, Any]:
    options = "\n".join(_with_points(each["label"], each.get("points")) for each in question.get("options", []))
    fault = next((text for field, text in wrong.items() if field.startswith(f"{at}-")), "")
    return {**question, "at": at, "options": options, "has_options": question["kind"] in WITH_OPTIONS, "wrong": fault}


def _with_points(label: str, points: int | None) -> str:
    return label if points is None else f"{label} = {points}"


def _preview(content: dict[str, Any]) -> list[dict[str, Any]]:
    shown = [
        {
            **section,
            "questions": [
                {**question, "key": f"p{place}x{number}", "options": question.get("options", [])}
                for number, question in enumerate(section["questions"])
            ],
            "score": section.get("score"),
        }
        for place, section in enumerate(content["sections"])
    ]
    return drawn({"sections": shown}, {})


def read_builder(post: QueryDict) -> dict[str, Any]:
    """The questions as the form holds them, right or wrong."""
    sections = []
    for place in range(SECTIONS + 1):
        at = f"s-{place}"
        if f"{at}-title" not in post:
            break
        questions = [_read(post, f"{at}-q-{n}") for n in range(QUESTIONS + 1) if f"{at}-q-{n}-kind" in post]
        label = post.get(f"{at}-score", "").strip()
        ranges = [{"label": name, "to": points} for name, points in _lines(post.get(f"{at}-ranges", ""))]
        score = {"label": label, "ranges": ranges} if label else None
        sections.append({"title": post[f"{at}-title"][:200], "questions": questions, "score": score})
    return {"sections": sections}


def _read(post: QueryDict, at: str) -> dict[str, Any]:
    texts = {name: post.get(f"{at}-{name}", "")[:300] for name in ("key", "kind", "label", "unit")}
    options = [{"label": label, "points": points} for label, points in _lines(post.get(f"{at}-options", ""))]
    kind = texts["kind"] if texts["kind"] in KINDS else "text"
    return {**texts, "kind": kind, "required": f"{at}-required" in post, "options": options}


def _lines(text: str) -> list[tuple[str, int | None]]:
    """Names with the number after "=", one a line."""
    found: list[tuple[str, int | None]] = []
    for line in text[:8000].splitlines()[:60]:
        plain = normalise(line)
        match = POINTS.match(plain)
        if plain:
            found.append((match["label"], int(match["points"])) if match else (plain, None))
    return found


def changed(content: dict[str, Any], work: str) -> dict[str, Any]:
    """The content after one of the page's buttons: `add-section`, `add:0`, `remove:0:2`, `up:0:2`, `down:0`, …"""
    name, *rest = work.split(":")
    places = [int(each) for each in rest if each.isdecimal() and len(each) < 4]
    sections: list[dict[str, Any]] = content["sections"]
    if name == "add-section" and len(sections) < SECTIONS:
        sections.append({"title": "", "questions": [{"kind": "text", "label": ""}], "score": None})
    elif name == "add" and places and places[0] < len(sections):
        sections[places[0]]["questions"].append({"kind": "text", "label": ""})
    elif name in {"remove", "up", "down"} and places and places[0] < len(sections):
        row = sections if len(places) == 1 else sections[places[0]]["questions"]
        _shift(row, places[-1], name)
    return content


def _shift(row: list[dict[str, Any]], at: int, work: str) -> None:
    if at >= len(row):
        return
    if work == "remove":
        del row[at]
    elif work == "up" and at > 0:
        row[at - 1], row[at] = row[at], row[at - 1]
    elif work == "down" and at + 1 < len(row):
        row[at + 1], row[at] = row[at], row[at + 1]
