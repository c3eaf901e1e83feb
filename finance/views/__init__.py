"""Pages and fragments of money, by subject."""

from finance.views.books import journal, ledger
from finance.views.checkout import checkout, in_words, pay_invoice
from finance.views.counting import answer_shift, count_shift, hand_over, settle_shift
from finance.views.day import day_page, day_part
from finance.views.deposits import ask_bank, for_appointment, take_deposit
from finance.views.desk_setup import cash_setup, desk_setup
from finance.views.desks import cash_page, cash_part
from finance.views.documents import cancel, deposit, invoice_page, receipt, refund
from finance.views.gateway import gateway
from finance.views.mine import my_bills, public_bill
from finance.views.online import came_back, deposit_part, online_page, pay_bill
from finance.views.parts import for_patient, for_visit
from finance.views.shifts import move_cash, open_desk, shift_page

__all__ = [
    "answer_shift",
    "ask_bank",
    "came_back",
    "cancel",
    "cash_page",
    "cash_part",
    "cash_setup",
    "checkout",
    "count_shift",
    "day_page",
    "day_part",
    "deposit",
    "deposit_part",
    "desk_setup",
    "for_appointment",
    "for_patient",
    "for_visit",
    "gateway",
    "hand_over",
    "in_words",
    "invoice_page",
    "journal",
    "ledger",
    "move_cash",
    "my_bills",
    "online_page",
    "open_desk",
    "pay_bill",
    "pay_invoice",
    "public_bill",
    "receipt",
    "refund",
    "settle_shift",
    "shift_page",
    "take_deposit",
]
