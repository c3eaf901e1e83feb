"""Which rule a line of a bill has, and what its share is counted from."""

import datetime as dt
from decimal import Decimal

from django.db.models import Case, IntegerField, Q, Value, When

from finance.models import CommissionRule, InvoiceLine, Package, ShareOf
from finance.models.package_kinds import CommissionOn
from finance.queries.prices import price_of
from scheduling.models import Appointment, Source
from scheduling.queries.diary import NEVER_SHOWN


def rule_for(line: InvoiceLine, day: dt.date) -> CommissionRule | None:
    """The rule of a line on a day: the doctor's own before the service's, that before its
    category's, that before the branch's.
    """
    if line.practitioner_id is None:
        return None
    rules = CommissionRule.objects.filter(
        Q(practitioner=None) | Q(practitioner=line.practitioner_id),
        Q(branch=None) | Q(branch=line.invoice.branch_id),
        Q(valid_until=None) | Q(valid_until__gte=day),
        valid_from__lte=day,
        share_of=ShareOf.GOODS if line.item_id else ShareOf.SERVICES,
    )
    category = line.service.category_id if line.service else None
    rules = rules.filter(_none_or("service", line.service_id) & _none_or("category", category))
    exact = _weight("practitioner", 8) + _weight("service", 4) + _weight("category", 2) + _weight("branch", 1)
    return rules.annotate(exact=exact).order_by("-exact", "-pk").first()


def was_referred(line: InvoiceLine) -> bool:
    """Whether the patient was referred to the doctor of a line: by this booking or an earlier one."""
    own = Appointment.objects.filter(patient=line.invoice.patient_id, practitioner=line.practitioner_id)
    return own.filter(source=Source.REFERRAL).exclude(status__in=NEVER_SHOWN).exists()


def price_to_share(line: InvoiceLine) -> Decimal:
    """What the share of a line is counted from, before discounts: a session may count by the list price."""
    kind, _colon, number = line.price_source.partition(":")
    visit = line.invoice.visit
    if kind == "package" and visit and number.isdigit():
        by_list = Package.objects.filter(pk=int(number), commission_on=CommissionOn.LIST).exists()
        return price_of(visit).amount if by_list else line.total + line.discount
    return line.total + line.discount


def _none_or(field: str, value: int | None) -> Q:
    return Q(**{field: None}) | Q(**{field: value}) if value else Q(**{field: None})


def _weight(field: str, points: int) -> Case:
    return Case(When(**{f"{field}__isnull": False}, then=Value(points)), default=Value(0), output_field=IntegerField())
