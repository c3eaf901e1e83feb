"""Claims: what can be claimed, what was, what the insurers say and pay."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.shared import html
from clinic.shared.errors import ActionError
from clinic.shared.money import format_money
from finance import actions
from finance.models import Claim, ClaimLine, DifferenceWay, Insurer
from finance.queries.claims import claims_for, insurer_balances, lines_of, to_claim, with_sums
from finance.queries.days import clinic_today
from finance.queries.documents import staff_scope
from finance.statuses import ClaimStatus
from finance.views.insurance_forms import AnswerForm, ReceiveForm, SendForm
from finance.views.panel import panel
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
        return _plain(_("Open the page again."), 400)
    except ActionError as error:
        return _plain(error.message, error.status)
    return HttpResponseRedirect(reverse("finance:claim", args=[made.pk]))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def _claim(request: HttpRequest, pk: int) -> Claim:
    return get_object_or_404(claims_for(request.user), pk=pk)


@needs(Perm.CLAIMS_WORK)
@require_safe
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """One claim with its lines and differences; `?sheet=csv|xlsx` is the list for the insurer."""
    row = _claim(request, pk)
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


@needs(Perm.CLAIMS_WORK)
@require_http_methods(["GET", "POST"])
def send_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the claim went to the insurer."""
    row = _claim(request, pk)
    form = SendForm(request.POST or None, initial={"reference": row.reference})

    def work(data: dict[str, Any]) -> HttpResponse:
        actions.send_claim(claim=row, by=request.user, **data)
        return html.redirect_to(reverse("finance:claim", args=[row.pk]))

    if request.method == "POST" and not request.POST.get("reference"):
        form = SendForm(request.POST)
    return panel(request, "finance/claims/send.html", form, work, claim=row)


@needs(Perm.CLAIMS_WORK)
@require_POST
def drop_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up a claim that was not sent."""
    try:
        actions.drop_claim(claim=_claim(request, pk), by=request.user)
    except ActionError as error:
        return _plain(error.message, error.status)
    messages.success(request, _("The claim was dropped; its shares can be claimed anew."))
    return HttpResponseRedirect(reverse("finance:claims"))


@needs(Perm.CLAIMS_WORK)
@require_http_methods(["GET", "POST"])
def answer_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down the insurer's answer, line by line; all is accepted where nothing is changed."""
    row = _claim(request, pk)
    lines = [line for line in lines_of(row) if row.status != ClaimStatus.RESUBMITTED or line.difference]
    form = AnswerForm(request.POST if request.method == "POST" else None, lines=lines)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_claim(claim=row, answers=form.answers(), by=request.user)
        except ActionError as error:
            error.put(form)
        else:
            messages.success(request, _("The answer is written down."))
            return HttpResponseRedirect(reverse("finance:claim", args=[row.pk]))
    context = {"claim": row, "form": form}
    return render(request, "finance/claims/answer.html", context, status=422 if form.errors else 200)


@needs(Perm.CLAIMS_WORK)
@require_http_methods(["GET", "POST"])
def receive_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Post the insurer's money."""
    row = _claim(request, pk)
    [sums] = with_sums([row])
    form = ReceiveForm(request.POST or None, initial={"amount": sums.to_come}, branch=row.branch)

    def work(data: dict[str, Any]) -> HttpResponse:
        made = actions.receive_claim(claim=row, by=request.user, **data)
        messages.success(request, _("%(amount)s of the insurer came.") % {"amount": format_money(made.amount)})
        return html.redirect_to(reverse("finance:claim", args=[row.pk]))

    return panel(request, "finance/claims/receive.html", form, work, claim=row)


@needs(Perm.CLAIMS_WORK)
@require_POST
def settle_difference(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide who bears what the insurer does not pay of a line, or leave the line out of a draft (`way=out`)."""
    lines = ClaimLine.objects.filter(claim__in=claims_for(request.user).values("pk"), is_live=True)
    line = get_object_or_404(lines.select_related("claim__branch", "share"), pk=pk)
    way, user, branch = request.POST.get("way", ""), request.user, line.claim.branch_id
    wanted = {DifferenceWay.DISCOUNT: Perm.DISCOUNTS_GIVE, DifferenceWay.WRITE_OFF: Perm.DEBTS_WRITE_OFF}
    needed = wanted.get(DifferenceWay(way)) if way in DifferenceWay.values else None
    if needed and not user.can(needed, branch):
        return _plain(_("Your role does not include this."), 403)
    try:
        if way == "out":
            actions.take_out(line=line, by=user)
        else:
            actions.settle_difference(line=line, way=way, by=user)
    except ActionError as error:
        return _plain(error.message, error.status)
    return HttpResponseRedirect(reverse("finance:claim", args=[line.claim_id]))


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
