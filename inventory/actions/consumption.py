"""What a visit uses: expected from its service, changed where reality differed, posted once when the visit ends."""

from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Forbidden
from clinic.shared.notices import tell
from inventory.actions.posting import Change, checked_quantity, locked_lots, take_first_expired, write
from inventory.models import ConsumptionLine, Discrepancy, Item, Lot, MovementKind, StockMovement, TemplateLine
from inventory.permissions import may_edit_consumption
from inventory.queries import today_in
from scheduling.models import Visit
from scheduling.statuses import IN_BUILDING


@action
def prepare_consumption(*, visit: Visit, by: User | None) -> list[ConsumptionLine]:
    """Copy what the visit's service is expected to use into the visit; lines that are there stay as they are."""
    lines = []
    for expected in TemplateLine.objects.filter(service=visit.service_id, item__is_active=True).order_by("pk"):
        quantities = {"expected": expected.quantity, "actual": expected.quantity}
        line, _made = ConsumptionLine.objects.get_or_create(visit=visit, item_id=expected.item_id, defaults=quantities)
        lines.append(line)
    return lines


@action
def set_consumption_line(*, visit: Visit, item: Item, quantity: Decimal, by: User) -> ConsumptionLine:
    """Set how much of an item the visit really used, in the item's unit (zero: none after all).

    Raises Forbidden for who neither moves stock nor treats this patient, Conflict once the visit's consumption is
    posted or the visit is over, Invalid for a quantity between two steps.
    """
    visit = Visit.objects.select_for_update(of=("self",)).select_related("practitioner", "branch").get(pk=visit.pk)
    if not may_edit_consumption(by, visit):
        raise Forbidden(_("Only who treats this patient or looks after the stock may change this."))
    if visit.status not in IN_BUILDING or visit.consumption.filter(posted_at__isnull=False).exists():
        raise Conflict(_("What this visit used is posted. Correct it in the stock."), code="posted")
    checked_quantity(item, quantity, zero=True)
    line, made = ConsumptionLine.objects.get_or_create(visit=visit, item=item, defaults={"actual": quantity})
    if not made and line.actual != quantity:
        line.actual = quantity
        line.save()
    return line


@action
def post_consumption(*, visit: Visit, by: User | None) -> list[StockMovement]:
    """Take what the visit used out of stock, once: the lots that expire first go first, expired ones never.

    What the books do not have becomes a shortage to be settled by a count; it neither stops the visit nor makes a lot
    negative. Lines that are posted already are left alone.
    """
    visit = Visit.objects.select_for_update(of=("self",)).select_related("branch").get(pk=visit.pk)
    if not visit.consumption.exists():
        prepare_consumption(visit=visit, by=by)
    open_lines = visit.consumption.filter(posted_at=None).select_related("item").order_by("item_id")
    lines = list(open_lines.select_for_update(of=("self",)))
    if not lines:
        return []
    times = max(line.times_posted for line in visit.consumption.all()) + 1
    cause = f"visit:{visit.pk}/{times}"
    changes = _changes(visit, lines, cause)
    for line in lines:
        line.posted_at, line.times_posted = timezone.now(), times
        line.save()
    if not changes:
        return []
    return write(changes, branch=visit.branch, kind=MovementKind.CONSUME, cause=cause, visit=visit, by=by)


def _changes(visit: Visit, lines: list[ConsumptionLine], cause: str) -> list[Change]:
    today = today_in(visit.branch)
    lots: dict[int, list[Lot]] = {}
    for lot in locked_lots([line.item for line in lines], visit.branch):
        if lot.expires_on is None or lot.expires_on >= today:
            lots.setdefault(lot.item_id, []).append(lot)
    changes = []
    for line in lines:
        taken, missing = take_first_expired(lots.get(line.item_id, []), line.actual)
        changes += taken
        if missing:
            shortage = {"branch": visit.branch, "visit": visit, "quantity": missing}
            Discrepancy.objects.get_or_create(cause=cause, item=line.item, defaults=shortage)
            tell("stock", branch=visit.branch_id)
    return changes


@action
def take_back_consumption(*, visit: Visit, by: User | None) -> list[StockMovement]:
    """Undo the posting of a visit that is reopened: every movement is reversed into its own lot, lines open again."""
    visit = Visit.objects.select_for_update(of=("self",)).select_related("branch").get(pk=visit.pk)
    posted = StockMovement.objects.filter(visit=visit, kind=MovementKind.CONSUME, reversed_by=None)
    movements = list(posted.select_related("item").order_by("pk"))
    for line in visit.consumption.filter(posted_at__isnull=False).select_for_update():
        line.posted_at = None
        line.save()
    for shortage in Discrepancy.objects.select_for_update().filter(visit=visit, settled_at=None):
        shortage.settled_at = timezone.now()
        shortage.save()
    lots = {lot.pk: lot for lot in locked_lots({movement.item for movement in movements}, visit.branch)}
    written: list[StockMovement] = []
    for cause in dict.fromkeys(movement.cause for movement in movements):
        changes = [Change(lots[m.lot_id], -m.quantity, reverses=m) for m in movements if m.cause == cause]
        written += write(changes, branch=visit.branch, kind=MovementKind.REVERSAL, cause=cause, visit=visit, by=by)
    return written
