"""A patient's card: her details, who may act for her, her consents, and the parts that other apps add by address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.patients import actions, queries
from clinic.patients.forms import AccessForm, ConsentForm
from clinic.patients.models import CONSENTS, Consent, Patient, PatientAccess
from clinic.patients.views.relations import family_context, tags_context
from clinic.patients.views.surviving import surviving
from clinic.shared.errors import ActionError
from clinic.shared.html import toast
from clinic.shared.strokes import drawn_strokes

# What higher apps show of a patient, in the order of the card; each address guards itself as well.
PARTS = [
    ("/scheduling/for-patient/{}/", Perm.DIARY_VIEW),
    ("/emr/for-patient/{}/", Perm.RECORD_VIEW),
    ("/intake/for-patient/{}/", Perm.PATIENTS_VIEW),
    ("/files/of/{}/", Perm.PATIENTS_VIEW),
    ("/finance/insurance-of/{}/", Perm.PATIENTS_VIEW),
    ("/finance/for-patient/{}/", Perm.INVOICES_VIEW),
    ("/points/for-patient/{}/", Perm.POINTS_VIEW),
    ("/follow-ups/for-patient/{}/", Perm.FOLLOWUPS_WORK),
    ("/messages/for-patient/{}/", Perm.MESSAGES_VIEW),
    ("/records/for-patient/{}/", Perm.PATIENTS_EXPORT),
]


@needs(Perm.PATIENTS_VIEW)
@require_safe
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that this account may see of a patient; the opening is noted."""
    patient = surviving(request, pk)
    actions.log_access(patient=patient, what="card", by=request.user)
    context = {
        "patient": patient,
        "age": queries.age_of(patient),
        "may_erase": request.user.can(Perm.PATIENTS_ERASE),
        "parts": parts_for(request.user, patient),
        **tags_context(request, patient),
        **family_context(request, patient),
        **_access_context(request, patient),
        **_consents_context(request, patient),
    }
    return render(request, "patients/card.html", context)


def parts_for(user: User, patient: Patient) -> list[str]:
    """The addresses of the parts that this account may see, where their apps are there."""
    addresses = [address.format(patient.pk) for address, permission in PARTS if user.can(permission)]
    return [address for address in addresses if _is_served(address)]


def _is_served(address: str) -> bool:
    try:
        resolve(address)
    except Resolver404:
        return False
    return True


def _access_context(request: HttpRequest, patient: Patient, form: AccessForm | None = None) -> dict[str, object]:
    return {
        "patient": patient,
        "accounts": queries.access_to(patient),
        "access_form": form or AccessForm(initial={"phone": patient.phone}),
        "may_edit": request.user.can(Perm.PATIENTS_EDIT),
    }


def _signature(row: Consent) -> str:
    return drawn_strokes(row.signature, _("Signature")) if row.signature else ""


def _consents_context(request: HttpRequest, patient: Patient) -> dict[str, object]:
    given = list(queries.consents_of(patient))
    standing = {(each.kind, each.version) for each in given if each.withdrawn_at is None}
    return {
        "patient": patient,
        "consents": [(each, CONSENTS.get(each.kind), _signature(each)) for each in given],
        "askable": [each for each in CONSENTS.values() if (each.kind, each.version) not in standing],
        "may_edit": request.user.can(Perm.PATIENTS_EDIT),
    }


@needs(Perm.PATIENTS_VIEW, POST=Perm.PATIENTS_EDIT)
@require_http_methods(["GET", "POST"])
def access(request: HttpRequest, pk: int) -> HttpResponse:
    """Who may act for a patient; adding somebody whose number the desk has checked."""
    patient = surviving(request, pk)
    if request.method == "GET":
        return render(request, "patients/_access.html", _access_context(request, patient))
    form = AccessForm(request.POST)
    if form.is_valid():
        try:
            actions.link_account(patient=patient, by=request.user, **form.cleaned_data)
        except ActionError as error:
            error.put(form)
        else:
            answer = render(request, "patients/_access.html", _access_context(request, patient))
            return toast(answer, _("This number may now act for %(name)s.") % {"name": patient.full_name})
    return render(request, "patients/_access.html", _access_context(request, patient, form), status=422)


@needs(Perm.PATIENTS_EDIT)
@require_POST
def access_remove(request: HttpRequest, pk: int, access_pk: int) -> HttpResponse:
    """Take back that an account may act for a patient."""
    row = get_object_or_404(PatientAccess.objects.select_related("patient"), pk=access_pk, patient=pk)
    actions.unlink_account(access=row, by=request.user)
    answer = render(request, "patients/_access.html", _access_context(request, row.patient))
    return toast(answer, _("The number no longer acts for this patient."))


@needs(Perm.PATIENTS_VIEW, POST=Perm.PATIENTS_EDIT)
@require_http_methods(["GET", "POST"])
def consents(request: HttpRequest, pk: int) -> HttpResponse:
    """What a patient agreed to; noting a new consent."""
    patient = surviving(request, pk)
    status = 200
    if request.method == "POST":
        form = ConsentForm(request.POST)
        if form.is_valid():
            actions.give_consent(patient=patient, kind=form.cleaned_data["kind"], by=request.user)
        else:
            status = 422
    return render(request, "patients/_consents.html", _consents_context(request, patient), status=status)


@needs(Perm.PATIENTS_EDIT)
@require_POST
def consent_withdraw(request: HttpRequest, pk: int, consent_pk: int) -> HttpResponse:
    """Note that a consent was taken back."""
    row = get_object_or_404(Consent.objects.select_related("patient"), pk=consent_pk, patient=pk)
    actions.withdraw_consent(consent=row, by=request.user)
    return render(request, "patients/_consents.html", _consents_context(request, row.patient))
