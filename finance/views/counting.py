"""The end of a shift at the desk: counted, handed over, closed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared import html
from clinic.shared.errors import ActionError
from finance import actions
from finance.queries.desks import may_take_over
from finance.queries.drawers import drawer_sum
from finance.views.counting_forms import CountForm, HandOverForm, SettleForm
from finance.views.panel import panel
from finance.views.shifts import sees_sum, shift_for
from scheduling.views.frame import refused, show


@needs(Perm.PAYMENTS_TAKE)
@require_http_methods(["GET", "POST"])
def count_shift(request: HttpRequest, pk: int) -> HttpResponse:
    """Count the drawer and close the shift; a difference is shown and waits for a word."""
    shift = shift_for(request, pk)
    form = CountForm(request.POST or None)

    def work(data: dict[str, Any]) -> str | HttpResponse:
        data.pop("form_token")
        done = actions.count_shift(shift=shift, by=request.user, **data)
        if done.status == "counted":
            answer = show(request, "finance/desks/settle.html", {"shift": done, "form": SettleForm()})
            return html.trigger(answer, live_refresh={})
        return _("The drawer agrees to the last coin. %(desk)s is closed.") % {"desk": shift.desk.name}

    shown = drawer_sum(shift) if sees_sum(request, shift) else None
    return panel(request, "finance/desks/count.html", form, work, shift=shift, sum=shown)


@needs(Perm.PAYMENTS_TAKE)
@require_http_methods(["GET", "POST"])
def settle_shift(request: HttpRequest, pk: int) -> HttpResponse:
    """A counted drawer with a difference: closed with it, or counted again."""
    shift = shift_for(request, pk)
    if request.POST.get("do") == "again":
        try:
            actions.count_again(shift=shift, by=request.user)
        except ActionError as error:
            return refused(error)
        again = show(request, "finance/desks/count.html", {"shift": shift_for(request, pk), "form": CountForm()})
        return html.trigger(again, live_refresh={})
    form = SettleForm(request.POST or None, initial={"note": shift.note})

    def work(data: dict[str, Any]) -> str:
        actions.settle_count(shift=shift, by=request.user, **data)
        return _("%(desk)s is closed; the difference is in the books.") % {"desk": shift.desk.name}

    return panel(request, "finance/desks/settle.html", form, work, shift=shift)


@needs(Perm.PAYMENTS_TAKE)
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer the counted drawer to a colleague."""
    shift = shift_for(request, pk)
    form = HandOverForm(request.POST or None, people=may_take_over(shift.branch, shift))

    def work(data: dict[str, Any]) -> str:
        data.pop("form_token")
        actions.offer_shift(shift=shift, by=request.user, **data)
        return _("Now %(who)s has to accept it.") % {"who": data["to"].full_name}

    return panel(request, "finance/desks/hand_over.html", form, work, shift=shift)


@needs(Perm.PAYMENTS_TAKE)
@require_POST
def answer_shift(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or refuse an offered drawer, or take the offer back."""
    shift = shift_for(request, pk)
    try:
        if request.POST.get("do") == "accept":
            actions.accept_shift(shift=shift, by=request.user)
            text = _("%(desk)s is yours now.") % {"desk": shift.desk.name}
        else:
            actions.refuse_shift(shift=shift, reason=request.POST.get("reason", "")[:200], by=request.user)
            text = _("The drawer stays with %(who)s.") % {"who": shift.cashier.full_name}
    except ActionError as error:
        return refused(error)
    return html.toast(html.trigger(HttpResponse(status=204), live_refresh={}), text)
