"""Labels and family on a card, and the clinic's labels."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients import actions, queries
from clinic.patients.forms import RelatedForm, RulesForm, TagForm
from clinic.patients.models import Patient, RelatedPerson, Tag
from clinic.patients.views.surviving import surviving
from clinic.shared.errors import ActionError
from clinic.shared.html import toast


def tags_context(request: HttpRequest, patient: Patient) -> dict[str, object]:
    """What the labels on a card need."""
    may_edit = request.user.can(Perm.PATIENTS_EDIT)
    return {
        "patient": patient,
        "tags": queries.tags_of(patient),
        "tags_to_put": queries.tags_to_put(patient) if may_edit else [],
        "may_edit": may_edit,
    }


def family_context(request: HttpRequest, patient: Patient, form: RelatedForm | None = None) -> dict[str, object]:
    """What the family on a card needs."""
    return {
        "patient": patient,
        "relatives": queries.relatives_of(patient),
        "related_form": form or RelatedForm(),
        "may_edit": request.user.can(Perm.PATIENTS_EDIT),
    }


@needs(Perm.PATIENTS_EDIT)
@require_POST
def tag(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a label on a patient, or (`off`) take it off."""
    patient = surviving(request, pk)
    chosen = request.POST.get("tag", "")
    label = get_object_or_404(Tag, pk=int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else 0)
    if "off" in request.POST:
        actions.take_tag(patient=patient, tag=label, by=request.user)
    else:
        actions.put_tag(patient=patient, tag=label, by=request.user)
    return render(request, "patients/_tags.html", tags_context(request, patient))


@needs(Perm.PATIENTS_VIEW, POST=Perm.PATIENTS_EDIT)
@require_http_methods(["GET", "POST"])
def relatives(request: HttpRequest, pk: int) -> HttpResponse:
    """Who belongs to a patient; noting somebody."""
    patient = surviving(request, pk)
    if request.method == "GET":
        return render(request, "patients/_relatives.html", family_context(request, patient))
    form = RelatedForm(request.POST)
    if form.is_valid():
        try:
            actions.save_related(patient=patient, by=request.user, **form.cleaned_data)
        except ActionError as error:
            error.put(form)
        else:
            return render(request, "patients/_relatives.html", family_context(request, patient))
    return render(request, "patients/_relatives.html", family_context(request, patient, form), status=422)


@needs(Perm.PATIENTS_EDIT)
@require_POST
def relative_remove(request: HttpRequest, pk: int, related_pk: int) -> HttpResponse:
    """Take back that somebody belongs to a patient."""
    row = get_object_or_404(RelatedPerson.objects.select_related("patient"), pk=related_pk, patient=pk)
    patient = row.patient
    actions.remove_related(related=row, by=request.user)
    answer = render(request, "patients/_relatives.html", family_context(request, patient))
    return toast(answer, _("Removed from the family."))


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def labels(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The clinic's labels, and its choices about patients' data; `pk` changes one label."""
    row = get_object_or_404(Tag, pk=pk) if pk else None
    start = {"name": row.name, "tone": row.tone, "is_active": row.is_active} if row else {"is_active": True}
    form = TagForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_tag(tag=row, by=request.user, **form.cleaned_data)
        except ActionError as error:
            error.put(form)
        else:
            messages.success(request, _("The label was saved."))
            return HttpResponseRedirect("/set-up/labels/")
    context = {"form": form, "label": row, "labels": Tag.objects.all()}
    return render(request, "patients/labels.html", context, status=422 if form.errors else 200)


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """The clinic's choices about patients' data."""
    now = queries.patient_rules()
    names = ("shows_readers", "ask_after_days", "keep_years")
    form = RulesForm(request.POST or None, initial={name: getattr(now, name) for name in names})
    if request.method == "POST" and form.is_valid():
        actions.save_patient_rules(by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(request.path)
    return render(request, "patients/rules.html", {"form": form}, status=422 if form.errors else 200)
