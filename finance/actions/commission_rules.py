"""The rules of doctors' shares: made from a day on, ended, never changed."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.shared.actions import action
from clinic.shared.calendar import format_date
from clinic.shared.errors import Conflict, Invalid
from finance.actions.ledger import take_turn
from finance.models import CommissionRule, ShareOf
from finance.queries.days import clinic_today
from scheduling.models import Practitioner, Service, ServiceCategory

DAY = dt.timedelta(days=1)
FIRST = dt.timedelta(days=366)


@action
def add_commission_rules(
    *, practitioners: Sequence[Practitioner], services: Sequence[Service | ServiceCategory], branch: Branch | None,
    share_of: str, rate: Decimal, referred_rate: Decimal | None, valid_from: dt.date,
    valid_until: dt.date | None = None, by: User | None, **terms: Any,
) -> list[CommissionRule]:  # fmt: skip
    """Make a rule for each doctor and each service or category named; none named is every one.

    Rates are in percent, zero is nothing. A rule that holds already for just that ends on the day before. Bills
    that were issued keep what they were issued with. Raises Invalid for a rate outside 0 to 100, or days in the past;
    Conflict for a rule that begins later.
    """
    if not 0 <= rate <= 100:
        raise Invalid(_("A share lies from 0 to 100 percent."), field="rate")
    if referred_rate is not None and not 0 <= referred_rate <= 100:
        raise Invalid(_("A share lies from 0 to 100 percent."), field="referred_rate")
    today = clinic_today()
    if not today <= valid_from <= today + FIRST:
        raise Invalid(_("A rule begins today or within a year: bills of days before keep theirs."), field="valid_from")
    if valid_until and valid_until < valid_from:
        raise Invalid(_("The last day lies before the first."), field="valid_until")
    if share_of == ShareOf.GOODS and services:
        raise Invalid(_("A rule of goods names no service."), field="services")
    take_turn("commission-rules")
    values = {"rate": rate, "referred_rate": referred_rate, "valid_from": valid_from, "valid_until": valid_until}
    made = []
    everybody: list[None] = [None]
    for doctor in practitioners or everybody:
        for what in services or everybody:
            scope = scope_of(share_of, what, doctor, branch)
            _give_way(scope, valid_from, valid_until)
            of = {"category" if isinstance(what, ServiceCategory) else "service": what}
            row = CommissionRule(
                share_of=share_of, practitioner=doctor, branch=branch, scope=scope, **of, **values, **terms
            )
            row.save()
            made.append(row)
    return made


@action
def end_commission_rule(*, rule: CommissionRule, last_day: dt.date, by: User | None) -> CommissionRule:
    """Let a rule end with a day, today or later; one that has not begun is ended before it does.

    Raises Invalid for a day that is over or beyond the rule's own end.
    """
    take_turn("commission-rules")
    rule = CommissionRule.objects.select_for_update().get(pk=rule.pk)
    if rule.valid_until and rule.valid_until < clinic_today():
        raise Conflict(_("This rule has ended already."), code="ended")
    if last_day < clinic_today():
        raise Invalid(
            _("This day is over; bills of it keep their rule. Choose today or a later day."), field="last_day"
        )
    if last_day < rule.valid_from:
        text = _("This rule begins on %(day)s. Choose that day or a later one.")
        raise Invalid(text % {"day": format_date(rule.valid_from)}, field="last_day")
    rule.valid_until = last_day
    rule.save()
    return rule


def scope_of(
    share_of: str, what: Service | ServiceCategory | None, doctor: Practitioner | None, branch: Branch | None
) -> str:
    """What a rule is for, as one word: two of one word never hold on one day."""
    kind = "category-" if isinstance(what, ServiceCategory) else ""
    return ":".join([share_of, kind + _pk(what), _pk(doctor), _pk(branch)])


def _pk(row: Model | None) -> str:
    return str(row.pk) if row else "-"


def _give_way(scope: str, first: dt.date, last: dt.date | None) -> None:
    """End the rule that holds when a new one begins; one that begins on the day itself cannot give way."""
    rows = CommissionRule.objects.select_for_update().filter(scope=scope)
    rows = rows.filter(Q(valid_until=None) | Q(valid_until__gte=first))
    for row in rows.order_by("valid_from"):
        if last and row.valid_from > last:
            continue
        if row.valid_from >= first:
            text = _(
                "Another rule for the same begins on %(day)s. End this one before that day, or choose a later day."
            )
            raise Conflict(text % {"day": format_date(row.valid_from)}, field="valid_from", code="overlaps")
        row.valid_until = first - DAY
        row.save()
