"""Erasing a person for good, in two steps."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients import actions
from clinic.patients.forms import FileNumberForm, ReasonForm
from clinic.patients.models import Erasure, Patient
from clinic.patients.queries import kept_until
from clinic.patients.views.surviving import surviving
from clinic.shared.errors import ActionError
from scheduling.models import Visit


@needs(Perm.PATIENTS_ERASE)
@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """First the reason, then the file number; in between the request can be taken back."""
    if request.method == "GET":
        surviving(request, pk)  # leads to the card that stands; nobody else is erased from a page of before the merge
    patient = get_object_or_404(Patient, pk=pk, merged_into=None)
    asked = Erasure.objects.filter(patient=patient, done_at=None, withdrawn_at=None).first()
    last = _last_visit(patient)
    form = (FileNumberForm if asked else ReasonForm)(request.POST or None)
    if request.method == "POST" and "withdraw" in request.POST and asked:
        actions.withdraw_erasure(erasure=asked, by=request.user)
        return HttpResponseRedirect(f"/patients/{pk}/")
    if request.method == "POST" and form.is_valid():
        try:
            if asked is None:
                actions.ask_erasure(patient=patient, last_visit=last, by=request.user, **form.cleaned_data)
                return HttpResponseRedirect(request.path)
            actions.erase_patient(erasure=asked, last_visit=last, by=request.user, **form.cleaned_data)
        except ActionError as error:
            error.put(form)
        else:
            messages.success(request, _("The person is erased. Bills keep their numbers and sums."))
            return HttpResponseRedirect("/patients/")
    context = {"patient": patient, "asked": asked, "form": form, "until": kept_until(last)}
    return render(request, "analytics/erase.html", context, status=422 if form.errors else 200)


def _last_visit(patient: Patient) -> dt.date | None:
    """The day of the last visit on this card and on those merged into it."""
    own = Visit.objects.filter(patient=patient) | Visit.objects.filter(patient__merged_into=patient)
    return own.order_by("-day").values_list("day", flat=True).first()
