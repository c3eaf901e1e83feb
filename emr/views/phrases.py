"""Ready phrases: the menu behind `/` in a note, a doctor's own list, the clinic's list."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared import html
from clinic.shared.calendar import format_date
from clinic.shared.errors import ActionError
from clinic.shared.money import format_number
from emr import actions
from emr.forms import PhraseForm
from emr.models import Phrase
from emr.queries.phrases import find_phrases, phrases_of
from emr.views.common import age_of, find_record


@needs(Perm.RECORD_WRITE)
@require_GET
def options(request: HttpRequest, pk: int) -> HttpResponse:
    """What the menu offers for the letters after `/`, filled in for this patient."""
    record = find_record(request, pk)
    age = age_of(record.patient)
    facts = {
        "name": record.patient.full_name,
        "age": "" if age is None else format_number(age),
        "today": format_date(timezone.localdate()),
    }
    found = find_phrases(request.user, request.GET.get("q", "")[:40], facts)
    return render(request, "emr/parts/phrase_options.html", {"phrases": found})


@needs(Perm.RECORD_WRITE)
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The doctor's own phrases, and the clinic's to look at."""
    context = {
        "rows": phrases_of(request.user, all_of_them=True),
        "common": phrases_of(None),
        "one": "emr:phrase",
        "list": "emr:phrases",
        "title": _("My phrases"),
    }
    return _list(request, context)


@needs(Perm.SETUP_MANAGE)
@require_safe
def clinics(request: HttpRequest) -> HttpResponse:
    """The clinic's phrases."""
    context = {
        "rows": phrases_of(None, all_of_them=True),
        "one": "emr:set-up-phrase",
        "list": "emr:set-up-phrases",
        "title": _("Phrases of the clinic"),
    }
    return _list(request, context)


def _list(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    return render(request, "emr/parts/phrase_list.html" if html.is_htmx(request) else "emr/phrases.html", context)


@needs(Perm.RECORD_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def my_phrase(request: HttpRequest, pk: int) -> HttpResponse:
    """One of the doctor's own; number 0 is a new one."""
    row = get_object_or_404(Phrase, pk=pk, owner=request.user) if pk else None
    return _one(request, row, "emr:phrase", is_clinics=False)


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def clinics_phrase(request: HttpRequest, pk: int) -> HttpResponse:
    """One of the clinic's; number 0 is a new one."""
    row = get_object_or_404(Phrase, pk=pk, owner=None) if pk else None
    return _one(request, row, "emr:set-up-phrase", is_clinics=True)


def _one(request: HttpRequest, row: Phrase | None, route: str, *, is_clinics: bool) -> HttpResponse:
    names = ("shortcut", "text", "is_active")
    form = PhraseForm(request.POST or None, initial={name: getattr(row, name) for name in names} if row else {})
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_phrase(phrase=row, is_clinics=is_clinics, by=request.user, **form.cleaned_data)
        except ActionError as error:
            error.put(form)
        else:
            return html.close_drawer(_("The phrase is saved."), phrases_changed={})
    context = {"form": form, "row": row, "pk": row.pk if row else 0, "one": route}
    template = "emr/parts/phrase_form.html" if html.is_htmx(request) else "emr/phrase.html"
    return render(request, template, context, status=422 if form.errors else 200)
