"""What was paid ahead and is not served yet."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from finance.queries.ahead import owed_ahead, owing_cards, owing_packages
from finance.queries.memberships import owing_memberships, standing


@needs(Perm.LEDGER_VIEW)
@require_safe
def ahead(request: HttpRequest) -> HttpResponse:
    """What was paid and not served yet, beside the same figure of the books."""
    rows = Paginator(owing_packages(), 50).get_page(request.GET.get("page"))
    members = [standing(row) for row in owing_memberships()[:200]]
    context = {"owed": owed_ahead(), "page": rows, "cards": owing_cards()[:200], "members": members}
    return render(request, "finance/ahead.html", context)
