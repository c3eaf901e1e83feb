"""Filled forms at the desk: what waits to be looked at, and one form beside the patient's card."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.actions import log_access
from clinic.patients.views.surviving import surviving
from clinic.shared.errors import ActionError
from clinic.shared.html import close_drawer
from clinic.shared.links import absolute
from clinic.shared.strokes import drawn_strokes
from emr import actions, queries
from emr.models import Intake, IntakeForm
from emr.statuses import IntakeStatus
from scheduling.views.frame import show
from scheduling.views.transfer import drawn


@needs(Perm.PATIENTS_VIEW)
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """Forms that patients have filled and nobody has looked at."""
    return render(request, "emr/intake/waiting.html", {"intakes": queries.to_review()[:200]})


def _find(pk: int) -> Intake:
    return get_object_or_404(Intake.objects.select_related("asked__form", "patient", "reviewed_by"), pk=pk)


@needs(Perm.PATIENTS_VIEW, POST=Perm.PATIENTS_EDIT)
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """What she wrote beside her card, field by field; POST takes the chosen ones over."""
    intake, problem = _find(pk), ""
    if request.method == "POST":
        try:
            actions.accept_intake(intake=intake, fields=set(request.POST.getlist("field")), by=request.user)
        except ActionError as error:
            problem = error.message
        else:
            messages.success(request, _("The card is up to date."))
            return redirect("patient", pk=intake.patient_id)
    log_access(patient=intake.patient, what="intake", by=request.user)
    context = {
        "intake": intake,
        "patient": intake.patient,
        "differences": queries.differences(intake) if intake.status == IntakeStatus.FILLED else [],
        "answers": queries.told(intake, request.user),
        "problem": problem,
        "signature": drawn_strokes(intake.signature, _("Signature")) if intake.signature else "",
        "may_edit": request.user.can(Perm.PATIENTS_EDIT),
    }
    return render(request, "emr/intake/review.html", context, status=422 if problem else 200)


@needs(Perm.PATIENTS_EDIT)
@require_http_methods(["GET", "POST"])
def send(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Give a patient a form now: by message, and as a code for her phone or the desk's tablet."""
    patient = surviving(request, patient_id)
    forms = list(IntakeForm.objects.filter(is_active=True))
    context = {"patient": patient, "forms": forms, "chosen": request.POST.get("which", "")}
    if request.method == "POST":
        form = next((each for each in forms if str(each.pk) == context["chosen"]), None)
        if form is None:
            return show(request, "emr/intake/send.html", {**context, "error": _("Choose one of the answers.")}, 422)
        intake = actions.send_intake(form=form, patient=patient, by=request.user)
        link = absolute(f"/in/{intake.token}/")
        context |= {"intake": intake, "link": link, "qr": drawn(link)}
    return show(request, "emr/intake/send.html", context)


@needs(Perm.PATIENTS_EDIT)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask no more."""
    actions.withdraw_intake(intake=_find(pk), by=request.user)
    return close_drawer(_("The form is withdrawn."))


@needs(Perm.PATIENTS_VIEW)
@require_GET
def for_patient(request: HttpRequest, patient_id: int) -> HttpResponse:
    """The card's part: forms of a patient, and how far each is."""
    patient = surviving(request, patient_id)
    intakes = queries.intakes_of(patient)[:8]
    context = {"patient": patient, "intakes": intakes, "may_edit": request.user.can(Perm.PATIENTS_EDIT)}
    return render(request, "emr/intake/for_patient.html", context)
