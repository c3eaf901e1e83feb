"""Stock to look at: all items, one item's story, what is low, what is short."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from clinic.accounts.guards import needs
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.shared.errors import ActionError
from clinic.shared.html import is_htmx
from clinic.shared.text import normalise
from inventory import queries
from inventory.models import Item
from scheduling.views.frame import branch_of, frame, on_the_clock_of


def around(request: HttpRequest, branch: Branch) -> dict[str, Any]:
    """The head of a stock page, and which buttons it has."""
    return {
        **frame(request, branch, Perm.STOCK_VIEW),
        "may_move": request.user.can(Perm.STOCK_MOVE, branch),
        "may_manage": request.user.can(Perm.STOCK_MANAGE, branch),
    }


@needs(Perm.STOCK_VIEW)
@require_GET
def stock(request: HttpRequest) -> HttpResponse:
    """Every item with what the branch has; low ones first. The live part of it is the same address."""
    branch = branch_of(request, Perm.STOCK_VIEW)
    words = normalise(request.GET.get("q"))[:60]
    everything = bool(request.GET.get("all"))
    today = queries.today_in(branch)
    context = {
        **around(request, branch),
        "items": queries.stock_of(branch, words=words, with_unused=everything)[:500],
        "shortages": queries.open_shortages(branch).count(),
        "q": words,
        "all": everything,
        "today": today,
        "soon": today + queries.SOON,
    }
    template = "inventory/_items.html" if is_htmx(request) else "inventory/stock.html"
    return render(request, template, context)


@needs(Perm.STOCK_VIEW)
@require_GET
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """One item: its lots, and every movement with who, why and for which visit."""
    branch = branch_of(request, Perm.STOCK_VIEW)
    thing = get_object_or_404(queries.stock_of(branch, with_unused=True), pk=pk)
    today = queries.today_in(branch)
    movements = Paginator(queries.movements_of(thing, branch), 50).get_page(request.GET.get("page"))
    context = {
        **around(request, branch),
        "item": thing,
        "lots": queries.lots_of(thing, branch),
        "movements": movements,
        "today": today,
        "soon": today + queries.SOON,
    }
    template = "inventory/_item.html" if is_htmx(request) else "inventory/item.html"
    with on_the_clock_of(branch):
        return render(request, template, context)


@needs(Perm.STOCK_VIEW)
@require_GET
def low(request: HttpRequest) -> HttpResponse:
    """The banner for other pages; nothing where nothing is low."""
    try:
        branch = branch_of(request, Perm.STOCK_VIEW)
    except ActionError:
        return HttpResponse("")
    return render(request, "inventory/_low.html", {"branch": branch, "attention": queries.attention(branch)})


@needs(Perm.STOCK_VIEW)
@require_GET
def shortages(request: HttpRequest) -> HttpResponse:
    """What visits used beyond the books, to be settled by a count."""
    branch = branch_of(request, Perm.STOCK_VIEW)
    context = {**around(request, branch), "rows": queries.open_shortages(branch)[:200]}
    template = "inventory/_shortages.html" if is_htmx(request) else "inventory/shortages.html"
    with on_the_clock_of(branch):
        return render(request, template, context)


@needs(Perm.STOCK_VIEW)
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Options for a combobox."""
    words = normalise(request.GET.get("q"))[:60]
    found = Item.objects.filter(is_active=True)
    if words:
        found = found.filter(name__icontains=words) | found.filter(name_en__icontains=words)
    return render(request, "inventory/_options.html", {"items": found[:20]})
