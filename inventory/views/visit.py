"""What a visit uses: the part of the visit's page where it is changed until it is posted."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.accounts.queries import open_branches
from clinic.shared.errors import ActionError
from inventory import actions, queries
from inventory.forms import QuantityField
from inventory.models import Item
from inventory.permissions import may_edit_consumption
from scheduling.models import Visit
from scheduling.statuses import IN_BUILDING


def _visit(request: HttpRequest, pk: int) -> Visit:
    visits = Visit.objects.select_related("branch", "practitioner", "service")
    return get_object_or_404(visits.filter(branch__in=open_branches(request.user, Perm.STOCK_VIEW)), pk=pk)


def _shown(request: HttpRequest, visit: Visit, problem: str = "", status: int = 200) -> HttpResponse:
    lines = queries.consumption_of(visit)
    posted = any(line.posted_at for line in lines)
    for line in lines:
        _with_steps(line)
    may_edit = not posted and visit.status in IN_BUILDING and may_edit_consumption(request.user, visit)
    context = {"visit": visit, "lines": lines, "posted": posted, "may_edit": may_edit, "problem": problem}
    return render(request, "inventory/_visit.html", context, status=status)


def _with_steps(line: Any) -> None:
    """Give a line the values of its buttons, in Latin digits for the form."""
    line.less, line.more = max(line.actual - line.item.step, Decimal(0)), line.actual + line.item.step
    line.typed = f"{line.actual.normalize():f}"


@needs(Perm.STOCK_VIEW)
@require_GET
def for_visit(request: HttpRequest, visit_id: int) -> HttpResponse:
    """The lines of a visit: expected and used."""
    return _shown(request, _visit(request, visit_id))


@needs(Perm.STOCK_VIEW)
@require_POST
def set_line(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Set one line; the answer is the whole part again."""
    visit = _visit(request, visit_id)
    wanted = request.POST.get("item", "")
    item = Item.objects.filter(pk=int(wanted), is_active=True).first() if wanted.isdecimal() else None
    if item is None:
        return _shown(request, visit, _("Choose an item of the list."), 422)
    try:
        quantity = QuantityField().clean(request.POST.get("quantity") or request.POST.get("typed") or "")
        actions.set_consumption_line(visit=visit, item=item, quantity=quantity, by=request.user)
    except ValidationError as error:
        return _shown(request, visit, error.messages[0], 422)
    except ActionError as error:
        return _shown(request, visit, error.message, error.status if error.status in (403, 409) else 422)
    return _shown(request, visit)
