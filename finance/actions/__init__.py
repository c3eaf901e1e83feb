"""Every write of money, by subject."""

from finance.actions.accounts import furnish_accounts, open_balances, save_account, save_supplier, take_back_opening
from finance.actions.bill_sendings import send_bill
from finance.actions.cash import move_cash
from finance.actions.channels import save_point, settle_terminal
from finance.actions.cheques import move_cheque, take_cheque
from finance.actions.claim_answers import answer_claim
from finance.actions.claim_money import receive_claim, settle_difference
from finance.actions.claims import drop_claim, make_claim, send_claim, take_out
from finance.actions.closing import close_day
from finance.actions.commission_rules import add_commission_rules, end_commission_rule
from finance.actions.commissions import accrue_commissions, follow_commissions, follow_stock, reverse_commission
from finance.actions.counting import count_again, count_shift, settle_count
from finance.actions.coverages import save_coverage
from finance.actions.covers import cover_invoice, uncover_invoice
from finance.actions.debt_notes import note_debt, save_debt_rules
from finance.actions.debts import remind_by_rule, remind_debtor, remind_debtors
from finance.actions.deposits import ask_deposit, follow_deposit, move_deposit, take_deposit
from finance.actions.desks import save_cash_rules, save_desk
from finance.actions.discount_limits import save_discount_limits
from finance.actions.discounts import (
    Wish,
    ask_discount,
    decide_discount,
    free_discounts,
    give_discount,
    withdraw_discount,
)
from finance.actions.fees import cancel_fee, issue_fee
from finance.actions.follow_ups import expire_follow_ups, follow_credit_note, free_follow_ups
from finance.actions.gateway import save_gateway
from finance.actions.gift_ends import expire_gift_card, refund_gift_card, take_back_gift
from finance.actions.gift_rules import save_gift_rules
from finance.actions.gift_spending import find_gift_card
from finance.actions.gifts import renew_gift_code, sell_gift_card
from finance.actions.handover import accept_shift, offer_shift, refuse_shift
from finance.actions.insurance import save_insurer, save_terms
from finance.actions.invoices import Draft, cancel_invoice, issue_invoice
from finance.actions.ledger import Entry, post, post_points, post_points_revaluation, post_stock, reverse
from finance.actions.membership_plans import save_membership_plan
from finance.actions.membership_sweep import earn_membership, renew_membership
from finance.actions.membership_uses import take_back_membership
from finance.actions.memberships import (
    begin_membership,
    cancel_membership,
    freeze_membership,
    set_renewal,
    unfreeze_membership,
)
from finance.actions.merging import carry_balances
from finance.actions.online import begin_online, check_online, start_for_deposit, start_for_invoice
from finance.actions.package_care import freeze_package, transfer_package, unfreeze_package
from finance.actions.package_kinds import save_package_kind
from finance.actions.package_refunds import refund_package, take_back_sold
from finance.actions.package_time import expire_package, extend_package
from finance.actions.packages import sell_package
from finance.actions.payments import pay, top_up
from finance.actions.payouts import adjust_wallet, pay_out, reverse_payout
from finance.actions.periods import close_period, reopen_period
from finance.actions.plans import agree_plan, end_plan
from finance.actions.recurring import confirm_due, propose_again, propose_expenses, save_recurring, skip_due
from finance.actions.refunds import refund, take_back_points
from finance.actions.returns import Return, return_lines
from finance.actions.sessions import choose_package
from finance.actions.shifts import open_shift
from finance.actions.visits import cancel_for_visit, issue_for_visit, pay_visit
from finance.actions.vouchers import Written, add_file, enter_voucher, reverse_voucher
from finance.actions.write_offs import take_back_write_off, write_off

__all__ = [
    "Draft",
    "Entry",
    "Return",
    "Wish",
    "Written",
    "accept_shift",
    "accrue_commissions",
    "add_commission_rules",
    "add_file",
    "adjust_wallet",
    "agree_plan",
    "answer_claim",
    "ask_deposit",
    "ask_discount",
    "begin_membership",
    "begin_online",
    "cancel_fee",
    "cancel_for_visit",
    "cancel_invoice",
    "cancel_membership",
    "carry_balances",
    "check_online",
    "choose_package",
    "close_day",
    "close_period",
    "confirm_due",
    "count_again",
    "count_shift",
    "cover_invoice",
    "decide_discount",
    "discount_visit",
    "drop_claim",
    "earn_membership",
    "end_commission_rule",
    "end_plan",
    "enter_voucher",
    "expire_follow_ups",
    "expire_gift_card",
    "expire_package",
    "extend_package",
    "find_gift_card",
    "follow_commissions",
    "follow_credit_note",
    "follow_deposit",
    "follow_stock",
    "free_discounts",
    "free_follow_ups",
    "freeze_membership",
    "freeze_package",
    "furnish_accounts",
    "give_discount",
    "issue_fee",
    "issue_for_visit",
    "issue_invoice",
    "make_claim",
    "move_cash",
    "move_cheque",
    "move_deposit",
    "note_debt",
    "offer_shift",
    "open_balances",
    "open_shift",
    "pay",
    "pay_out",
    "pay_visit",
    "post",
    "post_points",
    "post_points_revaluation",
    "post_stock",
    "propose_again",
    "propose_expenses",
    "receive_claim",
    "refund",
    "refund_gift_card",
    "refund_package",
    "refuse_shift",
    "remind_by_rule",
    "remind_debtor",
    "remind_debtors",
    "renew_gift_code",
    "renew_membership",
    "reopen_period",
    "return_lines",
    "reverse",
    "reverse_commission",
    "reverse_payout",
    "reverse_voucher",
    "save_account",
    "save_cash_rules",
    "save_coverage",
    "save_debt_rules",
    "save_desk",
    "save_discount_limits",
    "save_gateway",
    "save_gift_rules",
    "save_insurer",
    "save_membership_plan",
    "save_package_kind",
    "save_point",
    "save_recurring",
    "save_supplier",
    "save_terms",
    "sell_gift_card",
    "sell_package",
    "send_bill",
    "send_claim",
    "set_renewal",
    "settle_count",
    "settle_difference",
    "settle_terminal",
    "skip_due",
    "start_for_deposit",
    "start_for_invoice",
    "take_back_gift",
    "take_back_membership",
    "take_back_opening",
    "take_back_points",
    "take_back_sold",
    "take_back_write_off",
    "take_cheque",
    "take_deposit",
    "take_out",
    "top_up",
    "transfer_package",
    "uncover_invoice",
    "unfreeze_membership",
    "unfreeze_package",
    "withdraw_discount",
    "write_off",
]
