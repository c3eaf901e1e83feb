"""Debtors: who owes what and for how long, what was done about it, and giving a debt up."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.money import format_number
from finance.queries.days import clinic_today
from finance.queries.debts import EDGES, debtors_of, open_rows, sums, whose_debts
from finance.views.debt_forms import SearchForm
from finance.views.report_files import as_csv, as_xlsx
from finance.views.report_tables import COUNT, DAY, MONEY, TEXT, Table

PAGE, MOST_IN_FILE = 50, 20_000


@needs(Perm.INVOICES_VIEW)
@require_safe
def debtors_page(request: HttpRequest) -> HttpResponse:
    """Everybody who owes, the largest debt first; `?older=30`, `?q=`, `?sort=age`, `?sheet=csv|xlsx`."""
    wanted = SearchForm(request.GET).wanted()
    day, rows = clinic_today(), open_rows(request.user)
    groups = whose_debts(rows, day, older_than=wanted["older"], text=wanted["q"], by_age=wanted["sort"] == "age")
    if request.GET.get("sheet") in ("csv", "xlsx"):
        return _file(request, debtors_of(list(groups[:MOST_IN_FILE]), day))
    page = Paginator(groups, PAGE).get_page(request.GET.get("page"))
    query = urlencode({key: value for key, value in wanted.items() if value})
    context = {
        "page": page,
        "query": f"{query}&" if query else "",
        "debtors": debtors_of(list(page.object_list), day),
        "buckets": _buckets(sums(rows, day)),
        "wanted": wanted,
        "filters": [(0, _("All")), *((edge, _edge(edge)) for edge in EDGES)],
        "may_work": request.user.can(Perm.PAYMENTS_TAKE),
        "may_rule": request.user.can(Perm.SETUP_MANAGE),
    }
    return render(request, "finance/debts/debtors.html", context)


def _edge(days: int) -> str:
    return _("more than %(days)s days") % {"days": format_number(days)}


def _buckets(found: dict[str, Any]) -> list[dict[str, Any]]:
    """All that is owed by age, in words, with the filter that shows it."""
    spans = [(0, 30), (31, 60), (61, 90)]
    words = [_("%(first)s to %(last)s days") % {"first": format_number(a), "last": format_number(b)} for a, b in spans]
    sizes = [found["age0"], found["age1"], found["age2"], found["age3"]]
    return [
        {"label": label, "amount": amount, "late": place > 0}
        for place, (label, amount) in enumerate(zip([*words, _edge(90)], sizes, strict=True))
    ]


def _file(request: HttpRequest, found: list[Any]) -> HttpResponse:
    ages = [bucket["label"] for bucket in _buckets({"age0": 0, "age1": 0, "age2": 0, "age3": 0})]
    columns = [(_("Patient"), TEXT), (_("Phone"), TEXT), *((label, MONEY) for label in ages)]
    table = Table(
        _("Debtors"), [*columns, (_("Owed"), MONEY), (_("Oldest bill"), DAY), (_("Days"), COUNT), (_("Bills"), COUNT)]
    )
    for row in found:
        who = (row.patient.full_name, row.patient.phone)
        table.add(*who, *row.ages, row.owed, row.oldest, row.days, row.bills)
    make = as_xlsx if request.GET["sheet"] == "xlsx" else as_csv
    return make("debtors", [table])
