"""Categories of services, made and changed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from scheduling.actions.categories import save_service_category
from scheduling.forms.setup import ServiceCategoryForm, present
from scheduling.models import ServiceCategory
from scheduling.views.setup.saving import one, saved, tried

BACK = "/set-up/services/"


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def service_category(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make or change a category of services."""
    row = get_object_or_404(ServiceCategory, pk=pk) if pk else None
    start = present(row, ServiceCategoryForm) if row else None
    form = ServiceCategoryForm(request.POST) if request.method == "POST" else ServiceCategoryForm(initial=start)

    def work(data: dict[str, Any]) -> None:
        save_service_category(category=row, by=request.user, **data)

    if request.method == "POST" and tried(form, work):
        return saved(request, BACK)
    return one(request, form, title=row.name if row else _("New category"), back=BACK, back_label=_("Services"))
