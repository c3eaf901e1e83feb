"""What waits for a decision at the desk: bookings to approve, deposits to do without, fees to charge or waive."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.accounts.queries import open_branches
from clinic.shared.errors import ActionError, Forbidden, NotFound
from clinic.shared.html import close_drawer, is_htmx, toast, trigger
from clinic.shared.money import format_money
from scheduling import actions
from scheduling.forms.decide import REFUSALS, WAIVERS, FeeForm, ReasonForm
from scheduling.models import Appointment, MissFee
from scheduling.queries import panel
from scheduling.queries.deciding import fees_decided, fees_to_decide, notes_of, waiting_requests, with_notes
from scheduling.queries.policy import awaits_deposit
from scheduling.queries.stranded import SOON, stranded
from scheduling.views.frame import branch_of, frame, on_the_clock_of, refused, show


@needs(Perm.DIARY_BOOK)
@require_safe
def decide(request: HttpRequest) -> HttpResponse:
    """Everything of a branch that waits for a decision; the live part of the page is the same address."""
    branch = branch_of(request, Perm.DIARY_BOOK)
    may_fees = request.user.can(Perm.FEES_DECIDE, branch)
    requests = list(waiting_requests(branch))
    context = {
        **frame(request, branch, Perm.DIARY_BOOK),
        "to_approve": [each for each in requests if each.needs_approval],
        "unpaid": [each for each in requests if not each.needs_approval and awaits_deposit(each)],
        "fees": with_notes(fees_to_decide(branch)) if may_fees else [],
        "decided": fees_decided(branch) if may_fees else [],
        "may_fees": may_fees,
        "stranded": stranded(branch=branch),
    }
    template = "scheduling/decide/_part.html" if is_htmx(request) else "scheduling/decide/page.html"
    with on_the_clock_of(branch):
        return render(request, template, context)


@needs(Perm.DIARY_BOOK)
@require_safe
def sign(request: HttpRequest) -> HttpResponse:
    """A line for the board: how much waits; nothing where nothing does."""
    branch = branch_of(request, Perm.DIARY_BOOK)
    context = {
        "branch": branch,
        "requests": waiting_requests(branch).count(),
        "fees": fees_to_decide(branch).count() if request.user.can(Perm.FEES_DECIDE, branch) else 0,
        "stranded": len(stranded(branch=branch, ahead=SOON)),
    }
    return render(request, "scheduling/decide/_sign.html", context)


@needs(Perm.DIARY_BOOK)
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a waiting booking."""
    found = _request(request, pk)
    words = _("%(name)s is told that the visit is booked.")
    return _answer(lambda: actions.approve(appointment=found, by=request.user), words % {"name": found.patient})


@needs(Perm.DIARY_BOOK)
@require_http_methods(["GET", "POST"])
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse a waiting booking: a ready answer or words of one's own, which the patient reads."""
    found = _request(request, pk)
    form = ReasonForm(request.POST or None, label=_("The patient reads why"), ready=REFUSALS)

    def work(reason: str) -> str:
        actions.reject(appointment=found, reason=reason, by=request.user)
        return _("%(name)s is told why, and the time is free.") % {"name": found.patient}

    undo = f"/desk/appointments/{pk}/undo/?of=cancelled"
    return _reason(request, form, work, title=_("Refuse the booking"), thing=found, danger=True, undo_url=undo)


@needs(Perm.DIARY_BOOK)
@require_http_methods(["GET", "POST"])
def no_deposit(request: HttpRequest, pk: int) -> HttpResponse:
    """Do without the deposit of a waiting booking."""
    found = _request(request, pk)
    form = ReasonForm(
        request.POST or None, label=_("Why no deposit is asked for"), ready=[_("Known patient"), *WAIVERS[1:]]
    )

    def work(reason: str) -> str:
        actions.waive_deposit(appointment=found, reason=reason, by=request.user)
        return _("No deposit is asked of %(name)s.") % {"name": found.patient}

    return _reason(request, form, work, title=_("Do without the deposit"), thing=found)


@needs(Perm.FEES_DECIDE)
@require_POST
def fee_charge(request: HttpRequest, pk: int) -> HttpResponse:
    """Charge a fee as the terms say, in one click."""
    fee = _fee(request, pk)
    words = _("%(amount)s is asked of %(name)s.")
    said = notes_of([fee]).get(fee.pk) or words % {"amount": format_money(fee.amount), "name": fee.appointment.patient}
    return _answer(lambda: actions.charge_fee(fee=fee, by=request.user), said)


@needs(Perm.FEES_DECIDE)
@require_http_methods(["GET", "POST"])
def fee(request: HttpRequest, pk: int) -> HttpResponse:
    """Charge another amount, with a reason."""
    found = _fee(request, pk)
    form = FeeForm(request.POST or None, label=_("Why another amount"), ready=[], initial={"amount": found.amount})

    def work(reason: str) -> str:
        charged = actions.charge_fee(fee=found, amount=form.cleaned_data["amount"], reason=reason, by=request.user)
        words = _("%(amount)s is asked of %(name)s.")
        return words % {"amount": format_money(charged.amount), "name": found.appointment.patient}

    return _reason(request, form, work, title=_("Charge another amount"), thing=found.appointment)


@needs(Perm.FEES_DECIDE)
@require_http_methods(["GET", "POST"])
def fee_waive(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a fee go, with a reason."""
    found = _fee(request, pk)
    form = ReasonForm(request.POST or None, label=_("Why it is waived"), ready=WAIVERS)

    def work(reason: str) -> str:
        actions.waive_fee(fee=found, reason=reason, by=request.user)
        return _("Nothing is asked of %(name)s.") % {"name": found.appointment.patient}

    undo = f"/desk/fees/{pk}/reopen/"
    return _reason(request, form, work, title=_("Waive the fee"), thing=found.appointment, undo_url=undo)


@needs(Perm.FEES_DECIDE)
@require_POST
def fee_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a waived fee back on the list."""
    found = _fee(request, pk)
    return _answer(lambda: actions.reopen_fee(fee=found, by=request.user), _("Undone."))


def _request(request: HttpRequest, pk: int) -> Appointment:
    found = panel.appointment_for(request.user, pk)
    _must(request, Perm.DIARY_BOOK, found.branch)
    if found.patient is None:
        raise NotFound(_("There is no such appointment."))
    return found


def _fee(request: HttpRequest, pk: int) -> MissFee:
    rows = MissFee.objects.filter(appointment__branch__in=open_branches(request.user, Perm.FEES_DECIDE))
    found = rows.select_related("appointment__patient", "appointment__branch", "appointment__service").filter(pk=pk)
    fee = found.first()
    if fee is None:
        raise NotFound(_("There is no such fee."))
    return fee


def _must(request: HttpRequest, permission: Perm, branch: Branch) -> None:
    if not request.user.can(permission, branch):
        raise Forbidden(_("Your role does not allow this."))


def _answer(work: Callable[[], Any], said: str) -> HttpResponse:
    """Nothing to swap: live parts fetch themselves again, the toast says what happened."""
    try:
        work()
    except ActionError as error:
        return refused(error)
    return toast(trigger(HttpResponse(status=204), live_refresh={}), said)


def _reason(
    request: HttpRequest,
    form: ReasonForm,
    work: Callable[[str], str],
    *,
    title: str,
    thing: Appointment,
    danger: bool = False,
    undo_url: str = "",
) -> HttpResponse:
    """A drawer that asks for a reason, does the work and closes."""
    if request.method == "POST" and form.is_valid():
        try:
            said = work(form.given)
        except ActionError as error:
            form.add_action_error(error)
        else:
            return close_drawer(said, undo_url=undo_url)
    context = {"form": form, "title": title, "appointment": thing, "danger": danger, "to": request.path}
    with on_the_clock_of(thing.branch):
        return show(request, "scheduling/decide/reason.html", context, status=422 if form.errors else 200)
