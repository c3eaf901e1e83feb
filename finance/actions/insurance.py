"""Insurers, their contracts, and who is insured with them."""

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.text import normalise
from finance.actions.invoices import check_amount
from finance.actions.ledger import take_turn
from finance.models import Insurer, InsurerKind, InsurerPrice, InsurerTerms
from scheduling.models import Service

Prices = dict[Service, tuple[Decimal | None, Decimal | None]]  # tariff, percent


@action
def save_insurer(
    *,
    insurer: Insurer | None = None,
    name: str,
    name_en: str = "",
    code: str = "",
    kind: str = InsurerKind.BASIC,
    is_active: bool = True,
    by: User | None,
) -> Insurer:
    """Add an insurer or change one; its kind stays. Raises Conflict for a name that another one has."""
    name = normalise(name)
    if not name:
        raise Invalid(_("Write a name."), field="name")
    if kind not in InsurerKind.values:
        raise Invalid(_("Choose one of the answers."), field="kind")
    take_turn("insurers")
    if Insurer.objects.filter(name=name).exclude(pk=insurer.pk if insurer else None).exists():
        raise Conflict(_("Another insurer has this name."), field="name")
    row = insurer or Insurer(kind=kind)
    row.name, row.name_en, row.code, row.is_active = name, normalise(name_en), normalise(code)[:20], is_active
    row.save()
    return row


@action
def save_terms(
    *,
    insurer: Insurer,
    terms: InsurerTerms | None = None,
    valid_from: dt.date,
    valid_until: dt.date | None = None,
    percent: Decimal = Decimal(0),
    deductible: Decimal | None = None,
    ceiling: Decimal | None = None,
    prices: Prices | None = None,
    by: User | None,
) -> InsurerTerms:
    """Write a contract, or change one; `percent` from 0 to 100, amounts in the clinic's currency, `prices` by service.

    Bills that were issued keep the shares that they were issued with. Raises Invalid at the field.
    """
    if valid_until and valid_until < valid_from:
        raise Invalid(_("The last day is before the first one."), field="valid_until")
    _check_percent(percent, "percent")
    for field, amount in (("deductible", deductible), ("ceiling", ceiling)):
        if amount:
            check_amount(amount, field)
    take_turn("insurers")
    row = terms or InsurerTerms(insurer=insurer)
    row.valid_from, row.valid_until, row.percent = valid_from, valid_until, percent
    row.deductible, row.ceiling = deductible or Decimal(0), ceiling or None
    row.save()
    if prices is not None:
        _save_prices(row, prices)
    return row


def _save_prices(terms: InsurerTerms, prices: Prices) -> None:
    known = {price.service_id: price for price in terms.prices.all()}
    for service, (tariff, percent) in prices.items():
        if percent is not None:
            _check_percent(percent, "prices")
        if tariff:
            check_amount(tariff, "prices")
        row = known.pop(service.pk, None) or InsurerPrice(terms=terms, service=service)
        row.tariff, row.percent, row.is_active = tariff, percent, True
        row.save()
    for left in known.values():
        if left.is_active:
            left.is_active = False
            left.save()


def _check_percent(percent: Decimal, field: str) -> None:
    if not percent.is_finite() or not 0 <= percent <= 100 or percent != round(percent, 2):
        raise Invalid(_("A percentage lies between 0 and 100."), field=field)
