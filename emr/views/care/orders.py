"""Orders and results: placed, on their way, entered, seen, shown to the patient."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.actions import log_access, note_readings
from clinic.shared import html
from clinic.shared.errors import ActionError
from clinic.shared.speaking import speaking
from emr import actions, permissions
from emr.models import ServiceRequest
from emr.queries.orders import choices, desk_of, orders_of, with_results
from emr.statuses import ORDER_MOVES, OrderStatus
from emr.views.care.common import drawer, find_patient, page, visit_of
from emr.views.care.order_forms import OrderForm, ReasonForm
from emr.views.common import age_of


def find_order(request: HttpRequest, pk: int) -> ServiceRequest:
    """An order with its results; the reading is noted."""
    order = get_object_or_404(with_results(ServiceRequest.objects.all()), pk=pk)
    log_access(patient=order.patient, what="order", by=request.user)
    return order


@needs(Perm.RECORD_VIEW)
@require_GET
def orders(request: HttpRequest, pk: int) -> HttpResponse:
    """A patient's orders, newest first."""
    patient = find_patient(request, pk, "orders")
    add = {"url": reverse("emr:new-order", args=[patient.pk]), "label": _("Order")}
    context: dict[str, Any] = {"orders": orders_of(patient)}
    return page(request, "orders", patient, {**context, "add": add if permissions.may_write(request.user) else {}})


@needs(Perm.RECORD_WRITE)
def new_order(request: HttpRequest, pk: int) -> HttpResponse:
    """Examinations to choose from, panels first."""
    patient = find_patient(request, pk, "orders")
    visit, form = visit_of(request, patient), OrderForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = {**form.cleaned_data, "items": list(form.cleaned_data["items"])}
        try:
            actions.place_order(patient=patient, visit=visit, by=request.user, **values)
        except ActionError as error:
            error.put(form)
        else:
            return html.close_drawer(_("Ordered."))
    chosen = set(request.POST.getlist("items"))
    context = {"form": form, "groups": choices(), "chosen": chosen, "patient": patient}
    return drawer(request, "new_order", {**context, "address": request.get_full_path()})


@needs(Perm.RECORD_VIEW)
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """What a doctor has to see, and what is on its way; of all doctors on request."""
    everybody = request.GET.get("whose") == "all"
    found = desk_of(request.user, everybody=everybody)
    seen = [row.patient for row in (*found.to_see, *found.under_way, *found.seen)]
    note_readings(patients=seen, what="orders", by=request.user)
    context = {"desk": found, "everybody": everybody}
    return render(request, "emr/care/desk_part.html" if html.is_htmx(request) else "emr/care/desk.html", context)


@needs(Perm.RECORD_VIEW)
@require_GET
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """One order with its results."""
    return _shown(request, find_order(request, pk))


def _shown(request: HttpRequest, row: ServiceRequest, status: int = 200, **more: Any) -> HttpResponse:
    moves = ORDER_MOVES[row.status]
    writer = permissions.may_write(request.user)
    context = {
        "order": row,
        "patient": row.patient,
        "address": request.path,
        "files": row.files.filter(removed_at=None),
        "may_attach": permissions.may_add_files(request.user) and row.patient.merged_into_id is None,
        "may_enter": request.user.can(Perm.RECORD_MEASURE)
        and (OrderStatus.RESULTED in moves or row.status == OrderStatus.RESULTED),
        "may_send": writer and OrderStatus.UNDER_WAY in moves,
        "may_review": writer and OrderStatus.REVIEWED in moves,
        "may_release": writer and row.status == OrderStatus.REVIEWED,
        "may_cancel": writer and OrderStatus.CANCELLED in moves,
        "may_withdraw": writer and OrderStatus.ENTERED_IN_ERROR in moves,
        **more,
    }
    return drawer(request, "order", context, status)


@needs(Perm.RECORD_MEASURE)
@require_POST
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """What came back from the laboratory."""
    row = find_order(request, pk)
    values = {each.pk: request.POST[f"r{each.pk}"] for each in row.results.all() if f"r{each.pk}" in request.POST}
    try:
        actions.enter_results(
            order=row, values=values, conclusion=request.POST.get("conclusion", "")[:20_000], by=request.user
        )
    except ActionError as error:
        return _shown(request, row, 422, error=error.message)
    return html.close_drawer(_("The result is saved."))


@needs(Perm.RECORD_WRITE)
@require_POST
def do(request: HttpRequest, pk: int, to: str) -> HttpResponse:
    """A step of an order: sent, seen, seen and shown, shown, hidden; cancelled or wrong with a reason."""
    row, by = find_order(request, pk), request.user
    reason = ReasonForm(request.POST)
    why = reason.cleaned_data["reason"] if reason.is_valid() else ""
    steps = {
        "send": lambda: actions.move_order(order=row, to=OrderStatus.UNDER_WAY, by=by),
        "cancel": lambda: actions.move_order(order=row, to=OrderStatus.CANCELLED, reason=why, by=by),
        "wrong": lambda: actions.move_order(order=row, to=OrderStatus.ENTERED_IN_ERROR, reason=why, by=by),
        "review": lambda: actions.review_order(order=row, by=by),
        "review-and-show": lambda: actions.review_order(order=row, release=True, by=by),
        "show": lambda: actions.release_order(order=row, by=by),
        "hide": lambda: actions.release_order(order=row, shown=False, by=by),
    }
    try:
        steps[to]()
    except ActionError as error:
        return _shown(request, row, 422, error=error.message)
    return html.close_drawer(_("Saved."))


@needs(Perm.RECORD_VIEW)
@require_GET
def print_order(request: HttpRequest, pk: int) -> HttpResponse:
    """The order on A5, to hand over."""
    row = find_order(request, pk)
    with speaking(request.GET.get("language", "") or request.COOKIES.get("language", "")) as language:
        context = {"order": row, "patient": row.patient, "age": age_of(row.patient), "language": language}
        return render(request, "emr/care/order_print.html", context)
