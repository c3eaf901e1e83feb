"""Sessions of packages: one pays the bill of a visit, and comes back when that is taken back.

Locks: the number of bills, the bill, the package, then deposit and credit.
"""

from collections.abc import Callable
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict
from clinic.shared.events import publish
from clinic.shared.notices import tell
from finance.actions.invoices import settle
from finance.actions.package_moves import change_item, close_if_empty, locked_package, move_package
from finance.actions.payments import Received, write_payment
from finance.events import PaymentReceived
from finance.models import (
    Invoice,
    PackageChoice,
    PackageItem,
    PackageMove,
    PackageMoveKind,
    Payment,
    PaymentMethod,
)
from finance.queries.days import today
from finance.queries.documents import bill_of
from finance.queries.packages import items_for_missed, usable_items, wants_package
from finance.statuses import PackageStatus
from scheduling.models import Appointment, Visit

S = PackageStatus


def hold_session(visit: Visit) -> PackageItem | None:
    """The session that pays a visit, locked; None where there is none or it is not wanted. Call it inside an action."""
    if not wants_package(visit):
        return None
    return _held(lambda: usable_items(visit.patient, visit.service_id, today(visit.branch)))


def hold_session_for_missed(appointment: Appointment) -> PackageItem | None:
    """The session that pays the fee of a missed visit, locked; None where no package of hers says so."""
    return _held(lambda: items_for_missed(appointment))


def _held(usable: Callable[[], QuerySet[PackageItem]]) -> PackageItem | None:
    for found in usable():
        package = locked_package(found.package)
        item = usable().filter(pk=found.pk).first()
        if item and package.status == S.ACTIVE:
            return item
    return None


def use_session(
    *, invoice: Invoice, item: PackageItem, list_price: Decimal, visit: Visit | None = None, by: User | None
) -> Invoice:
    """Pay a locked bill with a session that is held; it is counted down once. Without a visit a missed one was it."""
    value, number = item.next_value, item.used + 1
    payment = None
    if value:
        received = Received(PaymentMethod.PACKAGE, value, reference=str(item.package)[:60])
        payment = write_payment(received, value, patient=invoice.patient, branch=invoice.branch, invoice=invoice, by=by)
        invoice.paid += value
        invoice.save()
    change_item(
        item, PackageMoveKind.USED, -1, -value, cause=f"invoice:{invoice.pk}/session", invoice=invoice,
        payment=payment, visit=visit, patient=invoice.patient, list_price=list_price, number=number, by=by,
    )  # fmt: skip
    close_if_empty(item.package, by)
    if payment:
        publish(PaymentReceived(payment.pk))
    return settle(invoice=invoice, by=by)


def give_session_back(*, payment: Payment, by: User | None) -> None:
    """The session that a payment was goes back into its package; once. The caller posts."""
    used = PackageMove.objects.filter(payment=payment, kind=PackageMoveKind.USED).first()
    if used:
        _give_back(used, by)


@action
def choose_package(*, visit: Visit, uses: bool, by: User | None) -> PackageChoice:
    """Say for one visit whether a package may pay it. Raises Conflict once the visit is billed."""
    if bill_of(visit):
        raise Conflict(_("This visit is billed already. Reopen the visit to pay it in another way."), code="billed")
    PackageChoice.objects.get_or_create(visit=visit)
    choice = PackageChoice.objects.select_for_update().get(visit=visit)
    choice.uses = uses
    choice.save()
    tell("money", branch=visit.branch_id)
    tell("board", branch=visit.branch_id)
    return choice


def return_sessions(invoice: Invoice, by: User | None) -> None:
    """Sessions that a cancelled bill used without a payment (those of no value) go back."""
    for used in PackageMove.objects.filter(invoice=invoice, kind=PackageMoveKind.USED).order_by("pk"):
        _give_back(used, by)


def _give_back(used: PackageMove, by: User | None) -> None:
    cause = f"move:{used.pk}/back"
    package = locked_package(used.package)
    if PackageMove.objects.filter(cause=cause).exists() or used.item_id is None:
        return
    item = PackageItem.objects.get(pk=used.item_id)
    change_item(
        item, PackageMoveKind.GIVEN_BACK, 1, -used.value, cause=cause, invoice=used.invoice, payment=used.payment,
        visit=used.visit, patient=used.patient, number=used.number, by=by,
    )  # fmt: skip
    if package.status not in (S.ACTIVE, S.FROZEN):
        move_package(package, S.ACTIVE, by)
