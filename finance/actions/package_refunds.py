"""Packages are taken back with what was not used of them."""

from decimal import Decimal

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.money import format_money
from finance.actions.credit_notes import issue_credit_note, spread
from finance.actions.drawers import drawer_for
from finance.actions.invoices import check_amount, locked
from finance.actions.package_moves import change_item, locked_package, move_package, post_of
from finance.actions.returns import lower
from finance.actions.sessions import return_sessions
from finance.models import (
    Invoice,
    Package,
    PackageItem,
    PackageMove,
    PackageMoveKind,
    PaymentMethod,
)
from finance.statuses import InvoiceStatus, PackageStatus

S = PackageStatus


@action
def refund_package(
    *, package: Package, reason: str, keep: Decimal | None = None, form_token: str = "", by: User | None
) -> Package:
    """Take back what was not used of a package, at the value paid, less what the clinic keeps (`keep`).

    What is still owed for it is lowered first; the rest is paid back by the way it came, newest first, points last.
    Repeatable by `form_token`. Raises Invalid for a `keep` above what is left or without a reason, Conflict for a
    package that has ended.
    """
    hold_drawer(package.invoice, by)
    invoice = locked(package.invoice)
    package = locked_package(package)
    cause = f"package:{package.pk}/refund:{form_token or package.moves.count()}"
    if PackageMove.objects.filter(cause__startswith=f"{cause}/").exists():
        return package
    if package.status not in (S.ACTIVE, S.FROZEN):
        raise Conflict(_("Nothing is left of this package to take back."), code="ended")
    left = value_left(package)
    kept = keep or Decimal(0)
    if kept:
        check_amount(kept, "keep")
    if kept > left:
        raise Invalid(_("Only %(left)s is left of it.") % {"left": format_money(left)}, field="keep")
    if not reason.strip():
        raise Invalid(_("Write why it is taken back."), field="reason")
    lower_bill(invoice, left - kept, "package_refunded", reason, by)
    post_of(package, "package_kept", kept, cause=f"invoice:{invoice.pk}/kept:{package.moves.count()}", by=by)
    empty(package, PackageMoveKind.REFUNDED, cause, reason, by)
    return move_package(package, S.REFUNDED, by, reason=reason, frozen_on=None)


def hold_drawer(invoice: Invoice, by: User | None) -> None:
    """The drawer that cash goes back from is locked before the bill, as everywhere."""
    if invoice.payments.filter(method=PaymentMethod.CASH, refunded__lt=F("amount")).exists():
        drawer_for(invoice.branch, PaymentMethod.CASH, by)


def value_left(package: Package) -> Decimal:
    """What the clinic still owes of a package."""
    return PackageItem.objects.filter(package=package).aggregate(sum=Sum("value_left"))["sum"] or Decimal(0)


def empty(package: Package, kind: str, cause: str, reason: str, by: User | None) -> None:
    """Take every session that is left out of a locked package."""
    for item in PackageItem.objects.filter(package=package, left__gt=0).order_by("pk"):
        change_item(item, kind, -item.left, -item.value_left, cause=f"{cause}/{item.pk}", reason=reason, by=by)


def lower_bill(invoice: Invoice, amount: Decimal, rule: str, reason: str, by: User | None) -> None:
    """Lower a locked bill by the worth of what was taken back: money goes back only beyond what is owed after it."""
    if amount:
        note = issue_credit_note(
            invoice=invoice, parts=spread(invoice, amount), reason=reason, rule=rule, journal_kind="package_credit",
            by=by,
        )  # fmt: skip
        lower(invoice, note, "", by)


@action
def take_back_sold(*, invoice: Invoice, by: User | None) -> None:
    """What a cancelled bill sold is sold no more, and sessions that it used go back. May be repeated.

    Raises Conflict where something of the package was used or given back: that is a refund of the package.
    """
    if invoice.status != InvoiceStatus.CANCELLED:
        return
    return_sessions(invoice, by)
    package = Package.objects.filter(invoice=invoice).exclude(status=S.CANCELLED).first()
    if package is None:
        return
    package = locked_package(package)
    if package.status not in (S.ACTIVE, S.FROZEN) or value_left(package) != package.price:
        raise Conflict(_("Sessions of this package were used or ended. Take the package back instead."), code="used")
    empty(package, PackageMoveKind.CANCELLED, f"package:{package.pk}/cancelled", "", by)
    move_package(package, S.CANCELLED, by, frozen_on=None)
