"""Debts, deposits and credit follow a patient whose two cards became one, and come back when they are told apart.

Posted lines are never changed: a journal carries what stands on one card to the other.
"""

from decimal import Decimal

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.patients.models import Patient, PatientMerge
from clinic.shared.actions import action
from clinic.shared.errors import Conflict
from clinic.shared.money import format_money
from finance.actions.ledger import carry
from finance.models import Account, Deposit, Invoice, JournalLine, WalletAccount
from finance.postings import CHART, OF_PATIENT
from finance.queries.days import clinic_today
from finance.statuses import InvoiceStatus


@action
def carry_balances(*, merge: PatientMerge, apart: bool, by: User | None) -> None:
    """Carry what `source` owes and has to `target`, or (`apart`) back. Repeatable by the merge.

    Back goes the credit that came, and what is still owed on her own bills and held of her own deposits. Raises
    Conflict where that credit was spent since.
    """
    source, target = merge.source, merge.target
    wallets = _wallets(source, target)
    if not apart:
        amounts = {account: _standing(account, source) for account in _accounts()}
        _post(merge, amounts, apart=False, by=by)
        _move_credit(wallets[source.pk], wallets[target.pk], wallets[source.pk].balance)
        return
    credit = _credit_that_came(merge)
    if wallets[target.pk].balance < credit:
        raise Conflict(
            _(
                "%(amount)s of credit came with the merged card, and some of it was spent since. Pay the difference "
                "into the credit first, then separate them."
            )
            % {"amount": format_money(credit)},
            code="credit_spent",
        )
    wanted = {"receivable": _owed(source), "wallet": -credit, "deposits": -_held(source)}
    amounts = {
        account: wanted[key] - _standing(account, source)
        for key in wanted
        for account in Account.objects.filter(code=CHART[key].code)
    }
    _post(merge, amounts, apart=True, by=by)
    _move_credit(wallets[target.pk], wallets[source.pk], credit)


def _wallets(source: Patient, target: Patient) -> dict[int, WalletAccount]:
    """Both credit accounts, locked in the order of the patients; made where there is none."""
    found = {}
    for pk in sorted((source.pk, target.pk)):
        WalletAccount.objects.get_or_create(patient_id=pk)
        found[pk] = WalletAccount.objects.select_for_update().get(patient_id=pk)
    return found


def _move_credit(giver: WalletAccount, taker: WalletAccount, amount: Decimal) -> None:
    if amount:
        giver.balance -= amount
        taker.balance += amount
        giver.save()
        taker.save()


def _accounts() -> list[Account]:
    """The accounts whose lines name the patient."""
    return list(Account.objects.filter(code__in=[CHART[key].code for key in OF_PATIENT]).order_by("code"))


def _standing(account: Account, patient: Patient) -> Decimal:
    """What stands on an account for one card; debit above zero."""
    return _sum(JournalLine.objects.filter(account=account, patient=patient).aggregate(sum=Sum("amount")))


def _credit_that_came(merge: PatientMerge) -> Decimal:
    lines = JournalLine.objects.filter(
        journal__cause=_cause(merge),
        journal__kind="patients_merged",
        patient=merge.source,
        account__code=CHART["wallet"].code,
    )
    return _sum(lines.aggregate(sum=Sum("amount")))


def _owed(patient: Patient) -> Decimal:
    bills = Invoice.objects.filter(patient=patient, status__in=[InvoiceStatus.ISSUED, InvoiceStatus.BALANCED])
    return _sum(bills.aggregate(sum=Sum(F("total") - F("credited") - F("paid"))))


def _held(patient: Patient) -> Decimal:
    deposits = Deposit.objects.filter(patient=patient)
    return _sum(deposits.aggregate(sum=Sum(F("paid") - F("used") - F("returned"))))


def _sum(found: dict[str, Decimal | None]) -> Decimal:
    return found["sum"] or Decimal(0)


def _cause(merge: PatientMerge) -> str:
    return f"merge:{merge.pk}"


def _post(merge: PatientMerge, amounts: dict[Account, Decimal], *, apart: bool, by: User | None) -> None:
    giver, taker = (merge.target, merge.source) if apart else (merge.source, merge.target)
    carry(
        kind="patients_separated" if apart else "patients_merged",
        cause=_cause(merge),
        amounts={account: amount for account, amount in amounts.items() if amount},
        source=giver,
        target=taker,
        business_date=clinic_today(),
        by=by,
    )
