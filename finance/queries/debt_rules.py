"""Whose turn it is to be reminded by the clinic's rule."""

import datetime as dt
from decimal import Decimal

from django.db.models import Max, OuterRef, Q, Subquery

from clinic.patients.models import Patient
from finance.models import ContactKind, DebtContact, DebtRules, Invoice, PaymentPlan
from finance.queries.debts import whose_debts
from finance.statuses import InvoiceStatus, PlanStatus


def due_by_rule(rules: DebtRules, day: dt.date, most: int) -> list[Patient]:
    """Who is to be reminded today: old and large enough, reachable, without a plan or a promise that still runs, and
    neither too soon nor too often since her oldest open bill."""
    groups = whose_debts(Invoice.objects.filter(status=InvoiceStatus.ISSUED), day, older_than=rules.after_days)
    plans = PaymentPlan.objects.filter(status=PlanStatus.RUNNING).values("patient")
    promised = DebtContact.objects.filter(promised_on__gte=day).values("patient")
    reminded = DebtContact.objects.filter(patient=OuterRef("whose"), kind=ContactKind.REMINDED)
    groups = groups.filter(owed__gte=max(rules.least, Decimal(1)))
    groups = groups.exclude(whose__in=plans).exclude(whose__in=promised)
    since = reminded.order_by().values("patient")
    groups = groups.annotate(last_day=Subquery(since.annotate(last=Max("at__date")).values("last")))
    groups = groups.filter(Q(last_day=None) | Q(last_day__lte=day - dt.timedelta(days=max(rules.every_days, 1))))
    found = list(groups[: most * 5])
    times = _times({row["whose"]: row["oldest"] for row in found})
    patients = Patient.objects.in_bulk([row["whose"] for row in found])
    ready = [patients[row["whose"]] for row in found if times.get(row["whose"], 0) < rules.most]
    return [patient for patient in ready if patient.phone][:most]


def _times(since: dict[int, dt.date]) -> dict[int, int]:
    """How often each was reminded since her oldest open bill."""
    rows = DebtContact.objects.filter(patient__in=since, kind=ContactKind.REMINDED)
    counts: dict[int, int] = {}
    for patient, at in rows.values_list("patient", "at__date"):
        counts[patient] = counts.get(patient, 0) + (at >= since[patient])
    return counts
