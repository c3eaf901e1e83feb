"""Building intake forms without code: a list of questions with plain inputs, moved and added by buttons."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.forms import PatientForm
from clinic.shared.errors import ActionError
from emr import actions, queries
from emr.forms import IntakeSetupForm
from emr.models import IntakeForm
from emr.queries.intake_items import CARD, KINDS, MOST_ITEMS

NAMES = ("kind", "field", "fa", "en", "options_fa", "options_en", "text_fa", "text_en", "required", "clinical")


@needs(Perm.SETUP_MANAGE)
@require_GET
def intake_forms(request: HttpRequest) -> HttpResponse:
    """The forms of the clinic."""
    return render(request, "emr/intake/forms.html", {"forms": IntakeForm.objects.prefetch_related("services")})


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def intake_form(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """One form: its frame and its questions. A button other than "save" changes the list and draws it again."""
    row = get_object_or_404(IntakeForm, pk=pk) if pk else None
    if request.method == "GET":
        last = row.versions.order_by("-number").first() if row else None
        items = [queries.for_builder(item) for item in (last.content if last else queries.usual_items())]
        return _page(request, row, IntakeSetupForm.of(row), items)
    items, form = _items(request), IntakeSetupForm(request.POST)
    todo = request.POST.get("do", "save")
    if todo != "save":
        return _page(request, row, form, _changed(items, todo), fresh=True)
    if form.is_valid():
        content = [queries.from_builder(item) for item in items]
        try:
            row = actions.save_intake_form(form=row, content=content, by=request.user, **form.cleaned_data)
        except ActionError as error:
            error.put(form)
        else:
            messages.success(request, _("The form is saved. Patients get it from now on."))
            return redirect("emr:intake-form", pk=row.pk)
    return _page(request, row, form, items, status=422)


def _items(request: HttpRequest) -> list[dict[str, str]]:
    columns = {name: request.POST.getlist(name) for name in NAMES}
    count = min(len(columns["kind"]), MOST_ITEMS)
    return [{name: values[at] if at < len(values) else "" for name, values in columns.items()} for at in range(count)]


def _changed(items: list[dict[str, str]], todo: str) -> list[dict[str, str]]:
    """The list after a button: add:text, up:3, down:3, remove:3."""
    verb, _colon, what = todo.partition(":")
    if verb == "add" and what in KINDS and len(items) < MOST_ITEMS:
        return [*items, {**dict.fromkeys(NAMES, ""), "kind": what}]
    at = int(what) if what.isascii() and what.isdecimal() and len(what) < 4 else -1
    if not 0 <= at < len(items):
        return items
    if verb == "remove":
        return items[:at] + items[at + 1 :]
    to = at + {"up": -1, "down": 1}.get(verb, 0)
    if 0 <= to < len(items):
        items[at], items[to] = items[to], items[at]
    return items


def _page(
    request: HttpRequest, row: IntakeForm | None, form: forms.Form, items: list[Any], *, status: int = 200,
    fresh: bool = False,
) -> HttpResponse:  # fmt: skip
    labels = [(name, PatientForm.base_fields[name].label) for name in CARD]
    context = {"row": row, "form": form, "items": items, "kinds": KINDS.items(), "card": labels, "kind_names": KINDS}
    part = fresh and request.headers.get("HX-Request") == "true"
    return render(
        request, "emr/intake/builder_part.html" if part else "emr/intake/builder.html", context, status=status
    )
