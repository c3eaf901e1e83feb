"""Key tables of money: read here, written by the actions alone. Names of accounts may be corrected."""

from clinic.accounts.admin import clinic_tables
from clinic.shared.tables import TableAdmin
from finance.models import (
    Account,
    Deposit,
    DepositStatusChange,
    Invoice,
    InvoiceLine,
    InvoiceStatusChange,
    Journal,
    JournalLine,
    Membership,
    MembershipPeriod,
    MembershipStatusChange,
    OnlinePayment,
    OnlinePaymentStatusChange,
    Package,
    PackageItem,
    PackageKind,
    PackageMove,
    PackageStatusChange,
    Payment,
    Refund,
)


class AccountTable(TableAdmin):
    list_display = ("code", "name", "kind", "branch")
    list_select_related = True
    editable = ("name", "name_en")


class InvoiceTable(TableAdmin):
    list_display = ("number", "patient", "business_date", "total", "paid", "status")
    list_filter = ("status",)
    list_select_related = ("patient",)


class LineTable(TableAdmin):
    list_display = ("invoice_id", "name", "quantity", "unit_price", "price_source", "total")


class PaymentTable(TableAdmin):
    list_display = ("received_at", "patient", "method", "amount", "refunded", "status")
    list_filter = ("method", "status")
    list_select_related = ("patient",)


class RefundTable(TableAdmin):
    list_display = ("refunded_at", "payment_id", "amount", "reason", "by")
    list_select_related = ("by",)


class JournalTable(TableAdmin):
    list_display = ("id", "business_date", "kind", "cause", "memo", "by")
    list_filter = ("kind",)
    list_select_related = ("by",)


class JournalLineTable(TableAdmin):
    list_display = ("journal_id", "account", "amount", "patient")
    list_select_related = ("account", "patient")


class DepositTable(TableAdmin):
    list_display = ("appointment_id", "patient", "amount", "paid", "used", "returned", "status")
    list_filter = ("status",)
    list_select_related = ("patient",)


class OnlinePaymentTable(TableAdmin):
    list_display = ("created_at", "patient", "amount", "status", "authority", "reference", "problem")
    list_filter = ("status",)
    list_select_related = ("patient",)
    exclude = ("token",)


class PackageKindTable(TableAdmin):
    list_display = ("name", "price", "valid_days", "is_active")
    list_filter = ("is_active",)


class PackageTable(TableAdmin):
    list_display = ("name", "patient", "price", "sold_on", "valid_until", "status")
    list_filter = ("status",)
    list_select_related = ("patient",)


class PackageItemTable(TableAdmin):
    list_display = ("package", "service", "count", "left", "value", "value_left")
    list_select_related = ("package", "service")


class PackageMoveTable(TableAdmin):
    list_display = ("at", "package", "kind", "sessions", "value", "by")
    list_filter = ("kind",)
    list_select_related = ("package", "by")


class MembershipTable(TableAdmin):
    list_display = ("name", "patient", "price", "months", "renews", "status")
    list_filter = ("status",)
    list_select_related = ("patient",)


class PeriodTable(TableAdmin):
    list_display = ("membership", "starts_on", "ends_on", "price", "earned", "returned")
    list_select_related = ("membership",)


class MoveTable(TableAdmin):
    list_display = ("at", "subject_id", "from_status", "to_status", "by", "reason")
    list_select_related = ("by",)


for model, table in (
    (Account, AccountTable),
    (Invoice, InvoiceTable),
    (InvoiceLine, LineTable),
    (Payment, PaymentTable),
    (Refund, RefundTable),
    (Journal, JournalTable),
    (JournalLine, JournalLineTable),
    (InvoiceStatusChange, MoveTable),
    (Deposit, DepositTable),
    (DepositStatusChange, MoveTable),
    (OnlinePayment, OnlinePaymentTable),
    (PackageKind, PackageKindTable),
    (Package, PackageTable),
    (PackageItem, PackageItemTable),
    (PackageMove, PackageMoveTable),
    (PackageStatusChange, MoveTable),
    (Membership, MembershipTable),
    (MembershipPeriod, PeriodTable),
    (MembershipStatusChange, MoveTable),
    (OnlinePaymentStatusChange, MoveTable),
):
    clinic_tables.register(model, table)
