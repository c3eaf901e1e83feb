"""What people say about their debts, and the clinic's rule of reminders."""

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.errors import Invalid
from clinic.shared.text import normalise
from finance.models import ContactKind, DebtContact, DebtRules
from finance.queries.days import clinic_today
from finance.queries.debts import owed_by


@action
def note_debt(
    *,
    patient: Patient,
    kind: str,
    note: str = "",
    promised_on: dt.date | None = None,
    next_on: dt.date | None = None,
    by: User | None,
) -> DebtContact:
    """Keep what came of a call: a promise with its day, when to call again, a note. Raises Invalid at the field."""
    if kind not in (ContactKind.PROMISED, ContactKind.CALLED, ContactKind.NOTED):
        raise Invalid(_("Choose one of the answers."), field="kind")
    today, note = clinic_today(), normalise(note)[:200]
    if kind == ContactKind.PROMISED and promised_on is None:
        raise Invalid(_("Write the day that was promised."), field="promised_on")
    if kind == ContactKind.NOTED and not note:
        raise Invalid(_("Write the note."), field="note")
    for field, day in (("promised_on", promised_on), ("next_on", next_on)):
        if day and day < today:
            raise Invalid(_("This day is over."), field=field)
        if day and day > today + dt.timedelta(days=3660):
            raise Invalid(_("This day is too far away."), field=field)
    row = DebtContact(
        patient=patient, kind=kind, amount=owed_by(patient), note=note, promised_on=promised_on, next_on=next_on, by=by
    )
    row.save(force_insert=True)
    return row


@action
def save_debt_rules(
    *, is_on: bool, after_days: int, every_days: int, most: int, least: Decimal | None = None, by: User | None
) -> DebtRules:
    """Set when patients are reminded by themselves; `least` in the clinic's currency is the smallest debt."""
    DebtRules.objects.get_or_create(only_one=True)
    rules = DebtRules.objects.select_for_update().get()
    rules.is_on, rules.after_days, rules.every_days, rules.most = is_on, after_days, every_days, most
    rules.least = least or Decimal(0)
    rules.save()
    return rules
