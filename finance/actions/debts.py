"""Reminding people of what they owe, and keeping what they said; sending a bill. Rows first: messages follow them."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.events import publish
from clinic.shared.notices import tell
from clinic.shared.text import normalise
from finance.actions.invoices import locked
from finance.actions.ledger import take_turn
from finance.events import BillSent, DebtReminded
from finance.models import BillSending, ContactKind, DebtContact, DebtRules, Invoice
from finance.queries.days import clinic_today
from finance.queries.debts import due_by_rule, open_bills, owed_by
from finance.statuses import InvoiceStatus

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


@action
def send_bill(*, invoice: Invoice, form_token: str = "", by: User | None) -> BillSending:
    """Send a bill to its patient by SMS with the link where it is seen and paid. Repeatable by `form_token`.

    Raises Conflict for a bill that is not issued and for a patient without a phone.
    """
    take_turn(f"send-bill:{invoice.pk}")
    invoice = locked(invoice)
    done = BillSending.objects.filter(form_token=form_token).first() if form_token else None
    if done:
        return done
    if invoice.status not in (InvoiceStatus.ISSUED, InvoiceStatus.BALANCED):
        raise Conflict(_("This bill was cancelled."), code="cancelled")
    if not invoice.patient.phone:
        raise Conflict(_("%(who)s has no phone number.") % {"who": invoice.patient.full_name}, code="no_phone")
    row = BillSending(invoice=invoice, branch=invoice.branch, form_token=form_token or None, by=by)
    row.save(force_insert=True)
    publish(BillSent(row.pk))
    tell("money", branch=invoice.branch_id)
    return row


def link_of(contact: DebtContact) -> str:
    """The address in a reminder: the one open bill, else the list of them."""
    found = list(open_bills(contact.patient)[:2])
    return f"/bill/{found[0].public_token}/" if len(found) == 1 else f"/owed/{contact.token}/"
