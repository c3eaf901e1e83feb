"""Makers of packages for the tests of money."""

import datetime as dt
from decimal import Decimal
from typing import Any

from finance import actions
from finance.models import Package, PackageItem, PackageKind, PackageMove
from finance.queries.days import today
from scheduling.models import Service, Visit
from tests.finance import make as money


def kind(price: int = 1_000_000, *, counts: dict[Service, int] | None = None, **rules: Any) -> PackageKind:
    """A package of three sessions of one service."""
    counts = counts or {money.make.service(price=Decimal(400_000)): 3}
    values = {"name": "لیزر، سه جلسه", "price": Decimal(price), "valid_days": 90, **rules}
    return actions.save_package_kind(kind=None, counts=counts, by=None, **values)


def sold(price: int = 1_000_000, *, patient: Any = None, paid: int | None = None, **rules: Any) -> Package:
    """A package that was sold and paid."""
    package = actions.sell_package(
        kind=kind(price, **rules), patient=patient or money.make.patient(), branch=money.make.branch(), by=None
    )
    amount = price if paid is None else paid
    if amount:
        money.pay(package.invoice, amount)
    return Package.objects.get(pk=package.pk)


def visit_with(package: Package, **fields: Any) -> Visit:
    """A visit for what the package holds."""
    service = package.items.order_by("pk")[0].service
    return money.visit(service=service, patient=fields.pop("patient", package.patient), **fields)


def left(package: Package) -> list[tuple[int, int]]:
    """Sessions and value left of each service."""
    return [(item.left, int(item.value_left)) for item in package.items.order_by("pk")]


def agreed() -> None:
    """The debt in the books is the value that is left of packages, and each item is the sum of its moves."""
    money.agreed()
    items = PackageItem.objects.all()
    assert -money.books().get("2050", 0) == sum(item.value_left for item in items)
    for item in items:
        moves = PackageMove.objects.filter(item=item)
        assert item.left == sum(move.sessions for move in moves)
        assert item.value_left == sum(move.value for move in moves)


def over(package: Package) -> None:
    """Its last day was yesterday."""
    package = Package.objects.get(pk=package.pk)
    package.valid_until = today(package.branch) - dt.timedelta(1)
    package.save()
