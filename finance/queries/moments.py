"""Money in a patient's chart, for those who may see it: bills, payments, what she owes."""

from collections.abc import Iterable

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from clinic.accounts.permissions import Perm
from clinic.shared.calendar import format_date
from clinic.shared.chart import Ask, Line, Moment, moments, of_patient, tile
from clinic.shared.money import format_money, format_number
from finance.models import Invoice, Membership, Package, Payment
from finance.queries.documents import staff_scope
from finance.queries.memberships import RUNNING
from finance.queries.money import NOTHING, balances_of
from finance.queries.packages import sessions_left
from finance.statuses import InvoiceStatus, MembershipStatus, PackageStatus, PaymentStatus

LOOKS = {InvoiceStatus.ISSUED: "unpaid", InvoiceStatus.BALANCED: "paid", InvoiceStatus.CANCELLED: "void"}


@moments(
    "bills", label=gettext_lazy("Bills"), icon="receipt", permission=Perm.INVOICES_VIEW, order=60,
    where=of_patient(Invoice),
)  # fmt: skip
def bill_moments(ask: Ask) -> Iterable[Moment]:
    """Bills that were issued."""
    mine = staff_scope(ask.user, Perm.INVOICES_VIEW)
    rows = Invoice.objects.filter(mine, patient__in=ask.patients).exclude(status=InvoiceStatus.DRAFT)
    return [
        Moment(
            at=row.issued_at,
            pk=row.pk,
            title=_("Bill"),
            text=format_money(row.total),
            url=f"/finance/invoices/{row.pk}/",
            status=LOOKS[InvoiceStatus(row.status)],
        )
        for row in ask.newest(rows, "issued_at")
        if row.issued_at
    ]


@moments(
    "payments", label=gettext_lazy("Payments"), icon="wallet", permission=Perm.INVOICES_VIEW, order=61,
    where=of_patient(Payment),
)  # fmt: skip
def payment_moments(ask: Ask) -> Iterable[Moment]:
    """Money that came."""
    mine = staff_scope(ask.user, Perm.INVOICES_VIEW)
    return [
        Moment(
            at=row.received_at,
            pk=row.pk,
            title=_("Payment"),
            text=f"{format_money(row.amount)} · {row.get_method_display()}",
            url=f"/finance/invoices/{row.invoice_id}/" if row.invoice_id else "",
            status="refunded" if row.status == PaymentStatus.REVERSED else "",
        )
        for row in ask.newest(Payment.objects.filter(mine, patient__in=ask.patients), "received_at")
    ]


@tile(
    "balance",
    label=gettext_lazy("Balance"),
    icon="wallet",
    permission=Perm.INVOICES_VIEW,
    order=80,
    empty=gettext_lazy("Nothing owed"),
)
def balance_tile(ask: Ask) -> Iterable[Line]:
    """What the patient owes, or her credit."""
    owed = sum(balances_of([ask.patient.pk]).values(), NOTHING)
    if owed > 0:
        yield Line(_("Owes %(amount)s") % {"amount": format_money(owed)}, tone="danger")
    elif owed < 0:
        yield Line(_("Credit %(amount)s") % {"amount": format_money(-owed)})


@tile(
    "packages",
    label=gettext_lazy("Packages"),
    icon="package",
    permission=Perm.PATIENTS_VIEW,
    order=75,
    empty=gettext_lazy("None"),
    where=f"{of_patient(Membership)} OR {of_patient(Package)}",
)
def package_tile(ask: Ask) -> Iterable[Line]:
    """Memberships and sessions that are left; whoever may see bills gets to them."""
    opens = ask.user.can(Perm.INVOICES_VIEW)
    for row in Membership.objects.filter(patient__in=ask.patients, status__in=RUNNING).order_by("-pk"):
        frozen = row.get_status_display() if row.status == MembershipStatus.FROZEN else ""
        yield Line(row.name, more=frozen, url=f"/finance/memberships/{row.pk}/" if opens else "")
    for item in sessions_left(ask.patients):
        until = item.package.valid_until
        yield Line(
            _("%(service)s: %(left)s of %(count)s left")
            % {"service": item.service.name, "left": format_number(item.left), "count": format_number(item.count)},
            more=item.package.get_status_display() if item.package.status == PackageStatus.FROZEN
            else format_date(until, get_language() or "en", "medium") if until else "",
            url=f"/finance/packages/{item.package_id}/" if opens else "",
        )  # fmt: skip
