"""Pages and fragments of money, by subject."""

from finance.views.ahead import ahead
from finance.views.books import journal, ledger
from finance.views.channels import pay_point, settle_terminal, terminals
from finance.views.chart import (
    account_edit,
    account_new,
    accounts,
    opening,
    opening_back,
    supplier,
    supplier_edit,
    supplier_new,
    suppliers,
)
from finance.views.checkout import checkout, in_words, pay_invoice
from finance.views.claim_work import answer_claim, drop_claim, receive_claim, send_claim, settle_difference
from finance.views.claims import claim, claims_page, make_claim
from finance.views.commissions import share_rule_end, share_rule_new, share_rules
from finance.views.counting import answer_shift, count_shift, hand_over, settle_shift
from finance.views.coverages import choose_cover, coverage, coverage_new, insurance_of
from finance.views.day import day_page, day_part
from finance.views.debt_rules import debt_rules
from finance.views.debtor import debtor, note_debt, owed, remind
from finance.views.debts import debtors_page
from finance.views.deposits import ask_bank, for_appointment, take_deposit
from finance.views.desk_setup import cash_setup, desk_setup
from finance.views.desks import cash_page, cash_part
from finance.views.discount_limits import discount_limits
from finance.views.discounts import decide_discount, discounts, withdraw_discount
from finance.views.documents import cancel, deposit, invoice_page, receipt, refund
from finance.views.gateway import gateway
from finance.views.gift_rules import gift_balance, gift_rules
from finance.views.gifts import gift_panel, refund_gift, renew_gift, sell_gift
from finance.views.insurance import insurer, insurers, terms, terms_new
from finance.views.insurers_owe import insurers_owe
from finance.views.keeping import paper, voucher, voucher_file, voucher_new, voucher_reverse, vouchers
from finance.views.membership_plans import membership_plan, membership_plans
from finance.views.memberships import change_membership, end_membership, membership_panel, sell_membership
from finance.views.mine import my_bills, public_bill
from finance.views.online import came_back, deposit_part, online_page, pay_bill
from finance.views.package_care import extend_package, freeze_package, refund_package, transfer_package
from finance.views.package_kinds import kind, kinds
from finance.views.packages import my_packages, package_panel, sell_package
from finance.views.parts import for_patient, for_visit
from finance.views.periods import period_close, period_open, periods
from finance.views.promises import due_page, end_plan, move_cheque, plan_invoice, take_cheque
from finance.views.recurring import due, due_skip, recurring, recurring_edit, recurring_new
from finance.views.report import close_day, daily
from finance.views.reports import account_ledger, books_report, journal_file
from finance.views.returns import credit_note, return_lines, return_sum
from finance.views.shifts import move_cash, open_desk, shift_page
from finance.views.wallets import (
    adjust_wallet,
    my_payout,
    my_share,
    my_wallet,
    pay_wallets,
    payout,
    payout_reverse,
    share,
    wallet,
    wallets_page,
)
from finance.views.write_offs import send_bill, write_off, write_off_back

__all__ = [
    "account_edit",
    "account_ledger",
    "account_new",
    "accounts",
    "adjust_wallet",
    "ahead",
    "answer_claim",
    "answer_shift",
    "ask_bank",
    "books_report",
    "came_back",
    "cancel",
    "cash_page",
    "cash_part",
    "cash_setup",
    "change_membership",
    "checkout",
    "choose_cover",
    "claim",
    "claims_page",
    "close_day",
    "count_shift",
    "coverage",
    "coverage_new",
    "credit_note",
    "daily",
    "day_page",
    "day_part",
    "debt_rules",
    "debtor",
    "debtors_page",
    "decide_discount",
    "deposit",
    "deposit_part",
    "desk_setup",
    "discount_limits",
    "discounts",
    "drop_claim",
    "due",
    "due_page",
    "due_skip",
    "end_membership",
    "end_plan",
    "extend_package",
    "for_appointment",
    "for_patient",
    "for_visit",
    "freeze_package",
    "gateway",
    "gift_balance",
    "gift_panel",
    "gift_rules",
    "hand_over",
    "in_words",
    "insurance_of",
    "insurer",
    "insurers",
    "insurers_owe",
    "invoice_page",
    "journal",
    "journal_file",
    "kind",
    "kinds",
    "ledger",
    "make_claim",
    "membership_panel",
    "membership_plan",
    "membership_plans",
    "move_cash",
    "move_cheque",
    "my_bills",
    "my_packages",
    "my_payout",
    "my_share",
    "my_wallet",
    "note_debt",
    "online_page",
    "open_desk",
    "opening",
    "opening_back",
    "owed",
    "package_panel",
    "paper",
    "pay_bill",
    "pay_invoice",
    "pay_point",
    "pay_wallets",
    "payout",
    "payout_reverse",
    "period_close",
    "period_open",
    "periods",
    "plan_invoice",
    "public_bill",
    "receipt",
    "receive_claim",
    "recurring",
    "recurring_edit",
    "recurring_new",
    "refund",
    "refund_gift",
    "refund_package",
    "remind",
    "renew_gift",
    "return_lines",
    "return_sum",
    "sell_gift",
    "sell_membership",
    "sell_package",
    "send_bill",
    "send_claim",
    "settle_difference",
    "settle_shift",
    "settle_terminal",
    "share",
    "share_rule_end",
    "share_rule_new",
    "share_rules",
    "shift_page",
    "supplier",
    "supplier_edit",
    "supplier_new",
    "suppliers",
    "take_cheque",
    "take_deposit",
    "terminals",
    "terms",
    "terms_new",
    "transfer_package",
    "voucher",
    "voucher_file",
    "voucher_new",
    "voucher_reverse",
    "vouchers",
    "wallet",
    "wallets_page",
    "withdraw_discount",
    "write_off",
    "write_off_back",
]
