"""Reads of credit notes: what is left of each line of a bill, and how money would go back."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from finance.models import CreditLine, CreditNote, Invoice, InvoiceLine
from finance.queries.documents import invoices_for
from finance.statuses import InvoiceStatus

NOTHING = Decimal(0)
# Causes of bills whose lines are no revenue yet.
SOLD_AHEAD = ("package:", "gift:", "membership:")


@dataclass(frozen=True)
class Left:
    """What can still be given back of a line."""

    line: InvoiceLine
    amount: Decimal
    quantity: Decimal


def left_of(invoice: Invoice) -> list[Left]:
    """What is left of every line of a bill, in its order."""
    given = {
        row["line"]: (row["sum"], row["count"])
        for row in CreditLine.objects.filter(line__invoice=invoice)
        .order_by()
        .values("line")
        .annotate(sum=Sum("amount"), count=Sum("quantity"))
    }
    return [
        Left(
            line,
            line.total - given.get(line.pk, (NOTHING, NOTHING))[0],
            line.quantity - given.get(line.pk, (0, NOTHING))[1],
        )
        for line in invoice.lines.select_related("practitioner", "service", "item").order_by("pk")
    ]


def notes_for(user: User, permission: str = Perm.INVOICES_VIEW) -> QuerySet[CreditNote]:
    """The credit notes of the bills that a person may see."""
    rows = CreditNote.objects.filter(invoice__in=invoices_for(user, permission).order_by().values("pk"))
    return rows.select_related("invoice__patient", "invoice__visit", "branch", "by").order_by("-pk")


def notes_of(invoice: Invoice) -> QuerySet[CreditNote]:
    """The credit notes of a bill with their lines and what was paid back, in order."""
    return invoice.credit_notes.select_related("by").prefetch_related("lines__line", "refunds__payment").order_by("pk")


def may_give_back(user: User, invoice: Invoice) -> bool:
    """Whether somebody may give back something of this bill now."""
    standing = invoice.status in (InvoiceStatus.ISSUED, InvoiceStatus.BALANCED) and invoice.credited < invoice.total
    return standing and not invoice.cause.startswith(SOLD_AHEAD) and user.can(Perm.PAYMENTS_REFUND, invoice.branch_id)
