"""Reads of packages: whose they are, which session would pay a visit, what is left."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, Prefetch, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from clinic.patients.models import Patient, RelatedPerson
from finance.models import (
    Package,
    PackageChoice,
    PackageItem,
    PackageKind,
    PackageKindLine,
    PackageMove,
    PackageMoveKind,
    PaymentMethod,
)
from finance.models.documents import Invoice, Payment
from finance.queries.days import today
from finance.statuses import PackageStatus
from scheduling.models import Appointment, MissFee, Visit
from scheduling.queries.deciding import tells_of_fees

LIVE = [PackageStatus.ACTIVE, PackageStatus.FROZEN]


def last_unless(**condition: object) -> Case:
    """Order by this: rows of which the condition holds come first."""
    return Case(When(**condition, then=Value(0)), default=Value(1))


@dataclass(frozen=True)
class SessionOffer:
    """The session of a package that pays a visit, or would; `on` is what was said for this visit."""

    item: PackageItem
    on: bool

    @property
    def number(self) -> int:
        """The 4 of "session 4 of 10"."""
        return self.item.used + 1


def family_of(patient: Patient) -> set[int]:
    """The ids of the patients who stand on her card as relatives, or on whose card she stands."""
    pairs = RelatedPerson.objects.filter(Q(patient=patient) | Q(relative=patient), relative__isnull=False)
    return {pk for pair in pairs.values_list("patient", "relative") for pk in pair} - {patient.pk}


def usable_items(patient: Patient, service_id: int, day: dt.date) -> QuerySet[PackageItem]:
    """Sessions that may pay a service for a patient on a day: her own first, then what ends first."""
    whose = Q(package__patient=patient) | Q(package__shareable=True, package__patient__in=family_of(patient))
    valid = Q(package__valid_until=None) | Q(package__valid_until__gte=day)
    rows = PackageItem.objects.filter(
        whose, valid, package__status=PackageStatus.ACTIVE, service=service_id, left__gt=0
    ).select_related("package__patient")
    return rows.order_by(last_unless(package__patient=patient), "package__valid_until", "pk")


def wants_package(visit: Visit) -> bool:
    """Whether a package may pay this visit; it may where nothing was said."""
    return PackageChoice.objects.filter(visit=visit.pk, uses=False).first() is None


def session_offer(visit: Visit) -> SessionOffer | None:
    """The session that would pay a visit which has no bill yet."""
    item = usable_items(visit.patient, visit.service_id, today(visit.branch)).first()
    return SessionOffer(item, wants_package(visit)) if item else None


def packages_of(patients: Iterable[int]) -> QuerySet[Package]:
    """Packages of patients, the usable ones first, with what is left of them."""
    rows = Package.objects.filter(patient__in=list(patients)).select_related("patient", "branch", "invoice")
    return rows.prefetch_related("items__service").order_by(last_unless(status__in=LIVE), "-pk")


def packages_for(patient: Patient) -> QuerySet[Package]:
    """A patient's own packages, with those of cards merged into hers, and what her family shares with her."""
    mine = Q(patient=patient) | Q(patient__merged_into=patient)
    shared = Q(shareable=True, patient__in=family_of(patient), status__in=LIVE)
    rows = Package.objects.filter(mine | shared).select_related("patient", "branch", "invoice")
    return rows.prefetch_related("items__service").order_by(last_unless(status__in=LIVE), "-pk")


def name_sessions(payments: list[Payment]) -> list[Payment]:
    """Payments, those of packages with the move that tells which session it was, as `session`."""
    ids = [payment.pk for payment in payments if payment.method == PaymentMethod.PACKAGE]
    rows = PackageMove.objects.filter(payment__in=ids, kind="used").select_related("package", "item") if ids else []
    moves = {row.payment_id: row for row in rows}
    for payment in payments:
        payment.session = moves.get(payment.pk)  # type: ignore[attr-defined]  # read by the pages of bills
    return payments


def session_of(invoice: Invoice) -> PackageMove | None:
    """The session that paid a bill and was not given back."""
    used = invoice.package_moves.filter(kind=PackageMoveKind.USED).select_related("package", "item").order_by("-pk")
    back = invoice.package_moves.filter(kind=PackageMoveKind.GIVEN_BACK)
    return used.first() if used.count() > back.count() else None


@tells_of_fees
def sessions_for_fees(fees: list[MissFee]) -> dict[int, str]:
    """Of fees to decide those that a session would pay, in words."""
    if not Package.objects.filter(counts_missed=True, status=PackageStatus.ACTIVE).exists():
        return {}
    items = {fee.pk: items_for_missed(fee.appointment).first() for fee in fees}
    words = _("A session of “%(package)s” pays it.")
    return {pk: words % {"package": item.package.name} for pk, item in items.items() if item}


def items_for_missed(appointment: Appointment) -> QuerySet[PackageItem]:
    """Sessions that pay the fee of a missed appointment; none without a patient."""
    if appointment.patient is None:
        return PackageItem.objects.none()
    found = usable_items(appointment.patient, appointment.service_id, today(appointment.branch))
    return found.filter(package__counts_missed=True)


def to_expire(day: dt.date) -> QuerySet[Package]:
    """Packages whose last day is over."""
    return Package.objects.filter(status=PackageStatus.ACTIVE, valid_until__lt=day).order_by("pk")


def package_kinds() -> QuerySet[PackageKind]:
    """Every kind with its services, those on sale first."""
    lines = PackageKindLine.objects.filter(count__gt=0).select_related("service").order_by("pk")
    rows = PackageKind.objects.prefetch_related(Prefetch("lines", lines, to_attr="inside"))
    return rows.order_by("-is_active", "name", "pk")


def kinds_on_sale() -> list[PackageKind]:
    """The kinds that can be sold now."""
    return list(package_kinds().filter(is_active=True))


def moves_of(package: Package) -> QuerySet[PackageMove]:
    """What happened to a package, the newest first."""
    return package.moves.select_related("item__service", "patient", "visit", "by").order_by("-pk")


@dataclass(frozen=True)
class RefundPreview:
    """What taking a package back would do now, before anything is kept."""

    sessions: int
    value: Decimal
    owed: Decimal
    back: Decimal


def refund_preview(package: Package) -> RefundPreview:
    """What is left, what of that is not paid yet, and what goes back."""
    items = list(package.items.all())
    value = sum((item.value_left for item in items), Decimal(0))
    owed = min(package.invoice.due, value)
    return RefundPreview(sum(item.left for item in items), value, owed, value - owed)


def sessions_left(patients: Iterable[int]) -> QuerySet[PackageItem]:
    """Sessions that patients can still use, for their charts."""
    rows = PackageItem.objects.filter(package__patient__in=list(patients), package__status__in=LIVE, left__gt=0)
    return rows.select_related("package", "service").order_by("package__valid_until", "pk")
