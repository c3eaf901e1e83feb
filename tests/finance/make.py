"""Makers of visits, bills and stock for the tests of money."""

import datetime as dt
import itertools
import secrets
from decimal import Decimal
from typing import Any

from django.utils import timezone

from finance import actions
from finance.models import Deposit, Invoice, Journal, JournalLine, Payment, WalletAccount
from inventory.models import Item, Lot, StockMovement
from scheduling.models import Appointment, FeeKind, MissFee, Visit
from scheduling.statuses import AppointmentStatus, VisitStatus
from tests.make import Make

_numbers = itertools.count(1_000)  # above what a day of `Doctor.visit` reaches: both may write on one day
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


def appointment(deposit: Decimal | int = 200_000, **fields: Any) -> Appointment:
    """A booked appointment, tomorrow, that carries a deposit."""
    service = fields.pop("service", None) or make.service(price=Decimal(500_000))
    starts_at = fields.pop("starts_at", timezone.now() + dt.timedelta(days=1, minutes=30 * next(_numbers)))
    values = {
        "status": AppointmentStatus.BOOKED,
        "branch": make.branch(),
        "service": service,
        "practitioner": fields.pop("practitioner", None) or make.practitioner(service, hours=False),
        "ends_at": starts_at + dt.timedelta(minutes=30),
        "time_zone": "Asia/Tehran",
        "price": service.price,
        "deposit": Decimal(deposit),
        "link_token": secrets.token_urlsafe(24),
        **fields,
    }
    row = Appointment(patient=values.pop("patient", None) or make.patient(), starts_at=starts_at, **values)
    row.save()
    return row


def visit_of(booked: Appointment, **fields: Any) -> Visit:
    """Its visit, at checkout."""
    return visit(
        appointment=booked, patient=booked.patient, service=booked.service, practitioner=booked.practitioner, **fields
    )


def fee(booked: Appointment, amount: Decimal | int = 150_000, kind: str = FeeKind.LATE) -> MissFee:
    """A fee of an appointment that nobody has decided on."""
    row = MissFee(appointment=booked, kind=kind, amount=Decimal(amount))
    row.save()
    return row


def agreed() -> None:
    """Every journal sums to zero, and the documents say what the books say: credit, deposits, bills."""
    found = books()
    assert sum(found.values()) == 0
    for journal in Journal.objects.prefetch_related("lines"):
        assert sum(line.amount for line in journal.lines.all()) == 0
    assert -found.get("2010", 0) == sum(row.balance for row in WalletAccount.objects.all())
    assert -found.get("2015", 0) == sum(row.held for row in Deposit.objects.all())
    open_bills = Invoice.objects.exclude(status="cancelled")
    assert found.get("1100", 0) == sum(row.due for row in open_bills)
    for row in Payment.objects.filter(method="deposit"):
        assert row.deposit is not None
    for deposit in Deposit.objects.all():
        used = sum(row.left for row in deposit.payments.filter(method="deposit"))
        assert used == deposit.used
