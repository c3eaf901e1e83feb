"""A consent signed at the desk: the text to read, a frame for a finger, the name for who cannot draw."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients import actions
from clinic.patients.models import CONSENTS
from clinic.patients.views.surviving import surviving
from clinic.shared.errors import ActionError
from clinic.shared.html import close_drawer, is_htmx


@needs(Perm.PATIENTS_EDIT)
@require_http_methods(["GET", "POST"])
def sign_consent(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The device is handed to the patient, who reads and signs."""
    patient = surviving(request, pk)
    asked = CONSENTS.get(kind)
    if asked is None:
        raise Http404
    context = {
        "patient": patient,
        "asked": asked,
        "address": request.path,
        "signature": request.POST.get("signature", "")[:200_000],
        "signed_name": request.POST.get("signed_name", "")[:160],
    }
    if request.method == "POST":
        try:
            actions.sign_consent(
                patient=patient, kind=kind, signature=context["signature"], by=request.user,
                signed_name=request.POST.get("signed_name", "")[:160], device=request.META.get("HTTP_USER_AGENT", ""),
            )  # fmt: skip
        except ActionError as error:
            return _drawn(request, {**context, "problem": error}, 422)
        if is_htmx(request):
            return close_drawer(_("The consent is signed."))
        return HttpResponseRedirect(f"/patients/{patient.pk}/")
    return _drawn(request, context)


def _drawn(request: HttpRequest, context: dict[str, object], status: int = 200) -> HttpResponse:
    template = "patients/_sign.html" if is_htmx(request) else "patients/sign.html"
    return render(request, template, context, status=status)
