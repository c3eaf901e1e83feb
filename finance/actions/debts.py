"""Reminding people of what they owe, and keeping what they said; sending a bill. Rows first: messages follow them."""

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.errors import Conflict
from clinic.shared.events import publish
from finance.events import DebtReminded
from finance.models import ContactKind, DebtContact, DebtRules
from finance.queries.days import clinic_today
from finance.queries.debt_rules import due_by_rule
from finance.queries.debts import open_bills, owed_by

AT_ONCE = 200  # of one run of the rule


@action
def remind_debtor(
    *, patient: Patient, automatic: bool = False, on: dt.date | None = None, by: User | None
) -> DebtContact:
    """Remind a patient by SMS of all that she owes, at most once a day whoever asks.

    Raises Conflict where she owes nothing, has no phone or was reminded today.
    """
    day = on or clinic_today()
    if not patient.phone:
        raise Conflict(_("%(who)s has no phone number.") % {"who": patient.full_name}, code="no_phone")
    owed = owed_by(patient)
    if not owed:
        raise Conflict(_("%(who)s owes nothing any more.") % {"who": patient.full_name}, code="nothing_owed")
    row = DebtContact(
        patient=patient, kind=ContactKind.REMINDED, amount=owed, is_automatic=automatic,
        cause=f"reminder:{patient.pk}:{day.isoformat()}", by=by,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Conflict(_("%(who)s was reminded today already.") % {"who": patient.full_name}, code="reminded") from None
    publish(DebtReminded(row.pk))
    return row


@action
def remind_debtors(*, patients: Iterable[Patient], by: User | None) -> tuple[int, list[str]]:
    """Remind the chosen ones: how many were, and why the others were not."""
    sent, refused = 0, []
    for patient in sorted(patients, key=lambda each: each.pk):
        try:
            remind_debtor(patient=patient, by=by)
            sent += 1
        except Conflict as problem:
            refused.append(problem.message)
    return sent, refused


@action
def remind_by_rule(*, on: dt.date | None = None, by: User | None) -> int:
    """Remind everybody whose turn it is by the clinic's rule (of `on`); how many were."""
    rules = DebtRules.objects.filter(is_on=True).first()
    if rules is None:
        return 0
    day, sent = on or clinic_today(), 0
    for patient in due_by_rule(rules, day, AT_ONCE):
        try:
            remind_debtor(patient=patient, automatic=True, on=day, by=by)
            sent += 1
        except Conflict:
            continue  # somebody at the desk was quicker
    return sent


def link_of(contact: DebtContact) -> str:
    """The address in a reminder: the one open bill, else the list of them."""
    found = list(open_bills(contact.patient)[:2])
    return f"/bill/{found[0].public_token}/" if len(found) == 1 else f"/owed/{contact.token}/"
