"""Ordering examinations, entering what came back, seeing it, showing it to the patient."""

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.statuses import move
from clinic.shared.text import normalise
from emr.models import OrderItem, OrderKind, Result, ServiceRequest, ServiceRequestStatusChange
from emr.permissions import require_write
from emr.statuses import ORDER_MOVES, OrderStatus
from scheduling.models import Practitioner, Visit

MOST_ITEMS = 60
OVER = {OrderStatus.CANCELLED, OrderStatus.ENTERED_IN_ERROR}


@action
def place_order(
    *,
    patient: Patient,
    items: list[OrderItem],
    visit: Visit | None = None,
    practitioner: Practitioner | None = None,
    question: str = "",
    place: str = "",
    is_urgent: bool = False,
    by: User | None,
) -> list[ServiceRequest]:
    """Order examinations: one order for the laboratory, one for imaging, one for the rest. A panel brings its members.

    Raises Invalid for nothing chosen, or for more than 60 at once.
    """
    require_write(by, visit.branch_id if visit else None)
    if not items:
        raise Invalid(_("Choose what to order."), field="items")
    doctor = practitioner or (visit.practitioner if visit else None)
    doctor = doctor or Practitioner.objects.filter(user=by, is_active=True).first()
    orders = []
    for kind in OrderKind.values:
        chosen = [item for item in items if item.kind == kind]
        if chosen:
            order = ServiceRequest.objects.create(
                patient=patient, visit=visit, practitioner=doctor, kind=kind, is_urgent=is_urgent,
                question=normalise(question)[:300], place=normalise(place)[:120],
            )  # fmt: skip
            ServiceRequestStatusChange.record(order, "", OrderStatus.REQUESTED, by=by)
            _add_items(order, chosen)
            orders.append(order)
    return orders


def _add_items(order: ServiceRequest, chosen: list[OrderItem]) -> None:
    wanted: dict[str, OrderItem] = {}
    for item in chosen:
        for each in list(item.panel.filter(is_active=True)) or [item]:
            wanted.setdefault(each.name, each)
    if len(wanted) > MOST_ITEMS:
        raise Invalid(_("Order at most 60 examinations at once."), field="items")
    for item in wanted.values():
        low, high = item.limits_for(order.patient.sex)
        Result.objects.create(
            order=order, item=item, name=item.name, unit=item.unit, low=low, high=high, normal_text=item.normal_text
        )


@action
def move_order(*, order: ServiceRequest, to: str, reason: str = "", by: User | None) -> ServiceRequest:
    """Send it on its way, cancel it, or mark it as entered in error; the latter two with a reason.

    Raises Conflict where the table forbids it, Invalid without the reason.
    """
    require_write(by)
    if to in OVER and not normalise(reason):
        raise Invalid(_("Say why."), field="reason")
    if to not in {OrderStatus.UNDER_WAY, *OVER}:
        raise Conflict(_("This follows from the result itself."), code="move_forbidden")
    changes = {"released_at": None} if to in OVER else {}
    return move(
        order, to, moves=ORDER_MOVES, log=ServiceRequestStatusChange, by=by, reason=normalise(reason), changes=changes
    )
