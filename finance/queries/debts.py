"""Who owes what and for how long: read from the open bills, which are what the books say (1100)."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from clinic.accounts.models import Branch, User
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient
from clinic.patients.queries import find_patients
from finance.models import DebtContact, Invoice, PaymentPlan
from finance.queries.documents import SHOWN, staff_scope
from finance.queries.money import NOTHING
from finance.statuses import InvoiceStatus, PlanStatus

LATE_DAYS = 30
EDGES = (30, 60, 90)  # days: 0–30, 31–60, 61–90 and more
DUE = F("total") - F("credited") - F("paid")


@dataclass(frozen=True)
class Debtor:
    """A patient who owes; `ages` are what is 0–30, 31–60, 61–90 and more than 90 days old."""

    patient: Patient
    owed: Decimal
    ages: list[Decimal]
    oldest: dt.date
    days: int  # since the oldest open bill
    bills: int
    in_parts: bool = False  # a payment plan is running
    last: DebtContact | None = None

    @property
    def is_late(self) -> bool:
        """Whether something is open for more than thirty days."""
        return self.days > LATE_DAYS


def open_rows(user: User, branch: Branch | None = None) -> QuerySet[Invoice]:
    """The open bills that somebody may see."""
    rows = Invoice.objects.filter(staff_scope(user, Perm.INVOICES_VIEW), status=InvoiceStatus.ISSUED)
    return rows.filter(branch=branch) if branch else rows


def _ages(day: dt.date) -> dict[str, Any]:
    """The sums by age, as annotations."""
    first, second, third = (day - dt.timedelta(days=edge) for edge in EDGES)
    when = F("business_date")
    return {
        "age0": Sum(DUE, filter=Q(business_date__gte=first), default=NOTHING),
        "age1": Sum(DUE, filter=Q(business_date__lt=first, business_date__gte=second), default=NOTHING),
        "age2": Sum(DUE, filter=Q(business_date__lt=second, business_date__gte=third), default=NOTHING),
        "age3": Sum(DUE, filter=Q(business_date__lt=third), default=NOTHING),
        "owed": Sum(DUE, default=NOTHING),
        "oldest": Min(when),
        "bills": Count("pk"),
    }


def whose_debts(
    rows: QuerySet[Invoice], day: dt.date, *, older_than: int = 0, text: str = "", by_age: bool = False
) -> QuerySet[Any]:
    """One dict for each patient who owes, with merged cards counted to her; the largest (or oldest) debt first."""
    found = rows.annotate(whose=Coalesce("patient__merged_into", "patient"))
    if text:
        found = found.filter(whose__in=find_patients(text, limit=None).order_by().values("pk"))
    groups: QuerySet[Any] = found.order_by().values("whose").annotate(**_ages(day)).filter(owed__gt=0)
    if older_than:
        groups = groups.filter(oldest__lt=day - dt.timedelta(days=older_than))
    return groups.order_by(*(("oldest", "-owed") if by_age else ("-owed", "oldest")), "whose")


def debtors_of(found: list[dict[str, Any]], day: dt.date) -> list[Debtor]:
    """The rows of a page with their patients, plans and last contacts: three statements whatever their number."""
    ids = [row["whose"] for row in found]
    patients = Patient.objects.in_bulk(ids)
    plans = PaymentPlan.objects.filter(patient__in=ids, status=PlanStatus.RUNNING)
    in_parts = set(plans.values_list("patient", flat=True))
    newest = DebtContact.objects.filter(patient__in=ids).order_by("patient", "-at", "-pk").distinct("patient")
    last = {contact.patient_id: contact for contact in newest}
    return [
        Debtor(
            patient=patients[row["whose"]],
            owed=row["owed"],
            ages=[row["age0"], row["age1"], row["age2"], row["age3"]],
            oldest=row["oldest"],
            days=(day - row["oldest"]).days,
            bills=row["bills"],
            in_parts=row["whose"] in in_parts,
            last=last.get(row["whose"]),
        )
        for row in found
    ]


def sums(rows: QuerySet[Invoice], day: dt.date) -> dict[str, Any]:
    """All of it by age, in one row."""
    return rows.order_by().aggregate(**_ages(day))


def open_bills(patient: Patient) -> QuerySet[Invoice]:
    """A patient's open bills, the oldest first, with those of cards merged into hers."""
    rows = Invoice.objects.filter(Q(patient=patient) | Q(patient__merged_into=patient), status=InvoiceStatus.ISSUED)
    return rows.select_related(*SHOWN).order_by("business_date", "pk")


def owed_by(patient: Patient) -> Decimal:
    """All that a patient owes on open bills."""
    found: Decimal = open_bills(patient).order_by().aggregate(sum=Sum(DUE, default=NOTHING))["sum"]
    return found


def contacts_of(patient: Patient) -> QuerySet[DebtContact]:
    """What was said and sent about her debts, the newest first."""
    rows = DebtContact.objects.filter(Q(patient=patient) | Q(patient__merged_into=patient))
    return rows.select_related("by").order_by("-at", "-pk")


@dataclass(frozen=True)
class Account:
    """What one patient owes, bill by bill, and what was done about it."""

    patient: Patient
    bills: list[tuple[Invoice, int]]  # with days since
    owed: Decimal
    contacts: list[DebtContact] = field(default_factory=list)


def account_of(user: User, patient: Patient, day: dt.date) -> Account:
    """A patient's open bills of the branches that somebody may see, and the contacts about them."""
    rows = list(open_bills(patient).filter(staff_scope(user, Perm.INVOICES_VIEW)))
    bills = [(row, (day - (row.business_date or day)).days) for row in rows]
    return Account(patient, bills, sum((row.due for row in rows), NOTHING), list(contacts_of(patient)[:20]))
