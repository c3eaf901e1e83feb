"""The ledger beneath, the documents above."""

from finance.models.documents import (
    REAL_MONEY,
    Invoice,
    InvoiceLine,
    InvoiceStatusChange,
    Payment,
    PaymentMethod,
    PaymentStatusChange,
    Refund,
    RefundStatusChange,
)
from finance.models.ledger import Account, AccountKind, Journal, JournalLine, WalletAccount

__all__ = [
    "REAL_MONEY",
    "Account",
    "AccountKind",
    "Invoice",
    "InvoiceLine",
    "InvoiceStatusChange",
    "Journal",
    "JournalLine",
    "Payment",
    "PaymentMethod",
    "PaymentStatusChange",
    "Refund",
    "RefundStatusChange",
    "WalletAccount",
]
