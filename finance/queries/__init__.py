"""Reads of money, by subject."""

from finance.queries import conditions
from finance.queries.books import journals, name_of, trial_balance
from finance.queries.days import clinic_today, local_day, today
from finance.queries.deposits import deposit_state, fee_bill_of
from finance.queries.documents import bill_of, invoices_for, invoices_of, payments_for, staff_scope
from finance.queries.memberships import goes_first
from finance.queries.moments import balance_tile, bill_moments, package_tile, payment_moments
from finance.queries.money import balance_of, balances_of, credit_of, money_that_earns, points_offer, real_money_paid
from finance.queries.packages import session_of
from finance.queries.prices import price_of
from finance.queries.takings import drawer, payments_of, refunds_of, takings, unpaid_of

__all__ = [
    "balance_of",
    "balance_tile",
    "balances_of",
    "bill_moments",
    "bill_of",
    "clinic_today",
    "conditions",
    "credit_of",
    "deposit_state",
    "drawer",
    "fee_bill_of",
    "goes_first",
    "invoices_for",
    "invoices_of",
    "journals",
    "local_day",
    "money_that_earns",
    "name_of",
    "package_tile",
    "payment_moments",
    "payments_for",
    "payments_of",
    "points_offer",
    "price_of",
    "real_money_paid",
    "refunds_of",
    "session_of",
    "staff_scope",
    "takings",
    "today",
    "trial_balance",
    "unpaid_of",
]
