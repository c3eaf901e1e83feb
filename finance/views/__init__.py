"""Pages and fragments of money, by subject."""

from finance.views.books import journal, ledger
from finance.views.checkout import checkout, in_words, pay_invoice
from finance.views.day import day_page, day_part
from finance.views.documents import cancel, deposit, invoice_page, receipt, refund
from finance.views.parts import for_patient, for_visit, my_bills, public_bill

__all__ = [
    "cancel",
    "checkout",
    "day_page",
    "day_part",
    "deposit",
    "for_patient",
    "for_visit",
    "in_words",
    "invoice_page",
    "journal",
    "ledger",
    "my_bills",
    "pay_invoice",
    "public_bill",
    "receipt",
    "refund",
]
