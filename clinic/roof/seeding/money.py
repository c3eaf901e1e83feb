"""Invoices, payments and their journals for finished visits, in the books as the product itself would post them."""

import secrets
from random import Random

from django.db.models import Max, Sum
from django.db.models.functions import TruncMonth

from clinic.accounts.models import Branch
from clinic.shared.bulk import write_rows
from clinic.shared.tenancy import current_clinic
from finance.actions.ledger import account
from finance.models import (
    Invoice,
    InvoiceLine,
    InvoiceStatusChange,
    Journal,
    JournalLine,
    Payment,
    PaymentMethod,
    PaymentStatusChange,
)
from finance.postings import CHANNEL
from finance.statuses import InvoiceStatus, PaymentStatus
from scheduling.models import Visit

METHODS = [PaymentMethod.CARD] * 6 + [PaymentMethod.CASH] * 3 + [PaymentMethod.TRANSFER]
UNPAID_SHARE = 0.03


def bill_visits(rng: Random, visits: list[Visit], methods: list[PaymentMethod] = METHODS) -> None:
    """Bill every visit at its service's price; nearly all are paid in full, by one of the methods."""
    visits = [visit for visit in visits if visit.service.price]
    if not visits:
        return
    number = Invoice.objects.aggregate(last=Max("number"))["last"] or 0
    invoices = [_invoice(visit, number + place) for place, visit in enumerate(visits, 1)]
    paid = [(invoice, rng.choice(methods)) for invoice in invoices if rng.random() >= UNPAID_SHARE]
    for invoice, _method in paid:
        invoice.paid = invoice.total
        invoice.__dict__["status"] = InvoiceStatus.BALANCED  # born so: no move to write twice
    write_rows(Invoice, invoices)
    write_rows(InvoiceLine, [_line(invoice) for invoice in invoices])
    write_rows(InvoiceStatusChange, [move for invoice in invoices for move in _invoice_moves(invoice)])
    payments = [_payment(invoice, method) for invoice, method in paid]
    write_rows(Payment, payments)
    write_rows(
        PaymentStatusChange,
        [PaymentStatusChange(subject=p, to_status=PaymentStatus.RECEIVED, at=p.received_at) for p in payments],
    )
    _post(invoices, payments)


def bank_the_cash(branch: Branch) -> None:
    """At each month's end the drawer's cash went to the bank."""
    drawer, bank = account(key="cash", branch=branch, by=None), account(key="bank", branch=None, by=None)
    months = (
        JournalLine.objects.filter(account=drawer, journal__kind="payment")
        .annotate(month=TruncMonth("journal__business_date"))
        .values("month")
        .annotate(cash=Sum("amount"), last=Max("journal__business_date"), at=Max("journal__posted_at"))
        .order_by("month")
    )
    rows = [
        (Journal(kind="banked", cause=f"banked:{branch.pk}:{row['month']:%Y-%m}", business_date=row["last"],
                 posted_at=row["at"], branch=branch), row["cash"])
        for row in months
    ]  # fmt: skip
    write_rows(Journal, [journal for journal, _cash in rows])
    sides = [(drawer, -1), (bank, 1)]
    write_rows(
        JournalLine,
        [
            JournalLine(journal=journal, account=where, amount=cash * sign)
            for journal, cash in rows
            for where, sign in sides
        ],
    )


def _invoice(visit: Visit, number: int) -> Invoice:
    price = visit.service.price
    return Invoice(
        number=number,
        status=InvoiceStatus.ISSUED,
        branch=visit.branch,
        patient_id=visit.patient_id,
        visit=visit,
        cause=f"visit:{visit.pk}",
        issued_at=visit.finished_at,
        business_date=visit.day,
        subtotal=price,
        total=price,
        public_token=secrets.token_urlsafe(24),
        created_at=visit.finished_at,
    )


def _line(invoice: Invoice) -> InvoiceLine:
    visit = _visit_of(invoice)
    service = visit.service
    return InvoiceLine(
        invoice=invoice,
        service=service,
        practitioner_id=visit.practitioner_id,
        name=service.name,
        unit_price=service.price,
        price_source=f"service:{service.pk}",
        total=service.price,
        created_at=invoice.created_at,
    )


def _invoice_moves(invoice: Invoice) -> list[InvoiceStatusChange]:
    moves = [InvoiceStatusChange(subject=invoice, to_status=InvoiceStatus.ISSUED, at=invoice.issued_at)]
    if invoice.paid:
        moves.append(
            InvoiceStatusChange(
                subject=invoice,
                from_status=InvoiceStatus.ISSUED,
                to_status=InvoiceStatus.BALANCED,
                at=invoice.issued_at,
            )
        )
    return moves


def _payment(invoice: Invoice, method: str) -> Payment:
    return Payment(
        invoice=invoice,
        patient_id=invoice.patient_id,
        branch=invoice.branch,
        method=method,
        amount=invoice.total,
        account=account(key=CHANNEL[method], branch=invoice.branch, by=None),
        received_at=invoice.issued_at,
        business_date=invoice.business_date,
        created_at=invoice.issued_at,
    )


def _post(invoices: list[Invoice], payments: list[Payment]) -> None:
    receivable = account(key="receivable", branch=None, by=None)
    revenue = account(key="service_revenue", branch=None, by=None)
    journals, sides = [], []
    for invoice in invoices:
        journals.append(_journal("issue", f"invoice:{invoice.pk}", invoice))
        visit = _visit_of(invoice)
        work = {"practitioner_id": visit.practitioner_id, "service_id": visit.service_id}
        sides.append([(receivable, invoice.total, {"patient_id": invoice.patient_id}), (revenue, -invoice.total, work)])
    for payment in payments:
        assert payment.invoice is not None
        assert payment.account is not None
        journals.append(_journal("payment", f"payment:{payment.pk}", payment.invoice))
        owed = {"patient_id": payment.patient_id}
        sides.append([(payment.account, payment.amount, {}), (receivable, -payment.amount, owed)])
    write_rows(Journal, journals)
    write_rows(
        JournalLine,
        [
            JournalLine(journal=journal, account=where, amount=amount, **about)
            for journal, lines in zip(journals, sides, strict=True)
            for where, amount, about in lines
        ],
    )


def _visit_of(invoice: Invoice) -> Visit:
    assert invoice.visit  # every seeded bill is of a visit
    return invoice.visit


def _journal(kind: str, cause: str, invoice: Invoice) -> Journal:
    memo = f"#{invoice.number}" if current_clinic().language == "en" else f"صورت‌حساب {invoice.number}"
    return Journal(
        kind=kind,
        cause=cause,
        business_date=invoice.business_date,
        posted_at=invoice.issued_at,
        branch=invoice.branch,
        memo=memo,
    )
