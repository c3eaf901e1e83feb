"""The clinic's own lists behind the record, one page and one form for all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Model, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared import html
from clinic.shared.errors import ActionError
from clinic.shared.money import format_number
from clinic.shared.text import normalise
from emr import actions
from emr.actions.furnish import STARTERS
from emr.models import Interaction, LetterTemplate, OrderItem, OutcomeMeasure, VitalKind, VitalRange
from emr.views.care.common import drawer
from emr.views.care.forms import InteractionForm
from emr.views.care.number_forms import OutcomeMeasureForm, VitalKindForm, VitalRangeForm
from emr.views.care.order_forms import LetterTemplateForm, OrderItemForm


@dataclass(frozen=True)
class Kept:
    """One list: its names, its table, the form and the action of one row, and where a search looks."""

    title: Any
    new: Any
    model: type[Model]
    form: type[forms.Form]
    save: Callable[..., Any]
    argument: str
    looks_in: tuple[str, ...]
    icon: str
    empty: Any


LISTS: dict[str, Kept] = {
    "interactions": Kept(
        gettext_lazy("Interactions"),
        gettext_lazy("New interaction"),
        Interaction,
        InteractionForm,
        actions.save_interaction,
        "interaction",
        ("first", "second", "first_atc", "second_atc", "effect"),
        "alert-triangle",
        gettext_lazy("Begin with the well-known ones, import a file, or write them one by one."),
    ),
    "examinations": Kept(
        gettext_lazy("Examinations"),
        gettext_lazy("New examination"),
        OrderItem,
        OrderItemForm,
        actions.save_order_item,
        "item",
        ("name", "name_en", "loinc"),
        "flask-conical",
        gettext_lazy("What stands here can be ordered: laboratory, imaging, panels of several."),
    ),
    "letters": Kept(
        gettext_lazy("Letter templates"),
        gettext_lazy("New template"),
        LetterTemplate,
        LetterTemplateForm,
        actions.save_letter_template,
        "template",
        ("name", "title", "text"),
        "file-signature",
        gettext_lazy("Certificates, sick notes and referrals begin from these texts."),
    ),
    "scores": Kept(
        gettext_lazy("Scores"),
        gettext_lazy("New score"),
        OutcomeMeasure,
        OutcomeMeasureForm,
        actions.save_outcome_measure,
        "measure",
        ("name", "questions"),
        "chart-line",
        gettext_lazy("Pain from 0 to 10, or a questionnaire of your own: asked again, it shows how a patient does."),
    ),
    "measurements": Kept(
        gettext_lazy("More measurements"),
        gettext_lazy("New measurement"),
        VitalKind,
        VitalKindForm,
        actions.save_vital_kind,
        "kind",
        ("name", "unit"),
        "activity",
        gettext_lazy("Blood pressure, weight and the like are there already; add what else you measure."),
    ),
    "usual": Kept(
        gettext_lazy("Usual values"),
        gettext_lazy("New usual values"),
        VitalRange,
        VitalRangeForm,
        actions.save_vital_range,
        "vital_range",
        ("code",),
        "gauge",
        gettext_lazy("Without any of your own the well-known ones for each age colour the values."),
    ),
}


def find_list(which: str) -> Kept:
    """The list of that name; 404 for none."""
    if which not in LISTS:
        raise Http404
    return LISTS[which]


@needs(Perm.RECORD_LISTS)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The first of the lists."""
    return redirect("emr:list", which=next(iter(LISTS)))


@needs(Perm.RECORD_LISTS)
@require_GET
def the_list(request: HttpRequest, which: str) -> HttpResponse:
    """The rows, found by a part of their words."""
    kept, text = find_list(which), normalise(request.GET.get("q", "")[:80])
    rows = kept.model._default_manager.all()
    for word in text.split():
        wanted = Q()
        for name in kept.looks_in:
            wanted |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(wanted)
    tabs = [
        {"label": one.title, "url": reverse("emr:list", args=[name]), "active": name == which, "icon": one.icon}
        for name, one in LISTS.items()
    ]
    context = {
        "has_starter": which in STARTERS,
        "which": which, "kept": kept, "text": text, "tabs": tabs, "body": f"emr/lists/{which}.html",
        "rows": Paginator(rows, 50).get_page(request.GET.get("page")),
    }  # fmt: skip
    part = html.is_htmx(request) and "part" in request.GET
    return render(request, "emr/lists/part.html" if part else "emr/lists/page.html", context)


@needs(Perm.RECORD_LISTS)
@require_POST
def starter(request: HttpRequest, which: str) -> HttpResponse:
    """Add what practices use most to a list; what stands there stays."""
    if which not in STARTERS:
        raise Http404
    added = actions.add_starter_list(which=which, by=request.user)
    if added:
        words = ngettext("%(n)s row is added.", "%(n)s rows are added.", added) % {"n": format_number(added)}
    else:
        words = _("All of them stand there already.")
    messages.success(request, words)
    return redirect("emr:list", which=which)


@needs(Perm.RECORD_LISTS)
def one(request: HttpRequest, which: str, pk: int) -> HttpResponse:
    """The form of one row in the panel; number 0 is a new one."""
    kept = find_list(which)
    row = get_object_or_404(kept.model, pk=pk) if pk else None
    form = kept.form(request.POST if request.method == "POST" else None, initial=_values(kept, row))
    if request.method == "POST" and form.is_valid():
        try:
            kept.save(**{kept.argument: row}, by=request.user, **form.cleaned_data)
        except ActionError as error:
            error.put(form)
        else:
            return html.close_drawer(_("Saved."), lists_changed={})
    title = str(row) if row else kept.new
    return drawer(request, "list_form", {"form": form, "title": title, "address": request.path})


def _values(kept: Kept, row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in kept.form.base_fields if hasattr(row, name)} if row else {}
