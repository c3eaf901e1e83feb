"""Packages are sold on a bill of their own."""

import datetime as dt
from decimal import Decimal
from secrets import token_urlsafe

from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.money import format_money, split_by_largest_remainder
from clinic.shared.statuses import begin
from finance.actions.invoices import Draft, check_amount, issue_invoice
from finance.actions.package_moves import note_move
from finance.models import (
    Invoice,
    Package,
    PackageItem,
    PackageKind,
    PackageKindLine,
    PackageMoveKind,
    PackageStatusChange,
)
from finance.queries.days import today

RULES = ("transferable", "shareable", "counts_missed", "freeze_days", "commission_on")


@action
def sell_package(
    *,
    kind: PackageKind,
    patient: Patient,
    branch: Branch,
    discount: Decimal | None = None,
    discount_reason: str = "",
    sold_on: dt.date | None = None,
    form_token: str = "",
    by: User | None,
) -> Package:
    """Sell a package on a bill of its own; what she owes for it is paid like every bill, at once or over time.

    `sold_on` is an earlier day, for what is entered afterwards. Repeatable by `form_token`. Raises Conflict for a kind
    that is not on sale or a day of a closed period, Invalid for a day to come, a discount above the price or without a
    reason.
    """
    cause = f"package:{form_token or token_urlsafe(12)}"
    done = Package.objects.filter(invoice__cause=cause).first()
    if done:
        return done
    lines = [line for line in kind.lines.select_related("service").order_by("pk") if line.count]
    if not kind.is_active or not lines:
        raise Conflict(_("This package is not on sale any more."), code="not_on_sale")
    if sold_on and sold_on > today(branch):
        raise Invalid(_("This day has not come yet."), field="sold_on")
    less = discount or Decimal(0)
    _check_discount(kind, less, discount_reason)
    draft = Draft(
        kind.name, kind.price, f"package-kind:{kind.pk}", discount=less, discount_reason=discount_reason.strip(),
        rule="package_sold",
    )  # fmt: skip
    invoice = issue_invoice(patient=patient, branch=branch, lines=[draft], cause=cause, business_date=sold_on, by=by)
    done = Package.objects.filter(invoice=invoice).first()
    return done or _begin(kind, lines, invoice, by)


def _check_discount(kind: PackageKind, discount: Decimal, reason: str) -> None:
    if not discount:
        return
    check_amount(discount, "discount")
    if discount > kind.price:
        text = _("The discount can be at most the price, %(price)s.") % {"price": format_money(kind.price)}
        raise Invalid(text, field="discount")
    if not reason.strip():
        raise Invalid(_("Write why the discount is given."), field="discount_reason")


def _begin(kind: PackageKind, lines: list[PackageKindLine], invoice: Invoice, by: User | None) -> Package:
    day = invoice.business_date or today(invoice.branch)
    package = Package(
        kind=kind, patient=invoice.patient, branch=invoice.branch, invoice=invoice, name=kind.name,
        price=invoice.total, sold_on=day, valid_until=day + dt.timedelta(kind.valid_days) if kind.valid_days else None,
        **{name: getattr(kind, name) for name in RULES},
    )  # fmt: skip
    begin(package, log=PackageStatusChange, by=by)
    weights = [line.service.price * line.count for line in lines]
    if not all(weights):  # without list prices every session is worth the same
        weights = [Decimal(line.count) for line in lines]
    for line, value in zip(lines, split_by_largest_remainder(invoice.total, weights), strict=True):
        item = PackageItem(
            package=package, service=line.service, count=line.count, left=line.count, value=value, value_left=value
        )
        item.save()
        note_move(
            package, PackageMoveKind.SOLD, cause=f"item:{item.pk}/sold", item=item, sessions=item.count, value=value,
            patient=invoice.patient, invoice=invoice, by=by,
        )  # fmt: skip
    return package
