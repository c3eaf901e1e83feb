"""Stock that comes in, goes wrong or is counted: three drawers."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.accounts.guards import needs
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.accounts.queries import open_branches
from clinic.shared import html
from clinic.shared.errors import ActionError
from inventory import actions, forms
from inventory.models import Item, Lot
from inventory.queries import stock_of
from scheduling.views.frame import branch_of


def drawer(
    request: HttpRequest, form: Any, context: dict[str, Any], write: Callable[[], object], said: str
) -> HttpResponse:
    """Show a form in the drawer; after its write close it, or show it again with what is wrong."""
    if request.method == "POST" and form.is_valid():
        try:
            write()
        except ActionError as error:
            error.put(form)
            status = error.status if error.status in (409, 422) else 422
            return _shown(request, form, context, status)
        return html.close_drawer(said) if html.is_htmx(request) else html.redirect_to("/stock/")
    return _shown(request, form, context, 422 if form.errors else 200)


def _shown(request: HttpRequest, form: Any, context: dict[str, Any], status: int) -> HttpResponse:
    template = "inventory/_drawer.html" if html.is_htmx(request) else "inventory/drawer.html"
    return render(request, template, {"form": form, **context}, status=status)


@needs(Perm.STOCK_MOVE)
@require_http_methods(["GET", "POST"])
def receive(request: HttpRequest) -> HttpResponse:
    """A purchase comes in."""
    branch = branch_of(request, Perm.STOCK_MOVE)
    asked = request.GET.get("item", "")
    form = forms.ReceiveForm(request.POST or None, initial={"item": asked if asked.isdigit() else None})
    context = {
        "title": _("Receive stock"),
        "sub": branch.name,
        "action": f"/stock/receive/?branch={branch.pk}",
        "verb": _("Receive"),
    }
    return drawer(
        request, form, context, lambda: actions.receive(branch=branch, **form.values, by=request.user), _("Received.")
    )


@needs(Perm.STOCK_MOVE)
@require_http_methods(["GET", "POST"])
def adjust(request: HttpRequest, pk: int) -> HttpResponse:
    """Something was found, lost, damaged or has expired."""
    allowed = open_branches(request.user, Perm.STOCK_MOVE)
    lot = get_object_or_404(Lot.objects.select_related("item", "branch").filter(branch__in=allowed), pk=pk)
    form = forms.AdjustForm(request.POST or None)
    context = {
        "title": _("Correct the stock"),
        "sub": lot.item.title,
        "lot": lot,
        "action": f"/stock/lots/{lot.pk}/adjust/",
        "verb": _("Write down"),
    }
    return drawer(
        request, form, context, lambda: actions.adjust(lot=lot, **form.values, by=request.user), _("Written down.")
    )


@needs(Perm.STOCK_MOVE)
@require_http_methods(["GET", "POST"])
def count(request: HttpRequest, pk: int) -> HttpResponse:
    """An item was counted; its shortages are settled by it."""
    branch: Branch = branch_of(request, Perm.STOCK_MOVE)
    item: Item = get_object_or_404(stock_of(branch, with_unused=True), pk=pk)
    form = forms.CountForm(request.POST or None)
    context = {
        "title": _("Count"),
        "sub": item.title,
        "item": item,
        "action": f"/stock/items/{item.pk}/count/?branch={branch.pk}",
        "verb": _("Settle by this count"),
    }
    return drawer(
        request,
        form,
        context,
        lambda: actions.count(item=item, branch=branch, **form.values, by=request.user),
        _("The books agree with the shelf."),
    )
