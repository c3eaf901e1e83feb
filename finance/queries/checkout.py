"""What the checkout shows: the bill, or what it will be once the visit is billed."""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from clinic.accounts.models import Branch
from clinic.patients.models import Patient
from finance.models import CreditNote, Discount, Invoice, Membership, Payment, PaymentMethod
from finance.queries.covers import Part, Priced, resolve
from finance.queries.credits import notes_of
from finance.queries.days import today
from finance.queries.deposits import held_for
from finance.queries.discounts import live_discount
from finance.queries.documents import bill_of
from finance.queries.follow_ups import said, window_named
from finance.queries.memberships import benefit_of
from finance.queries.money import credit_of, points_offer
from finance.queries.packages import SessionOffer, name_sessions, session_offer
from finance.queries.prices import price_of
from finance.statuses import DiscountStatus
from loyalty.queries import Offer, offer
from scheduling.models import Visit
from scheduling.statuses import VisitStatus

BY_MEMBERSHIP = re.compile(r" membership:(\d+)")  # in the source of a price
BILLABLE = {VisitStatus.CHECKOUT, VisitStatus.FINISHED}


@dataclass(frozen=True)
class Line:
    """A line as read; amounts in the clinic's currency."""

    name: str
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    total: Decimal
    doctor: str = ""
    because: str = ""  # the membership that took the discount off
    why: str = ""  # it costs nothing, or less


@dataclass(frozen=True)
class Bill:
    """A bill that is issued, or (without `invoice`) one that will be."""

    invoice: Invoice | None
    visit: Visit | None
    patient: Patient
    branch: Branch
    lines: list[Line]
    subtotal: Decimal
    discount: Decimal
    due: Decimal
    credit: Decimal
    points: Offer
    deposit: Decimal = Decimal(0)  # held for the visit; pays the bill when it is issued
    session: SessionOffer | None = None  # of a package, that pays the bill when it is issued
    payments: list[Payment] = field(default_factory=list)
    waits: Discount | None = None  # for approval, or for the bill
    notes: list[CreditNote] = field(default_factory=list)

    shares: list[Part] = field(default_factory=list)  # what insurers will pay when it is issued

    @property
    def insured(self) -> bool:
        """Whether an insurer pays a share, or will."""
        paying = any(payment.method == PaymentMethod.INSURER and payment.left for payment in self.payments)
        return paying or bool(self.shares)

    @property
    def waiting(self) -> Decimal:
        """What must stay open because a discount on it is not decided."""
        asked = self.waits is not None and self.waits.status == DiscountStatus.ASKED
        return min(self.waits.amount, self.due) if self.waits and asked else Decimal(0)

    @property
    def later(self) -> Decimal:
        """What was taken off after the bill was issued; its lines show the rest of the discount themselves."""
        return self.invoice.discount - sum(line.discount for line in self.lines) if self.invoice else Decimal(0)


def checkout_of(visit: Visit) -> Bill | None:
    """The bill of a visit, or what it will be; nothing while the visit is not at its end."""
    invoice = bill_of(visit)
    if invoice:
        return bill(invoice)
    if visit.status not in BILLABLE:
        return None
    offered = session_offer(visit)
    covered = offered is not None and offered.on
    usual = price_of(visit)
    price = offered.item.next_value if offered and covered else usual.amount
    benefit = benefit_of(visit, price) if price and not covered else None
    less = benefit.amount if benefit else Decimal(0)
    because = benefit.membership.name if benefit else ""
    waits = None if covered else live_discount(visit=visit)
    extra = waits.amount if waits and waits.status == DiscountStatus.APPROVED else Decimal(0)
    less += extra if extra <= price - less else Decimal(0)
    asked = [] if covered else [Priced(visit.service, Decimal(1), price - less)]
    shares = resolve(visit.patient, asked, today(visit.branch)) if asked else []
    hers = price - less - sum((part.amount for part in shares), Decimal(0))
    deposit = Decimal(0) if covered else min(held_for(visit.appointment), hers)
    due = Decimal(0) if covered else hers - deposit
    return Bill(
        invoice=None,
        visit=visit,
        patient=visit.patient,
        branch=visit.branch,
        lines=[
            Line(
                visit.service.name,
                Decimal(1),
                price,
                less,
                price - less,
                visit.practitioner.name,
                because,
                "" if covered else why(usual.source),
            )
        ],
        subtotal=price,
        discount=less,
        due=due,
        credit=credit_of(visit.patient),
        points=offer(visit.patient, total=price - less, used=Decimal(0), due=due),
        deposit=deposit,
        session=offered,
        shares=shares,
        waits=waits,
    )


def bill(invoice: Invoice) -> Bill:
    """An issued bill with everything that pays it."""
    return Bill(
        invoice=invoice,
        visit=invoice.visit,
        patient=invoice.patient,
        branch=invoice.branch,
        lines=lines_of(invoice),
        subtotal=invoice.subtotal,
        discount=invoice.discount,
        due=invoice.due,
        credit=credit_of(invoice.patient),
        points=points_offer(invoice).offer,
        waits=live_discount(invoice=invoice),
        notes=list(notes_of(invoice)),
        payments=name_sessions(list(invoice.payments.order_by("pk").prefetch_related("refunds"))),
    )


def why(source: str) -> str:
    """What the desk and the patient read of a price that is not the usual one."""
    window = window_named(source)
    return said(window) if window else ""


def lines_of(invoice: Invoice) -> list[Line]:
    """The lines of an issued bill."""
    rows = list(invoice.lines.select_related("practitioner").order_by("pk"))
    memberships = {row.pk: int(found[1]) for row in rows if (found := BY_MEMBERSHIP.search(row.price_source))}
    named = dict(Membership.objects.filter(pk__in=memberships.values()).values_list("pk", "name"))
    return [
        Line(
            row.name,
            row.quantity,
            row.unit_price,
            row.discount,
            row.total,
            row.practitioner.name if row.practitioner else "",
            named.get(memberships.get(row.pk, 0), ""),
            why(row.price_source),
        )
        for row in rows
    ]
