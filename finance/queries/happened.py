"""What happened to a bill, in one line of time: who issued, paid, reduced, paid back, cancelled it, and why."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from finance.models import Invoice, Refund
from finance.statuses import DiscountStatus, InvoiceStatus

MOVES: dict[str, Any] = {
    InvoiceStatus.ISSUED: _("Issued"),
    InvoiceStatus.BALANCED: _("Paid in full"),
    InvoiceStatus.CANCELLED: _("Cancelled"),
}
DISCOUNTS: dict[str, Any] = {
    DiscountStatus.ASKED: _("Discount asked for"),
    DiscountStatus.APPROVED: _("Discount approved"),
    DiscountStatus.GIVEN: _("Discount given"),
    DiscountStatus.DENIED: _("Discount denied"),
    DiscountStatus.WITHDRAWN: _("Discount taken back"),
}


@dataclass(frozen=True)
class Event:
    """One thing: when, what, by whom, how much and why."""

    at: dt.datetime
    icon: str
    what: str | Promise
    by: Any = None
    how: str | Promise = ""
    amount: Decimal | None = None
    reason: str = ""
    note: int | None = None  # the credit note to print


def happened(invoice: Invoice) -> list[Event]:
    """Everything of one bill, the oldest first."""
    found = [*_moves(invoice), *_money(invoice), *_notes(invoice), *_discounts(invoice)]
    return sorted(found, key=lambda event: event.at)


def _moves(invoice: Invoice) -> list[Event]:
    found = []
    for move in invoice.moves.select_related("by").order_by("pk"):
        again = move.to_status == InvoiceStatus.ISSUED and move.from_status == InvoiceStatus.BALANCED
        what = _("Owed again") if again else MOVES.get(move.to_status, move.to_status)
        icon = {"balanced": "circle-check", "cancelled": "circle-x"}.get(move.to_status, "receipt-text")
        found.append(Event(move.at, icon, what, move.by, reason="" if again else move.reason))
    return found


def _money(invoice: Invoice) -> list[Event]:
    found = [
        Event(row.received_at, "banknote", _("Payment"), row.received_by, row.get_method_display(), row.amount)
        for row in invoice.payments.select_related("received_by").order_by("pk")
    ]
    back = Refund.objects.filter(payment__invoice=invoice).select_related("by").order_by("pk")
    return found + [
        Event(row.refunded_at, "undo-2", _("Paid back"), row.by, row.get_method_display(), row.amount, row.reason)
        for row in back
    ]


def _notes(invoice: Invoice) -> list[Event]:
    return [
        Event(row.issued_at, "file-text", _("Credit note"), row.by, "", row.amount, row.reason, row.pk)
        for row in invoice.credit_notes.select_related("by").order_by("pk")
    ]


def _discounts(invoice: Invoice) -> list[Event]:
    rows = invoice.discounts.order_by("pk").prefetch_related("moves__by")
    return [
        Event(move.at, "badge-percent", DISCOUNTS[move.to_status], move.by, "", row.amount, move.reason or row.reason)
        for row in rows
        for move in row.moves.all()
    ]
