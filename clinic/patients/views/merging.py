"""Cards that are of one person: the list to work through, the comparison, merging and taking back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients import actions, queries
from clinic.patients.forms import ReasonForm
from clinic.patients.models import Patient, PatientMerge
from clinic.shared.errors import ActionError


@needs(Perm.PATIENTS_EDIT)
@require_safe
def duplicates(request: HttpRequest) -> HttpResponse:
    """Pairs of cards that may be of one person, and merges that can be taken back."""
    context = {
        "pairs": queries.duplicate_pairs(),
        "merges": queries.recent_merges(),
        "may_merge": request.user.can(Perm.PATIENTS_MERGE),
    }
    return render(request, "patients/duplicates.html", context)


@needs(Perm.PATIENTS_EDIT)
@require_POST
def not_the_same(request: HttpRequest, pk: int, other_pk: int) -> HttpResponse:
    """Two people after all."""
    one, other = get_object_or_404(Patient, pk=pk), get_object_or_404(Patient, pk=other_pk)
    try:
        actions.say_not_the_same(one=one, other=other, by=request.user)
    except ActionError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Remembered: these are two people."))
    return HttpResponseRedirect("/patients/duplicates/")


@needs(Perm.PATIENTS_MERGE)
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, pk: int, other_pk: int) -> HttpResponse:
    """Compare two cards and make the second part of the first."""
    target = get_object_or_404(Patient, pk=pk, merged_into=None)
    source = get_object_or_404(Patient, pk=other_pk, merged_into=None)
    problem = _("Choose two different cards.") if source == target else ""
    if request.method == "POST" and not problem:
        take = [name for name in actions.DETAILS if request.POST.get(name) == "source"]
        try:
            done = actions.merge_patients(
                source=source, target=target, take=take, reason=request.POST.get("reason", "")[:200], by=request.user
            )
        except ActionError as error:
            problem = error.message
        else:
            messages.success(request, _("Merged. It can be taken back for thirty days."))
            return HttpResponseRedirect(f"/patients/{done.target_id}/")
    context = {"preview": queries.preview_merge(source, target, actions.DETAILS), "problem": problem}
    return render(request, "patients/merge.html", context, status=409 if problem else 200)


@needs(Perm.PATIENTS_MERGE)
@require_http_methods(["GET", "POST"])
def separate(request: HttpRequest, merge_pk: int) -> HttpResponse:
    """Take a merge back, with the reason."""
    row = get_object_or_404(PatientMerge.objects.select_related("source", "target", "merged_by"), pk=merge_pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.separate_patients(merge=row, reason=form.cleaned_data["reason"], by=request.user)
        except ActionError as error:
            error.put(form)
        else:
            messages.success(request, _("Separated. Each card has its own again."))
            return HttpResponseRedirect(f"/patients/{row.source_id}/")
    return render(request, "patients/separate.html", {"merge": row, "form": form}, status=422 if form.errors else 200)
