"""Pages and fragments of money, by subject."""

from finance.views.books import journal, ledger
from finance.views.checkout import checkout, in_words, pay_invoice
from finance.views.day import day_page, day_part
from finance.views.deposits import ask_bank, for_appointment, take_deposit
from finance.views.documents import cancel, deposit, invoice_page, receipt, refund
from finance.views.gateway import gateway
from finance.views.mine import my_bills, public_bill
from finance.views.online import came_back, deposit_part, online_page, pay_bill
from finance.views.parts import for_patient, for_visit

__all__ = [
    "ask_bank",
    "came_back",
    "cancel",
    "checkout",
    "day_page",
    "day_part",
    "deposit",
    "deposit_part",
    "for_appointment",
    "for_patient",
    "for_visit",
    "gateway",
    "in_words",
    "invoice_page",
    "journal",
    "ledger",
    "my_bills",
    "online_page",
    "pay_bill",
    "pay_invoice",
    "public_bill",
    "receipt",
    "refund",
    "take_deposit",
]
