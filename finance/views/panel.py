"""One form in the panel: its action's words close it, its refusals stand in it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from clinic.shared import html
from clinic.shared.errors import ActionError
from scheduling.views.frame import show

Work = Callable[[dict[str, Any]], str | HttpResponse]


def panel(request: HttpRequest, template: str, form: forms.Form, work: Work, **context: Any) -> HttpResponse:
    """Show the form, or do its work with what was typed."""
    if request.method == "POST" and form.is_valid():
        try:
            done = work(dict(form.cleaned_data))
        except ActionError as error:
            error.put(form)
        else:
            return done if isinstance(done, HttpResponse) else html.close_drawer(done)
    return show(request, template, {"form": form, **context}, status=422 if form.errors else 200)
