"""The platform's own site: what it is, asking for a clinic, admitting clinics."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.accounts.guards import needs, open_to_all
from clinic.accounts.permissions import Perm
from clinic.shared import html
from clinic.shared.errors import ActionError
from tenants import actions
from tenants.forms import RejectForm, SignUpForm
from tenants.models import Clinic, ClinicRequest, Domain
from tenants.statuses import CLINIC_MOVES, ClinicStatus, RequestStatus


@open_to_all("the platform's front page")
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What the platform is, and the way to a clinic of one's own."""
    return render(request, "tenants/home.html", {"demo_clinics": Clinic.objects.filter(is_demo=True).order_by("pk")})


@open_to_all("asking for a clinic")
@require_http_methods(["GET", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Ask for a clinic."""
    form = SignUpForm(request.POST or None, initial={"language": "fa"})
    if request.method == "POST" and form.is_valid():
        try:
            actions.request_clinic(**form.cleaned_data, by=None)
        except ActionError as error:
            form.add_error(error.field or None, error.message)
        else:
            return HttpResponseRedirect("/sign-up/thanks/")
    return render(request, "tenants/sign_up.html", {"form": form}, status=422 if form.errors else 200)


@open_to_all("says that the request arrived")
@require_GET
def thanks(request: HttpRequest) -> HttpResponse:
    """The request is in the queue."""
    return render(request, "tenants/thanks.html")


@needs(Perm.PLATFORM_CLINICS)
@require_GET
def control(request: HttpRequest) -> HttpResponse:
    """The operators' page: who waits, which clinics there are."""
    waiting = ClinicRequest.objects.filter(status__in=[RequestStatus.WAITING, RequestStatus.APPROVED]).order_by("pk")
    hosts = dict(Domain.objects.filter(is_primary=True).values_list("tenant_id", "domain"))
    clinics = [(clinic, hosts.get(clinic.pk, "")) for clinic in Clinic.objects.order_by("-pk")]
    done = ClinicRequest.objects.filter(status__in=[RequestStatus.READY, RequestStatus.REJECTED]).order_by("-pk")[:20]
    context = {"waiting": waiting, "clinics": clinics, "done": done, "nav": _nav()}
    return render(request, "tenants/control.html", context)


def _nav() -> list[dict[str, Any]]:
    return [
        {"key": "clinics", "label": _("Clinics"), "url": "/control/", "icon": "building-2", "active": True},
        {"key": "tables", "label": _("Tables"), "url": "/control/tables/", "icon": "table", "active": False},
    ]


@needs(Perm.PLATFORM_CLINICS)
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Admit one clinic."""
    row = get_object_or_404(ClinicRequest, pk=pk)
    try:
        actions.approve_request(request=row, by=request.user)
    except ActionError as error:
        return html.toast(HttpResponse(status=204), error.message, tone="danger")
    return html.redirect_to("/control/") if html.is_htmx(request) else HttpResponseRedirect("/control/")


@needs(Perm.PLATFORM_CLINICS)
@require_http_methods(["GET", "POST"])
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    """Turn one request down, with a reason."""
    row = get_object_or_404(ClinicRequest, pk=pk)
    form = RejectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.reject_request(request=row, reason=form.cleaned_data["reason"], by=request.user)
        except ActionError as error:
            form.add_error(error.field or None, error.message)
        else:
            return html.redirect_to("/control/") if html.is_htmx(request) else HttpResponseRedirect("/control/")
    context = {"form": form, "row": row, "nav": _nav()}
    template = "tenants/reject.html" if html.is_htmx(request) else "tenants/reject_page.html"
    return render(request, template, context, status=422 if form.errors else 200)


@needs(Perm.PLATFORM_CLINICS)
@require_POST
def set_status(request: HttpRequest, pk: int, status: str) -> HttpResponse:
    """Suspend a clinic or open it again."""
    clinic = get_object_or_404(Clinic, pk=pk)
    if status not in {ClinicStatus.ACTIVE, ClinicStatus.SUSPENDED} or status not in CLINIC_MOVES[clinic.status]:
        return html.toast(HttpResponse(status=204), _("This is not possible now."), tone="danger")
    actions.set_clinic_status(clinic=clinic, status=status, reason=request.POST.get("reason", ""), by=request.user)
    return html.redirect_to("/control/") if html.is_htmx(request) else HttpResponseRedirect("/control/")
