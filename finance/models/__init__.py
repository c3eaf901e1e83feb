"""The ledger beneath, the documents above."""

from finance.models.books import (
    DueExpense,
    DueExpenseStatusChange,
    Every,
    PeriodMove,
    RecurringExpense,
    Supplier,
    Voucher,
    VoucherFile,
    VoucherKind,
    VoucherReversal,
)
from finance.models.deposits import Deposit, DepositStatusChange
from finance.models.desks import BranchCash, CashDesk, DayClose
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
from finance.models.online import GatewayAccount, OnlinePayment, OnlinePaymentStatusChange
from finance.models.shifts import CashMove, MoveKind, Shift, ShiftStatusChange

__all__ = [
    "REAL_MONEY",
    "Account",
    "AccountKind",
    "BranchCash",
    "CashDesk",
    "CashMove",
    "DayClose",
    "Deposit",
    "DepositStatusChange",
    "DueExpense",
    "DueExpenseStatusChange",
    "Every",
    "GatewayAccount",
    "Invoice",
    "InvoiceLine",
    "InvoiceStatusChange",
    "Journal",
    "JournalLine",
    "MoveKind",
    "OnlinePayment",
    "OnlinePaymentStatusChange",
    "Payment",
    "PaymentMethod",
    "PaymentStatusChange",
    "PeriodMove",
    "RecurringExpense",
    "Refund",
    "RefundStatusChange",
    "Shift",
    "ShiftStatusChange",
    "Supplier",
    "Voucher",
    "VoucherFile",
    "VoucherKind",
    "VoucherReversal",
    "WalletAccount",
]
