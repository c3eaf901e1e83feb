"""The kinds of packages that the clinic sells."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from finance import actions
from finance.models import PackageKind
from finance.queries.packages import package_kinds
from finance.views.package_forms import KindForm
from scheduling.queries.setup import sets_up_all
from scheduling.views.setup.saving import saved, tried

BACK = "/set-up/packages/"


@needs(Perm.SETUP_MANAGE)
@require_safe
def kinds(request: HttpRequest) -> HttpResponse:
    """Every kind with what is in it."""
    context = {"kinds": package_kinds(), "whole": sets_up_all(request.user)}
    return render(request, "finance/package_kinds.html", context)


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def kind(request: HttpRequest, kind_id: int | None = None) -> HttpResponse:
    """Make or change a kind; those who set up one branch only look."""
    row = get_object_or_404(PackageKind, pk=kind_id) if kind_id else None
    form = KindForm(request.POST or None, kind=row)
    whole = sets_up_all(request.user)

    def work(data: dict[str, Any]) -> None:
        actions.save_package_kind(kind=row, by=request.user, **data)

    if request.method == "POST" and not whole:
        form.add_error(None, _("Packages of the whole clinic are the owner's."))
    elif request.method == "POST" and tried(form, work):
        return saved(request, BACK)
    context = {"form": form, "kind": row, "title": row.name if row else _("New package"), "whole": whole}
    return render(request, "finance/package_kind.html", context, status=422 if form.errors else 200)
