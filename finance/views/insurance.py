"""Insurers and their contracts in the set-up; a patient's insurance on her card and on her bill."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from finance import actions
from finance.models import Insurer, InsurerTerms
from finance.views.insurance_forms import InsurerForm, TermsForm
from scheduling.queries.setup import sets_up_all
from scheduling.views.setup.saving import saved, tried

BACK = "/set-up/insurers/"


@needs(Perm.SETUP_MANAGE)
@require_safe
def insurers(request: HttpRequest) -> HttpResponse:
    """Every insurer with its contracts."""
    rows = Insurer.objects.prefetch_related("terms")
    return render(request, "finance/insurance/insurers.html", {"insurers": rows, "whole": sets_up_all(request.user)})


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def insurer(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make or change an insurer."""
    _whole(request)
    row = get_object_or_404(Insurer, pk=pk) if pk else None
    start = {name: getattr(row, name) for name in InsurerForm.base_fields} if row else {"is_active": True}
    form = InsurerForm(request.POST or None, initial=start)
    if row:
        del form.fields["kind"]

    def work(data: dict[str, Any]) -> None:
        actions.save_insurer(insurer=row, by=request.user, **data)

    if request.method == "POST" and tried(form, work):
        return saved(request, BACK)
    context = {"form": form, "title": row.name if row else _("New insurer"), "insurer": row, "back": BACK}
    return render(request, "finance/insurance/insurer.html", context, status=422 if form.errors else 200)


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def terms_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A new contract with an insurer."""
    _whole(request)
    return _terms(request, get_object_or_404(Insurer, pk=pk), None)


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def terms(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a contract; bills that were issued keep their shares."""
    _whole(request)
    row = get_object_or_404(InsurerTerms.objects.select_related("insurer"), pk=pk)
    return _terms(request, row.insurer, row)


def _terms(request: HttpRequest, of: Insurer, row: InsurerTerms | None) -> HttpResponse:
    form = TermsForm(request.POST or None, terms=row)

    def work(data: dict[str, Any]) -> None:
        actions.save_terms(insurer=of, terms=row, by=request.user, **data)

    if request.method == "POST" and tried(form, work):
        return saved(request, BACK)
    context = {"form": form, "insurer": of, "terms": row}
    return render(request, "finance/insurance/terms.html", context, status=422 if form.errors else 200)


def _whole(request: HttpRequest) -> None:
    if not sets_up_all(request.user):
        raise Http404
