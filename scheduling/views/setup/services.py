"""The price list: what can be booked."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from scheduling.actions import setup as actions
from scheduling.forms.setup import ServiceForm
from scheduling.models import Service
from scheduling.queries.categories import in_categories, service_categories
from scheduling.queries.setup import sets_up_all
from scheduling.views.setup.saving import one, saved_for, tried

BACK = "/set-up/services/"


@needs(Perm.SETUP_MANAGE)
@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """The services, offered ones first."""
    given = Count("offers", filter=Q(offers__is_active=True, offers__practitioner__is_active=True))
    rows = Service.objects.annotate(doctors=given)
    context = {
        "services": in_categories(rows, "-is_active"),
        "categories": service_categories(), "whole": sets_up_all(request.user),
    }  # fmt: skip
    return render(request, "scheduling/setup/services.html", context)


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def service(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make or change a service."""
    row = get_object_or_404(Service, pk=pk) if pk else None
    start = ServiceForm.of(row) if row else ServiceForm()
    form = ServiceForm(request.POST) if request.method == "POST" else start

    def work(data: dict[str, Any]) -> None:
        values = {**data, "rooms": list(data["rooms"]), "equipment": list(data["equipment"])}
        actions.save_service(service=row, by=request.user, **values)

    if request.method == "POST" and tried(form, work):
        return saved_for(request, BACK)
    return one(request, form, title=row.name if row else _("New service"), back=BACK, back_label=_("Services"))
