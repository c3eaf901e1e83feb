"""Money by API, by subject."""

from finance.api.books import TrialBalanceView
from finance.api.debts import Debtors
from finance.api.deposits import Deposits, DepositsOnline
from finance.api.documents import Invoices
from finance.api.money import Discounts, Payments, RedeemPoints, Refunds

__all__ = [
    "Debtors",
    "Deposits",
    "DepositsOnline",
    "Discounts",
    "Invoices",
    "Payments",
    "RedeemPoints",
    "Refunds",
    "TrialBalanceView",
]
