"""Entering what came back of an order."""

from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.statuses import move
from clinic.shared.text import normalise, search_key
from emr.actions.common import tidy
from emr.actions.orders import OVER
from emr.actions.vitals import require_measure
from emr.models import Flag, Result, ServiceRequest, ServiceRequestStatusChange
from emr.statuses import ORDER_MOVES, OrderStatus


@action
def enter_results(
    *, order: ServiceRequest, values: dict[int, str], conclusion: str | None = None, by: User | None
) -> ServiceRequest:
    """Write down what came back: `values` by result id, as it stands on the paper ("5.4", "negative"); an empty one
    takes the value away. Flags follow from the reference range. A changed result has to be seen again, and is taken
    back from the patient until then.

    Raises Invalid for nothing at all, Conflict for an order that is over.
    """
    require_measure(by)
    order = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=order.pk)
    if order.status in OVER:
        raise Conflict(_("This order is over."), code="over")
    rows = {row.pk: row for row in order.results.all()}
    changed = [row for pk, text in values.items() if (row := rows.get(pk)) and _fill(row, text, by)]
    words = tidy(conclusion, "conclusion") if conclusion is not None else order.conclusion
    if not (changed or words != order.conclusion):
        return order
    if not (words or any(row.is_there for row in rows.values())):
        raise Invalid(_("Write at least one value."), field="conclusion")
    for row in changed:
        row.save()
    fields = {"conclusion": words, "resulted_at": timezone.now(), "reviewed_at": None, "released_at": None}
    if order.status == OrderStatus.RESULTED:
        for name, value in fields.items():
            setattr(order, name, value)
        order.save()
        return order
    return move(order, OrderStatus.RESULTED, moves=ORDER_MOVES, log=ServiceRequestStatusChange, by=by, changes=fields)


def _fill(row: Result, text: str, by: User | None) -> bool:
    """Take a value over; says whether anything changed."""
    text = normalise(text)[:200]
    number = _number(text)
    if (row.number, row.text) == (number, "" if number is not None else text):
        return False
    row.number, row.text = number, "" if number is not None else text
    row.flag = flag_of(row)
    row.entered_by, row.entered_at = (by, timezone.now()) if text else (None, None)
    return True


def _number(text: str) -> Decimal | None:
    plain = text.replace("٫", ".").replace(",", "").replace("٬", "")
    if not plain or not plain.lstrip("-").replace(".", "", 1).isdigit() or not plain.isascii():
        return None
    value = Decimal(plain)
    return value if abs(value) < Decimal(10**9) and -value.as_tuple().exponent <= 4 else None  # type: ignore[operator]  # a finite number


def flag_of(row: Result) -> str:
    """How a value stands to its range: beyond it, or in words other than the normal ones."""
    if row.number is not None:
        if row.low is not None and row.number < row.low:
            return Flag.LOW
        if row.high is not None and row.number > row.high:
            return Flag.HIGH
        return Flag.NORMAL if row.low is not None or row.high is not None else ""
    if row.text and row.normal_text:
        return Flag.NORMAL if search_key(row.text) == search_key(row.normal_text) else Flag.ABNORMAL
    return ""
