"""Makers of visits, bills and stock for the tests of money."""

import datetime as dt
import itertools
import secrets
from decimal import Decimal
from typing import Any

from finance import actions
from finance.models import Invoice, JournalLine, Payment
from inventory.models import Item, Lot, StockMovement
from scheduling.models import Visit
from scheduling.statuses import VisitStatus
from tests.make import Make

_numbers = itertools.count(1)
make = Make()


def visit(*, price: Decimal | int = 500_000, **fields: Any) -> Visit:
    """A visit at checkout, of a service with this price."""
    service = fields.pop("service", None) or make.service(price=Decimal(price))
    values = {
        "status": VisitStatus.CHECKOUT,
        "branch": make.branch(),
        "practitioner": fields.pop("practitioner", None) or make.practitioner(service, hours=False),
        "service": service,
        "day": dt.date(2026, 11, 21),
        "number": next(_numbers),
        "queue_token": secrets.token_urlsafe(16),
        **fields,
    }
    row = Visit(patient=values.pop("patient", None) or make.patient(), **values)
    row.save()
    return row


def bill(price: Decimal | int = 500_000, **fields: Any) -> Invoice:
    """An issued bill of one visit."""
    return actions.issue_for_visit(visit=visit(price=price, **fields), by=None)


def pay(invoice: Invoice, amount: Decimal | int, method: str = "cash", **more: Any) -> Payment:
    """A payment on it."""
    return actions.pay(invoice=invoice, method=method, amount=Decimal(amount), by=None, **more)


def movement(kind: str, quantity: Decimal | int, unit_cost: Decimal | int = 1000, **fields: Any) -> StockMovement:
    """A movement of a new item's lot, written as inventory writes it."""
    lot = fields.pop("lot", None)
    if lot is None:
        item = Item(name="گاز استریل", unit="عدد")
        item.save()
        lot = Lot.objects.create(item=item, branch=make.branch(), quantity=100, unit_cost=Decimal(unit_cost))
    row = StockMovement.objects.create(
        lot=lot,
        item=lot.item,
        branch=lot.branch,
        kind=kind,
        quantity=Decimal(quantity),
        unit_cost=lot.unit_cost,
        cause=f"test:{next(_numbers)}",
        **fields,
    )
    return StockMovement.objects.get(pk=row.pk)


def books() -> dict[str, Decimal]:
    """The balance of every account by its code (per-branch codes without the branch)."""
    found: dict[str, Decimal] = {}
    for code, amount in JournalLine.objects.values_list("account__code", "amount"):
        key = code.partition("-")[0]
        found[key] = found.get(key, Decimal(0)) + amount
    return {code: amount for code, amount in found.items() if amount}
