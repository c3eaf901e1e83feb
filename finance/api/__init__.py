"""Money by API, by subject."""

from finance.api.ahead import MembershipPlans, Memberships, PackageKinds, Packages
from finance.api.books import TrialBalanceView
from finance.api.debts import Debtors
from finance.api.deposits import Deposits, DepositsOnline
from finance.api.documents import Invoices
from finance.api.gifts import GiftCards
from finance.api.money import Discounts, Payments, RedeemPoints, Refunds

__all__ = [
    "Debtors",
    "Deposits",
    "DepositsOnline",
    "Discounts",
    "GiftCards",
    "Invoices",
    "MembershipPlans",
    "Memberships",
    "PackageKinds",
    "Packages",
    "Payments",
    "RedeemPoints",
    "Refunds",
    "TrialBalanceView",
]
