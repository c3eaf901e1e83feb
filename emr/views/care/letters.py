"""Letters: begun from a template, edited, issued, printed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.actions import log_access
from clinic.shared import html
from clinic.shared.errors import ActionError
from clinic.shared.speaking import speaking
from emr import actions, permissions
from emr.models import Letter
from emr.queries.letters import letters_of, released_letters
from emr.statuses import LetterStatus
from emr.views.care.common import drawer, find_patient, page, visit_of
from emr.views.care.order_forms import LetterForm, NewLetterForm
from emr.views.common import age_of


@needs(Perm.RECORD_VIEW)
@require_GET
def letters(request: HttpRequest, pk: int) -> HttpResponse:
    """A patient's letters, newest first."""
    patient = find_patient(request, pk, "letters")
    add = {"url": reverse("emr:new-letter", args=[patient.pk]), "label": _("Write a letter")}
    add = add if permissions.may_write(request.user) else {}
    return page(request, "letters", patient, {"letters": letters_of(patient), "add": add})


@needs(Perm.RECORD_WRITE)
def new_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Which template, and to whom."""
    patient = find_patient(request, pk, "letters")
    visit, form = visit_of(request, patient), NewLetterForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        letter = actions.write_letter(patient=patient, visit=visit, by=request.user, **form.cleaned_data)
        return html.redirect_to(reverse("emr:letter", args=[letter.pk]))
    context = {"form": form, "patient": patient, "address": request.get_full_path()}
    return drawer(request, "new_letter", context)


def _find(request: HttpRequest, pk: int) -> Letter:
    letter = get_object_or_404(Letter.objects.select_related("patient", "practitioner", "issued_by"), pk=pk)
    log_access(patient=letter.patient, what="letter", by=request.user)
    return letter


@needs(Perm.RECORD_WRITE)
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The words before it goes out; an issued one is only shown. `issue` saves and issues at once."""
    row = _find(request, pk)
    initial = {name: getattr(row, name) for name in LetterForm.base_fields}
    form = LetterForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.edit_letter(letter=row, by=request.user, **form.cleaned_data)
            if "issue" in request.POST:
                row = actions.issue_letter(letter=row, by=request.user)
        except ActionError as error:
            error.put(form)
        else:
            return redirect("emr:letter", pk=row.pk)
    context = {"letter": row, "patient": row.patient, "form": form, "is_draft": row.status == LetterStatus.DRAFT}
    return render(request, "emr/care/letter.html", context, status=422 if form.errors else 200)


@needs(Perm.RECORD_WRITE)
@require_POST
def end_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop a draft, recall an issued one."""
    row = _find(request, pk)
    try:
        actions.end_letter(letter=row, reason=request.POST.get("reason", "")[:300], by=request.user)
    except ActionError as error:
        context = {"letter": row, "patient": row.patient, "is_draft": False, "error": error.message}
        return render(request, "emr/care/letter.html", context, status=422)
    return redirect("emr:letters", pk=row.patient_id)


@needs(Perm.RECORD_VIEW)
@require_GET
def print_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """On paper, in the letter's own language."""
    return _sheet(request, _find(request, pk))


@needs(Perm.OWN_VIEW)
@require_GET
def my_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The same for the patient, where it was issued for her to see."""
    row = get_object_or_404(released_letters(request.user), pk=pk)
    log_access(patient=row.patient, what="letter", by=request.user)
    return _sheet(request, row)


def _sheet(request: HttpRequest, row: Letter) -> HttpResponse:
    with speaking(row.language):
        context: dict[str, Any] = {"letter": row, "patient": row.patient, "age": age_of(row.patient)}
        return render(request, "emr/care/letter_print.html", {**context, "doctor": row.practitioner})
