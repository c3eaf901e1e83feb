"""Giving back what was billed: the drawer, what would go where, the printed credit note."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared import html
from clinic.shared.errors import ActionError
from clinic.shared.money import format_money
from clinic.shared.templatetags.ui import digits
from finance import actions
from finance.actions.returns import goes
from finance.models import Invoice
from finance.queries.backs import Back, back_of
from finance.queries.credits import left_of, notes_for
from finance.queries.documents import invoices_for
from finance.views.return_forms import ReturnForm, ways_back
from scheduling.views.frame import on_the_clock_of, show


@needs(Perm.PAYMENTS_REFUND)
@require_http_methods(["GET", "POST"])
def return_lines(request: HttpRequest, pk: int) -> HttpResponse:
    """Give back lines of a bill, or parts of them; everything that is left is filled in."""
    invoice = get_object_or_404(invoices_for(request.user, Perm.PAYMENTS_REFUND), pk=pk)
    form = _form(request, invoice, request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            note = actions.return_lines(
                invoice=invoice, lines=form.returns(), reason=data["reason"], way=data["way"],
                form_token=data["form_token"], by=request.user,
            )  # fmt: skip
        except ActionError as error:
            error.put(form)
        else:
            said = _("Credit note %(number)s of %(amount)s is written.")
            words = {"number": digits(note.number), "amount": format_money(note.amount)}
            return html.close_drawer(said % words)
    total = sum((row.amount for row, _field in form.rows), Decimal(0))
    context = {"form": form, **_said(invoice, total, "")}
    return show(request, "finance/return.html", context, status=422 if form.errors else 200)


@needs(Perm.PAYMENTS_REFUND)
@require_safe
def return_sum(request: HttpRequest, pk: int) -> HttpResponse:
    """What would go back and how, while it is typed."""
    invoice = get_object_or_404(invoices_for(request.user, Perm.PAYMENTS_REFUND), pk=pk)
    form = _form(request, invoice, request.GET)
    form.full_clean()
    wanted = sum((line.amount for line in form.returns()), Decimal(0))
    room = sum((row.amount for row, _field in form.rows), Decimal(0))
    way = form.cleaned_data.get("way", "")
    return render(request, "finance/_return_sum.html", _said(invoice, min(wanted, room), way))


@needs(Perm.OWN_VIEW)
@require_safe
def credit_note(request: HttpRequest, pk: int) -> HttpResponse:
    """The credit note on paper, for staff and the patient whose bill it is; `?paper=a5` for a sheet."""
    note = get_object_or_404(notes_for(request.user), pk=pk)
    with on_the_clock_of(note.branch):
        context: dict[str, Any] = {
            "note": note,
            "branch": note.branch,
            "lines": note.lines.select_related("line").order_by("pk"),
            "refunds": note.refunds.order_by("pk"),
            "staff": request.user.can(Perm.INVOICES_VIEW, note.branch_id),
            "a5": request.GET.get("paper") == "a5",
        }
        return render(request, "finance/credit_note.html", context)


def _form(request: HttpRequest, invoice: Invoice, data: Any) -> ReturnForm:
    another = request.user.can(Perm.REFUND_CHANNEL, invoice.branch_id)
    lines = [row for row in left_of(invoice) if row.amount]
    return ReturnForm(data, lines=lines, ways=ways_back(another))


def _said(invoice: Invoice, amount: Decimal, way: str) -> dict[str, Any]:
    """The sentence below the form: what is not owed any more, what leaves by which channel."""
    plan: Back = back_of(invoice, amount)
    back = sum((part for _payment, part in plan.parts), Decimal(0))
    return {
        "invoice": invoice,
        "amount": amount,
        "parts": goes(plan, way),
        "lowered": amount - back - plan.short,
        "short": plan.short,
    }
