"""What the desk does with a sold package: frozen, given on, extended, taken back."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared import html
from clinic.shared.errors import ActionError
from clinic.shared.money import format_money
from finance import actions
from finance.models import Package
from finance.queries.documents import staff_scope
from finance.queries.packages import refund_preview
from finance.views.package_forms import ExtendForm, TakeBackForm, TransferForm
from scheduling.views.frame import refused, show


@needs(Perm.PAYMENTS_TAKE)
@require_POST
def freeze_package(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop the time of a package, or let it run again."""
    package = _package(request, pk, Perm.PAYMENTS_TAKE)
    again = request.POST.get("do") == "unfreeze"
    try:
        if again:
            actions.unfreeze_package(package=package, by=request.user)
        else:
            actions.freeze_package(package=package, by=request.user)
    except ActionError as error:
        return refused(error)
    text = _("The package can be used again.") if again else _("The package is frozen.")
    return html.toast(html.trigger(HttpResponse(status=204), live_refresh={}, drawer_reload={}), text)


@needs(Perm.INVOICES_ISSUE)
@require_http_methods(["GET", "POST"])
def transfer_package(request: HttpRequest, pk: int) -> HttpResponse:
    """Give what is left to another patient."""
    package = _package(request, pk, Perm.INVOICES_ISSUE)

    def work(data: dict[str, Any]) -> str:
        actions.transfer_package(package=package, **data, by=request.user)
        return _("The package belongs to %(name)s now.") % {"name": data["to"].full_name}

    return _drawer(request, package, TransferForm(request.POST or None), "finance/package_transfer.html", work)


@needs(Perm.INVOICES_ISSUE)
@require_http_methods(["GET", "POST"])
def extend_package(request: HttpRequest, pk: int) -> HttpResponse:
    """Move the last day later."""
    package = _package(request, pk, Perm.INVOICES_ISSUE)

    def work(data: dict[str, Any]) -> str:
        actions.extend_package(package=package, **data, by=request.user)
        return _("The package is valid longer.")

    return _drawer(request, package, ExtendForm(request.POST or None), "finance/package_extend.html", work)


@needs(Perm.PAYMENTS_REFUND)
@require_http_methods(["GET", "POST"])
def refund_package(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was not used."""
    package = _package(request, pk, Perm.PAYMENTS_REFUND)

    def work(data: dict[str, Any]) -> str:
        before = package.invoice.paid
        done = actions.refund_package(package=package, **data, by=request.user)
        back = before - Package.objects.select_related("invoice").get(pk=done.pk).invoice.paid
        return _("The package was taken back; %(amount)s was paid back.") % {"amount": format_money(back)}

    form = TakeBackForm(request.POST or None)
    return _drawer(request, package, form, "finance/package_refund.html", work, preview=refund_preview(package))


def _package(request: HttpRequest, pk: int, permission: Perm) -> Package:
    rows = Package.objects.filter(staff_scope(request.user, permission))
    return get_object_or_404(rows.select_related("patient", "branch", "invoice"), pk=pk)


def _drawer(
    request: HttpRequest,
    package: Package,
    form: forms.Form,
    template: str,
    work: Callable[[dict[str, Any]], str],
    **more: Any,
) -> HttpResponse:
    """A panel with one form about a package."""
    if request.method == "POST" and form.is_valid():
        try:
            text = work(form.cleaned_data)
        except ActionError as error:
            error.put(form)
        else:
            return html.close_drawer(text)
    context = {"form": form, "package": package, **more}
    return show(request, template, context, status=422 if form.errors else 200)
