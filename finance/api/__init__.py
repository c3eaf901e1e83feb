"""Money by API, by subject."""

from finance.api.ahead import MembershipPlans, Memberships, PackageKinds, Packages
from finance.api.books import (
    BalanceSheetView,
    CashFlowView,
    MatchedView,
    ProfitView,
    TrialBalanceView,
    WeeklyView,
)
from finance.api.claims import Claims
from finance.api.days import CashDays
from finance.api.debts import Debtors
from finance.api.deposits import Deposits, DepositsOnline
from finance.api.desks import Desks, OpenDesk
from finance.api.documents import Invoices
from finance.api.gifts import GiftCards
from finance.api.ledger import Accounts, Journals
from finance.api.money import CreditNotes, Discounts, Payments, RedeemPoints, Refunds
from finance.api.periods import Periods
from finance.api.shifts import Shifts
from finance.api.suppliers import Suppliers
from finance.api.vouchers import Vouchers
from finance.api.wallets import DoctorWallet, DoctorWallets, MyDoctorWallet

__all__ = [
    "Accounts",
    "BalanceSheetView",
    "CashDays",
    "CashFlowView",
    "Claims",
    "CreditNotes",
    "Debtors",
    "Deposits",
    "DepositsOnline",
    "Desks",
    "Discounts",
    "DoctorWallet",
    "DoctorWallets",
    "GiftCards",
    "Invoices",
    "Journals",
    "MatchedView",
    "MembershipPlans",
    "Memberships",
    "MyDoctorWallet",
    "OpenDesk",
    "PackageKinds",
    "Packages",
    "Payments",
    "Periods",
    "ProfitView",
    "RedeemPoints",
    "Refunds",
    "Shifts",
    "Suppliers",
    "TrialBalanceView",
    "Vouchers",
    "WeeklyView",
]
