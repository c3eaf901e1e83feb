"""What each insurer owes, on a page and as a file."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from finance.queries.days import clinic_today
from finance.queries.insurer_balances import insurer_balances
from finance.views.report_files import as_csv, as_xlsx
from finance.views.report_tables import MONEY, TEXT, Table


@needs(Perm.INVOICES_VIEW)
@require_safe
def insurers_owe(request: HttpRequest) -> HttpResponse:
    """What each insurer owes, by age, beside the same by the books; `?sheet=csv|xlsx`."""
    rows = insurer_balances(request.user, clinic_today())
    if request.GET.get("sheet") in ("csv", "xlsx"):
        ages = ["0–30", "31–60", "61–90", "90+"]
        columns = [(_("Insurer"), TEXT), (_("Not claimed yet"), MONEY), (_("Claimed"), MONEY)]
        table = Table(_("Owed by insurers"), [*columns, *((age, MONEY) for age in ages), (_("Owed"), MONEY)])
        for row in rows:
            table.add(row.insurer.name, row.unclaimed, row.claimed, *row.ages, row.owed)
        return (as_xlsx if request.GET["sheet"] == "xlsx" else as_csv)("insurers", [table])
    context = {"rows": rows, "may_claim": request.user.can(Perm.CLAIMS_WORK)}
    return render(request, "finance/debts/insurers.html", context)
