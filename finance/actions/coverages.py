"""Who is insured with whom."""

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.errors import Invalid
from clinic.shared.text import normalise, to_latin_digits
from finance.actions.invoices import check_amount
from finance.models import Coverage, Holder, Insurer, InsurerKind


@action
def save_coverage(
    *,
    patient: Patient,
    coverage: Coverage | None = None,
    insurer: Insurer,
    number: str,
    valid_from: dt.date | None = None,
    valid_until: dt.date | None = None,
    relation: str = Holder.SELF,
    holder: str = "",
    ceiling: Decimal | None = None,
    is_active: bool = True,
    by: User | None,
) -> Coverage:
    """Write down a patient's policy, or correct one. A new one of a kind takes the place of the one before.

    `ceiling` (in the clinic's currency) is the most that the policy pays in all. Raises Invalid at the field.
    """
    number = to_latin_digits(normalise(number))[:40]
    if not number:
        raise Invalid(_("Write the number of the policy."), field="number")
    if relation not in Holder.values:
        raise Invalid(_("Choose one of the answers."), field="relation")
    if valid_from and valid_until and valid_until < valid_from:
        raise Invalid(_("The last day is before the first one."), field="valid_until")
    if ceiling:
        check_amount(ceiling, "ceiling")
    Patient.objects.select_for_update(of=("self",)).get(pk=patient.pk)
    if coverage is None:
        for before in Coverage.objects.filter(patient=patient, insurer__kind=insurer.kind, is_active=True):
            before.is_active = False
            before.save()
    row = coverage or Coverage(patient=patient)
    row.insurer, row.number, row.valid_from, row.valid_until = insurer, number, valid_from, valid_until
    row.relation, row.holder, row.ceiling, row.is_active = relation, normalise(holder)[:120], ceiling or None, is_active
    row.save()
    _say_on_card(patient, row)
    return row


def _say_on_card(patient: Patient, coverage: Coverage) -> None:
    """The card's own words follow the basic policy: groups, forms and exports read them."""
    if coverage.insurer.kind != InsurerKind.BASIC or not coverage.is_active:
        return
    card = Patient.objects.get(pk=patient.pk)
    if (card.insurer, card.insurance_number) != (coverage.insurer.name[:80], coverage.number):
        card.insurer, card.insurance_number = coverage.insurer.name[:80], coverage.number
        card.save()
