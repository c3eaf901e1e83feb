"""What is done with a claim: sent, answered, paid, its differences decided."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared import html
from clinic.shared.errors import ActionError
from clinic.shared.money import format_money
from finance import actions
from finance.models import ClaimLine, DifferenceWay
from finance.queries.claims import claims_for, lines_of, with_sums
from finance.statuses import ClaimStatus
from finance.views.claim_forms import AnswerForm, ReceiveForm, SendForm
from finance.views.claims import claim_of, plain
from finance.views.panel import panel


@needs(Perm.CLAIMS_WORK)
@require_http_methods(["GET", "POST"])
def send_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the claim went to the insurer."""
    row = claim_of(request, pk)
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
        actions.drop_claim(claim=claim_of(request, pk), by=request.user)
    except ActionError as error:
        return plain(error.message, error.status)
    messages.success(request, _("The claim was dropped; its shares can be claimed anew."))
    return HttpResponseRedirect(reverse("finance:claims"))


@needs(Perm.CLAIMS_WORK)
@require_http_methods(["GET", "POST"])
def answer_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down the insurer's answer, line by line; all is accepted where nothing is changed."""
    row = claim_of(request, pk)
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
    row = claim_of(request, pk)
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
        return plain(_("Your role does not include this."), 403)
    try:
        if way == "out":
            actions.take_out(line=line, by=user)
        else:
            actions.settle_difference(line=line, way=way, by=user)
    except ActionError as error:
        return plain(error.message, error.status)
    return HttpResponseRedirect(reverse("finance:claim", args=[line.claim_id]))
