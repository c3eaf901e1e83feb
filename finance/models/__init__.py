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
from finance.models.channels import PayPoint, PayPointKind, Settlement
from finance.models.claims import (
    Claim,
    ClaimDifference,
    ClaimLine,
    ClaimPayment,
    ClaimStatusChange,
    DifferenceWay,
)
from finance.models.commissions import Commission
from finance.models.credit_notes import CreditKind, CreditLine, CreditNote
from finance.models.debts import (
    BillSending,
    ContactKind,
    DebtContact,
    DebtRules,
    WriteOff,
    WriteOffReversal,
)
from finance.models.deposits import Deposit, DepositStatusChange
from finance.models.desks import BranchCash, CashDesk, DayClose
from finance.models.discounts import Discount, DiscountLimit, DiscountStatusChange
from finance.models.documents import (
    REAL_MONEY,
    Bearer,
    Invoice,
    InvoiceLine,
    InvoiceStatusChange,
    Payment,
    PaymentMethod,
    PaymentStatusChange,
    Refund,
    RefundStatusChange,
)
from finance.models.follow_ups import FollowUpWindow, FollowUpWindowStatusChange
from finance.models.gift_moves import GiftMove, GiftMoveKind, GiftTry
from finance.models.gifts import GiftCard, GiftCardStatusChange, GiftRules
from finance.models.insurance import (
    Coverage,
    Holder,
    Insurer,
    InsurerKind,
    InsurerPrice,
    InsurerShare,
    InsurerTerms,
)
from finance.models.ledger import Account, AccountKind, Journal, JournalLine, WalletAccount
from finance.models.membership_plans import MembershipPlan, MembershipPlanLine
from finance.models.memberships import (
    Membership,
    MembershipPeriod,
    MembershipRight,
    MembershipStatusChange,
    MembershipUse,
)
from finance.models.online import GatewayAccount, OnlinePayment, OnlinePaymentStatusChange
from finance.models.package_kinds import CommissionOn, PackageKind, PackageKindLine
from finance.models.package_moves import PackageChoice, PackageMove, PackageMoveKind
from finance.models.packages import Package, PackageItem, PackageStatusChange
from finance.models.promises import Cheque, ChequeStatusChange, Instalment, PaymentPlan, PaymentPlanStatusChange
from finance.models.share_rules import CommissionRule, ShareOf
from finance.models.share_terms import Basis, DiscountIn
from finance.models.shifts import CashMove, MoveKind, Shift, ShiftStatusChange
from finance.models.wallets import Payout, PayoutReversal, WalletMove, WalletMoveKind

__all__ = [
    "REAL_MONEY",
    "Account",
    "AccountKind",
    "Basis",
    "Bearer",
    "BillSending",
    "BranchCash",
    "CashDesk",
    "CashMove",
    "Cheque",
    "ChequeStatusChange",
    "Claim",
    "ClaimDifference",
    "ClaimLine",
    "ClaimPayment",
    "ClaimStatusChange",
    "Commission",
    "CommissionOn",
    "CommissionRule",
    "ContactKind",
    "Coverage",
    "CreditKind",
    "CreditLine",
    "CreditNote",
    "DayClose",
    "DebtContact",
    "DebtRules",
    "Deposit",
    "DepositStatusChange",
    "DifferenceWay",
    "Discount",
    "DiscountIn",
    "DiscountLimit",
    "DiscountStatusChange",
    "DueExpense",
    "DueExpenseStatusChange",
    "Every",
    "FollowUpWindow",
    "FollowUpWindowStatusChange",
    "GatewayAccount",
    "GiftCard",
    "GiftCardStatusChange",
    "GiftMove",
    "GiftMoveKind",
    "GiftRules",
    "GiftTry",
    "Holder",
    "Instalment",
    "Insurer",
    "InsurerKind",
    "InsurerPrice",
    "InsurerShare",
    "InsurerTerms",
    "Invoice",
    "InvoiceLine",
    "InvoiceStatusChange",
    "Journal",
    "JournalLine",
    "Membership",
    "MembershipPeriod",
    "MembershipPlan",
    "MembershipPlanLine",
    "MembershipRight",
    "MembershipStatusChange",
    "MembershipUse",
    "MoveKind",
    "OnlinePayment",
    "OnlinePaymentStatusChange",
    "Package",
    "PackageChoice",
    "PackageItem",
    "PackageKind",
    "PackageKindLine",
    "PackageMove",
    "PackageMoveKind",
    "PackageStatusChange",
    "PayPoint",
    "PayPointKind",
    "Payment",
    "PaymentMethod",
    "PaymentPlan",
    "PaymentPlanStatusChange",
    "PaymentStatusChange",
    "Payout",
    "PayoutReversal",
    "PeriodMove",
    "RecurringExpense",
    "Refund",
    "RefundStatusChange",
    "Settlement",
    "ShareOf",
    "Shift",
    "ShiftStatusChange",
    "Supplier",
    "Voucher",
    "VoucherFile",
    "VoucherKind",
    "VoucherReversal",
    "WalletAccount",
    "WalletMove",
    "WalletMoveKind",
    "WriteOff",
    "WriteOffReversal",
]
