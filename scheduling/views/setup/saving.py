"""What the set-up pages have in common: one form, one action, then back to the list or the form again."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.shared.errors import ActionError
from clinic.shared.money import format_number
from scheduling.queries.stranded import stranded


def tried(form: forms.Form, work: Callable[[dict[str, Any]], Any]) -> bool:
    """Whether the form was right and its action did its work; otherwise the refusal stands in the form."""
    if not form.is_valid():
        return False
    try:
        work(form.cleaned_data)
    except ActionError as error:
        error.put(form)
        return False
    return True


def saved(request: HttpRequest, url: str, text: str = "") -> HttpResponse:
    """Back to a page that says what was done."""
    messages.success(request, text or _("Saved."))
    return HttpResponseRedirect(url)


def saved_for(request: HttpRequest, url: str, *, practitioner: int | None = None, text: str = "") -> HttpResponse:
    """The same, and how many booked visits that leaves without anybody who gives them."""
    found = stranded(practitioner=practitioner)
    if found:
        words = ngettext(
            "%(count)s booked visit does not fit any more. It stands at the desk under “To decide”.",
            "%(count)s booked visits do not fit any more. They stand at the desk under “To decide”.",
            len(found),
        )
        messages.warning(request, words % {"count": format_number(len(found))})
    return saved(request, url, text)


def one(request: HttpRequest, form: forms.Form, *, title: str, back: str, back_label: str, **more: Any) -> HttpResponse:
    """A page with one form."""
    context = {"form": form, "title": title, "back": back, "back_label": back_label, **more}
    return render(request, "scheduling/setup/one.html", context, status=422 if form.errors else 200)
