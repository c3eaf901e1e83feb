"""Stock that comes in, is found, lost or counted."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.shared.actions import action
from clinic.shared.errors import Invalid
from clinic.shared.money import quantise
from clinic.shared.text import normalise
from inventory.actions.posting import Change, already, checked_quantity, locked_lots, take_first_expired, write
from inventory.models import TAKES, Discrepancy, Item, Lot, MovementKind, StockMovement
from inventory.queries import today_in


@action
def receive(
    *,
    item: Item,
    branch: Branch,
    quantity: Decimal,
    unit_cost: Decimal = Decimal(0),
    number: str = "",
    expires_on: date | None = None,
    reason: str = "",
    cause: str,
    by: User | None,
) -> StockMovement:
    """Put a purchase into its lot (number and expiry), once for its cause; `unit_cost` in the clinic's currency.

    A lot that is received again at another cost takes the average by quantity. Raises Invalid for a quantity that is
    no whole number of steps, a negative cost, or a lot that has expired.
    """
    checked_quantity(item, quantity)
    if unit_cost < 0:
        raise Invalid(_("The cost must be zero or more."), field="unit_cost")
    if expires_on and expires_on < today_in(branch):
        raise Invalid(_("This lot has expired: it must not come into stock."), field="expires_on", code="expired")
    lot = _lot(item, branch, normalise(number)[:40], expires_on)
    repeated = already(cause, MovementKind.PURCHASE, lot)
    if repeated:
        return repeated
    together = lot.quantity + quantity
    lot.unit_cost = quantise((lot.quantity * lot.unit_cost + quantity * unit_cost) / together)
    lot.save(update_fields=["unit_cost"])
    return write(
        [Change(lot, quantity)],
        branch=branch,
        kind=MovementKind.PURCHASE,
        cause=cause,
        reason=normalise(reason)[:200],
        unit_cost=quantise(unit_cost),
        by=by,
    )[0]


def _lot(item: Item, branch: Branch, number: str, expires_on: date | None) -> Lot:
    lot, _made = Lot.objects.get_or_create(item=item, branch=branch, number=number, expires_on=expires_on)
    return Lot.objects.select_for_update(of=("self",)).select_related("item").get(pk=lot.pk)


@action
def adjust(*, lot: Lot, kind: str, quantity: Decimal, reason: str, cause: str, by: User | None) -> StockMovement:
    """Write down what was found, lost, damaged or expired of one lot, once for its cause; the quantity is positive.

    Raises Invalid without a reason or for another kind, Conflict where the lot has less than is taken.
    """
    if kind not in TAKES | {MovementKind.FOUND}:
        raise Invalid(_("Choose what happened to it."), field="kind")
    reason = normalise(reason)[:200]
    if not reason:
        raise Invalid(_("Write why, in a few words."), field="reason", code="required")
    lot = Lot.objects.select_for_update(of=("self",)).select_related("item", "branch").get(pk=lot.pk)
    checked_quantity(lot.item, quantity)
    repeated = already(cause, kind, lot)
    if repeated:
        return repeated
    change = Change(lot, -quantity if kind in TAKES else quantity)
    return write([change], branch=lot.branch, kind=kind, cause=cause, reason=reason, by=by)[0]


@action
def count(*, item: Item, branch: Branch, counted: Decimal, cause: str, by: User | None) -> list[StockMovement]:
    """Bring the books of an item in a branch to what was counted (all lots together) and settle its shortages.

    What is missing is written off the lots that expire first, what is more goes to the newest lot.
    """
    checked_quantity(item, counted, zero=True)
    lots = locked_lots([item], branch)
    if StockMovement.objects.filter(cause=cause, item=item).exists():
        return []
    difference = counted - sum((lot.quantity for lot in lots), Decimal(0))
    how: dict[str, Any] = {"branch": branch, "cause": cause, "reason": _("Counted"), "by": by}
    written: list[StockMovement] = []
    if difference < 0:
        changes, _missing = take_first_expired(lots, -difference)
        written = write(changes, kind=MovementKind.LOST, **how)
    elif difference > 0:
        lot = lots[-1] if lots else _lot(item, branch, "", None)
        written = write([Change(lot, difference)], kind=MovementKind.FOUND, **how)
    _settle_shortages(item, branch)
    return written


def _settle_shortages(item: Item, branch: Branch) -> None:
    for row in Discrepancy.objects.select_for_update().filter(item=item, branch=branch, settled_at=None):
        row.settled_at = timezone.now()
        row.save()
