"""The one place where stock changes: lots are locked in id order, movements written, low levels noticed.

Lots are issued by expiry and valued at the cost of their own lot. A moving average over all lots would give one cost
an item; it can be computed from the movements, which keep the cost of each.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import Branch
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.events import publish
from clinic.shared.money import format_number
from clinic.shared.notices import tell
from inventory.events import StockMoved
from inventory.models import Item, Lot, StockMovement
from scheduling.models import Visit


@dataclass(frozen=True)
class Change:
    """So much (signed) of one locked lot."""

    lot: Lot
    quantity: Decimal
    reverses: StockMovement | None = None


def locked_lots(items: Iterable[Item], branch: Branch) -> list[Lot]:
    """The lots of some items in a branch, locked; always in id order, so that two postings never wait in a ring."""
    rows = Lot.objects.filter(item__in=list(items), branch=branch).order_by("pk")
    return list(rows.select_for_update(of=("self",)).select_related("item"))


def write(
    changes: list[Change],
    *,
    branch: Branch,
    kind: str,
    cause: str,
    by: Any,
    visit: Visit | None = None,
    reason: str = "",
    unit_cost: Decimal | None = None,
) -> list[StockMovement]:
    """Write one movement for each change of a locked lot, once for a cause, kind and lot.

    Raises Conflict where a lot has less than is taken. Publishes StockMoved for each movement.
    """
    common = {"branch": branch, "kind": kind, "cause": cause, "by": by, "visit": visit, "reason": reason}
    written = [_write_one(each, unit_cost, common) for each in changes]
    for movement in written:
        publish(StockMoved(movement_id=movement.pk))
    tell("stock", branch=branch.pk)
    return written


def _write_one(change: Change, unit_cost: Decimal | None, common: dict[str, Any]) -> StockMovement:
    lot = change.lot
    if lot.quantity + change.quantity < 0:
        raise Conflict(
            _("Only %(there)s %(unit)s of “%(item)s” are left in this lot.")
            % {"there": format_number(lot.quantity.normalize()), "unit": lot.item.unit, "item": lot.item.title},
            field="quantity",
            code="not_enough",
        )
    lot.quantity += change.quantity
    lot.save(update_fields=["quantity"])
    return StockMovement.objects.create(
        lot=lot,
        item_id=lot.item_id,
        quantity=change.quantity,
        unit_cost=lot.unit_cost if unit_cost is None else unit_cost,
        reverses=change.reverses,
        **common,
    )


def already(cause: str, kind: str, lot: Lot) -> StockMovement | None:
    """The movement that an earlier call of the same cause wrote; ask only while the lot is locked."""
    return StockMovement.objects.filter(cause=cause, kind=kind, lot=lot).first()


def checked_quantity(item: Item, quantity: Decimal, *, zero: bool = False) -> Decimal:
    """The quantity, if it is a whole number of the item's steps. Raises Invalid otherwise."""
    if quantity < 0 or (quantity == 0 and not zero):
        raise Invalid(_("The quantity must be more than zero."), field="quantity", code="minimum")
    if quantity % item.step:
        raise Invalid(
            _("“%(item)s” is counted in steps of %(step)s %(unit)s.")
            % {"item": item.title, "step": format_number(item.step.normalize()), "unit": item.unit},
            field="quantity",
            code="step",
        )
    if quantity >= Decimal(10) ** 9:
        raise Invalid(_("This quantity is too large."), field="quantity", code="large")
    return quantity


def take_first_expired(lots: list[Lot], quantity: Decimal) -> tuple[list[Change], Decimal]:
    """What to take from these locked lots, the first to expire first; and how much is missing."""
    changes = []
    for lot in sorted(lots, key=lambda each: (each.expires_on is None, each.expires_on, each.pk)):
        part = min(lot.quantity, quantity)
        if part > 0:
            changes.append(Change(lot, -part))
            quantity -= part
    return changes, quantity
