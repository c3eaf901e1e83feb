"""Doctors' wallets: corrected by hand with a reason, paid out, payouts taken back."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.money import format_money
from clinic.shared.notices import tell
from finance.actions.invoices import check_amount
from finance.actions.ledger import Entry, post, reverse, take_turn
from finance.models import Account, Journal, Payout, PayoutReversal, WalletMove, WalletMoveKind
from finance.queries.accounts import money_accounts
from finance.queries.days import today
from finance.queries.wallets import payable
from scheduling.models import Practitioner

ZERO, DAY = Decimal(0), dt.timedelta(days=1)


@dataclass(frozen=True)
class Paying:
    """What payouts of one form have in common."""

    branch: Branch
    money: Account
    last_day: dt.date
    day: dt.date
    reference: str
    form_token: str
    by: User | None


@action
def adjust_wallet(
    *, practitioner: Practitioner, branch: Branch, amount: Decimal, reason: str, form_token: str = "", by: User | None
) -> WalletMove:
    """Add to what a doctor has earned (below zero: take from it), in the clinic's currency; payable at once.

    Repeatable by `form_token`. Raises Invalid for an amount of zero or without a reason.
    """
    check_amount(abs(amount))
    if not reason.strip():
        raise Invalid(_("Write why."), field="reason")
    take_turn("payouts")
    cause = f"adjust:{form_token}" if form_token else ""
    done = WalletMove.objects.filter(cause=cause).first() if cause else None
    if done:
        return done
    day = today(branch)
    cause = cause or f"adjust:{practitioner.pk}/{WalletMove.objects.aggregate(last=Max('pk'))['last'] or 0}"
    entry = Entry("commission_earned" if amount > 0 else "commission_back", abs(amount), practitioner=practitioner)
    journal = post(
        kind="commission_adjusted", cause=cause[:80], entries=[entry], business_date=day, branch=branch,
        memo=f"{practitioner.name} · {reason.strip()}"[:200], by=by,
    )  # fmt: skip
    return _move(
        kind=WalletMoveKind.ADJUSTED, cause=cause[:100], practitioner=practitioner, branch=branch, amount=amount,
        business_date=day, journal=journal, reason=reason.strip()[:200], by=by,
    )  # fmt: skip


@action
def pay_out(
    *, amounts: dict[Practitioner, Decimal], branch: Branch, money: Account, last_day: dt.date, reference: str = "",
    form_token: str = "", by: User | None,
) -> list[Payout]:  # fmt: skip
    """Pay doctors out of what is payable up to a day, each by a document with a number; in the clinic's currency.

    Repeatable by `form_token`; two at once wait for each other, and the second finds what the first has left. Raises
    Invalid for a day to come or an account where no money lies, Conflict for more than is payable.
    """
    if not amounts:
        raise Invalid(_("Choose at least one doctor."))
    take_turn("payouts")
    day = today(branch)
    if last_day > day:
        raise Invalid(_("This day is still to come."), field="last_day")
    if not money_accounts(branch).filter(pk=money.pk).exists():
        raise Invalid(_("Choose one of the accounts where money lies."), field="money")
    paying = Paying(branch, money, last_day, day, reference.strip()[:60], form_token, by)
    return [_pay_one(doctor, amounts[doctor], paying) for doctor in sorted(amounts, key=lambda each: each.pk)]


@action
def reverse_payout(*, payout: Payout, reason: str, by: User | None) -> PayoutReversal:
    """Take a payout back today: the money is where it came from, the amount in the wallet. A repeat gets the first.

    Raises Invalid without a reason.
    """
    if not reason.strip():
        raise Invalid(_("Write why."), field="reason")
    take_turn("payouts")
    done = PayoutReversal.objects.filter(payout=payout).first()
    if done:
        return done
    day, reason = today(payout.branch), reason.strip()[:200]
    row = PayoutReversal(payout=payout, business_date=day, reason=reason, by=by)
    row.save(force_insert=True)
    cause = f"payout:{payout.pk}/reversed"
    first = Journal.objects.get(cause=f"payout:{payout.pk}", kind="payout")
    journal = reverse(journal=first, cause=cause, business_date=day, memo=reason, by=by)
    _move(
        kind=WalletMoveKind.UNPAID, cause=cause, practitioner=payout.practitioner, branch=payout.branch,
        amount=payout.amount, business_date=day, journal=journal, payout=payout, reason=reason, by=by,
    )  # fmt: skip
    return row


def _pay_one(doctor: Practitioner, amount: Decimal, paying: Paying) -> Payout:
    token = f"{paying.form_token}:{doctor.pk}" if paying.form_token else None
    done = Payout.objects.filter(form_token=token).first() if token else None
    if done:
        return done
    field = f"amount_{doctor.pk}"
    check_amount(amount, field)
    there = payable(doctor, paying.last_day)
    if amount > there:
        text = _("%(doctor)s: %(amount)s is payable up to that day.")
        said = text % {"doctor": doctor.name, "amount": format_money(max(there, ZERO))}
        raise Conflict(said, field=field, code="not_payable")
    before = Payout.objects.filter(practitioner=doctor, reversal=None).aggregate(last=Max("last_day"))["last"]
    number = (Payout.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    row = Payout(
        number=number, practitioner=doctor, branch=paying.branch, last_day=paying.last_day, business_date=paying.day,
        first_day=before + DAY if before and before < paying.last_day else None, amount=amount, money=paying.money,
        reference=paying.reference, form_token=token, by=paying.by,
    )  # fmt: skip
    row.save(force_insert=True)
    entry = Entry("commission_paid", amount, practitioner=doctor, credit=paying.money)
    journal = post(
        kind="payout", cause=f"payout:{row.pk}", entries=[entry], business_date=paying.day, branch=paying.branch,
        memo=doctor.name, by=paying.by,
    )  # fmt: skip
    _move(
        kind=WalletMoveKind.PAID, cause=f"payout:{row.pk}", practitioner=doctor, branch=paying.branch, amount=-amount,
        business_date=paying.day, journal=journal, payout=row, by=paying.by,
    )  # fmt: skip
    return row


def _move(*, amount: Decimal, business_date: dt.date, **fields: Any) -> WalletMove:
    """A move that counts at once for what may be paid."""
    row = WalletMove(
        amount=amount, released=amount, payable_on=business_date, business_date=business_date, **fields
    )  # fmt: skip
    row.save(force_insert=True)
    tell("money", branch=row.branch_id)
    return row
