"""Claims: what can be claimed, what was, what the insurers say and pay."""

import datetime as dt

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.shared.errors import ActionError
from finance import actions
from finance.models import Claim, ClaimLine, DifferenceWay, Insurer
from finance.queries.claims import claims_for, lines_of, with_sums
from finance.queries.documents import staff_scope
from finance.queries.to_claim import to_claim
from finance.statuses import ClaimStatus
from finance.views.report_files import as_csv, as_xlsx
from finance.views.report_tables import DAY, MONEY, TEXT, Table

PAGE = 50


@needs(Perm.CLAIMS_WORK)
@require_safe
def claims_page(request: HttpRequest) -> HttpResponse:
    """What can be claimed, and every claim with its status and sums; `?status=` narrows them."""
    status = request.GET.get("status", "")
    status = status if status in ClaimStatus.values else ""
    rows = claims_for(request.user)
    page = Paginator(rows.filter(status=status) if status else rows.exclude(status=ClaimStatus.DROPPED), PAGE)
    shown = page.get_page(request.GET.get("page"))
    context = {
        "waiting": to_claim(request.user),
        "claims": with_sums(shown.object_list),
        "page": shown,
        "status": status,
        "statuses": ClaimStatus,
    }
    return render(request, "finance/claims/claims.html", context)


@needs(Perm.CLAIMS_WORK)
@require_POST
def make_claim(request: HttpRequest) -> HttpResponse:
    """Put a month's shares of an insurer into a claim."""
    branches = Branch.objects.filter(staff_scope(request.user, Perm.CLAIMS_WORK, "pk"))
    insurer = get_object_or_404(Insurer, pk=_number(request.POST.get("insurer", "")))
    branch = get_object_or_404(branches, pk=_number(request.POST.get("branch", "")))
    try:
        first, last = (dt.date.fromisoformat(request.POST.get(name, "")) for name in ("first_day", "last_day"))
        made = actions.make_claim(insurer=insurer, branch=branch, first_day=first, last_day=last, by=request.user)
    except ValueError:
        return plain(_("Open the page again."), 400)
    except ActionError as error:
        return plain(error.message, error.status)
    return HttpResponseRedirect(reverse("finance:claim", args=[made.pk]))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def claim_of(request: HttpRequest, pk: int) -> Claim:
    return get_object_or_404(claims_for(request.user), pk=pk)


@needs(Perm.CLAIMS_WORK)
@require_safe
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """One claim with its lines and differences; `?sheet=csv|xlsx` is the list for the insurer."""
    row = claim_of(request, pk)
    lines = list(lines_of(row))
    if request.GET.get("sheet") in ("csv", "xlsx"):
        return _file(request, row, lines)
    [sums] = with_sums([row])
    context = {
        "claim": row,
        "lines": lines,
        "sums": sums,
        "payments": row.payments.select_related("account", "by").order_by("pk"),
        "moves": row.moves.select_related("by").order_by("pk"),
        "ways": DifferenceWay.choices,
        "may_answer": row.status in (ClaimStatus.SENT, ClaimStatus.RESUBMITTED),
        "may_receive": row.status in (ClaimStatus.ACCEPTED, ClaimStatus.PARTLY) and sums.to_come > 0,
        "may_resend": row.status in (ClaimStatus.PARTLY, ClaimStatus.REJECTED) and sums.difference > 0,
    }
    return render(request, "finance/claims/claim.html", context)


def _file(request: HttpRequest, row: Claim, lines: list[ClaimLine]) -> HttpResponse:
    columns = [
        (_("Day"), DAY), (_("Bill"), TEXT), (_("Patient"), TEXT), (_("National code"), TEXT),
        (_("Policy number"), TEXT), (_("Service"), TEXT), (_("Doctor"), TEXT), (_("Price"), MONEY),
        (_("Counted from"), MONEY),
        (_("Percent"), TEXT), (_("Asked for"), MONEY), (_("Accepted"), MONEY), (_("Reason"), TEXT),
    ]  # fmt: skip
    table = Table(f"{row.insurer.name} · {row.number}", columns)
    for line in lines:
        share, bill = line.share, line.share.invoice
        doctor = share.line.practitioner.name if share.line.practitioner else ""
        table.add(
            bill.business_date, str(bill.number), bill.patient.full_name, bill.patient.national_code, share.number,
            share.line.name, doctor, share.line.total, share.base, f"{share.percent.normalize():f}", line.asked,
            "" if line.accepted is None else line.accepted, line.reason,
        )  # fmt: skip
    make = as_xlsx if request.GET["sheet"] == "xlsx" else as_csv
    return make(f"claim-{row.number}", [table])
