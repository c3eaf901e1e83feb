"""Items and what services are expected to use."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared import html
from inventory import actions, forms
from inventory.models import Item
from inventory.queries import services_with_templates
from inventory.views.moves import drawer
from inventory.views.stock import around
from scheduling.models import Service
from scheduling.views.frame import branch_of

FIELDS = ("name", "name_en", "unit", "step", "low_level", "sale_price", "is_active")


@needs(Perm.STOCK_MANAGE)
@require_http_methods(["GET", "POST"])
def item_new(request: HttpRequest) -> HttpResponse:
    """Add an item."""
    first = {"step": Decimal(1), "low_level": Decimal(0), "is_active": True}
    form = forms.ItemForm(request.POST or None, initial=first)
    context = {"title": _("New item"), "action": "/stock/items/new/", "verb": _("Add item")}
    return drawer(
        request, form, context, lambda: actions.save_item(**form.cleaned_data, by=request.user), _("Item added.")
    )


@needs(Perm.STOCK_MANAGE)
@require_http_methods(["GET", "POST"])
def item_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an item."""
    item = get_object_or_404(Item, pk=pk)
    form = forms.ItemForm(request.POST or None, initial={name: getattr(item, name) for name in FIELDS})
    context = {"title": _("Edit item"), "sub": item.title, "action": f"/stock/items/{pk}/edit/", "verb": _("Save")}
    return drawer(
        request, form, context, lambda: actions.save_item(item=item, **form.cleaned_data, by=request.user), _("Saved.")
    )


def _lines(request: HttpRequest) -> dict[str, Any]:
    return {**around(request, branch_of(request, Perm.STOCK_VIEW)), "services": services_with_templates()}


@needs(Perm.STOCK_VIEW)
@require_GET
def templates(request: HttpRequest) -> HttpResponse:
    """What each service is expected to use."""
    template = "inventory/_templates.html" if html.is_htmx(request) else "inventory/templates.html"
    return render(request, template, _lines(request))


@needs(Perm.STOCK_MANAGE)
@require_http_methods(["GET", "POST"])
def template_line(request: HttpRequest, service_id: int) -> HttpResponse:
    """Add an item to a service, or change how much of it."""
    service = get_object_or_404(Service, pk=service_id)
    initial = {"item": request.GET.get("item"), "quantity": request.GET.get("quantity")}
    form = forms.TemplateLineForm(request.POST or None, initial=initial)
    context = {
        "title": _("Used in one visit"),
        "sub": service.name,
        "action": f"/stock/templates/{service_id}/",
        "verb": _("Save"),
    }
    return drawer(
        request,
        form,
        context,
        lambda: actions.set_template_line(service=service, **form.cleaned_data, by=request.user),
        _("Saved. Visits from now on begin with it."),
    )


@needs(Perm.STOCK_MANAGE)
@require_POST
def template_remove(request: HttpRequest, service_id: int, item_id: int) -> HttpResponse:
    """Take an item out of a service."""
    service, item = get_object_or_404(Service, pk=service_id), get_object_or_404(Item, pk=item_id)
    actions.remove_template_line(service=service, item=item, by=request.user)
    response = render(request, "inventory/_templates.html", _lines(request))
    return html.toast(response, _("Removed. Visits under way keep it."))
