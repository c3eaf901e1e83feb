"""Documents written by hand: expense, other income, transfer, payment to a supplier; and taking them back."""

import datetime as dt
from collections.abc import Callable
from contextlib import ExitStack
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
from clinic.shared.uploads import Stored, keep_upload
from finance.actions.invoices import check_amount
from finance.actions.ledger import Entry, post, reverse, take_turn
from finance.models import Account, Journal, Supplier, Voucher, VoucherFile, VoucherKind, VoucherReversal
from finance.queries.accounts import categories, money_accounts
from finance.queries.days import today
from finance.queries.suppliers import owed_to
from scheduling.models import Practitioner

FILES_AT_MOST = 20  # of one voucher


@dataclass(frozen=True)
class Written:
    """What a voucher says; `amount` in the clinic's currency, which accounts by kind as in the model."""

    kind: str
    branch: Branch
    amount: Decimal
    memo: str
    business_date: dt.date | None = None
    money: Account | None = None
    category: Account | None = None
    target: Account | None = None
    supplier: Supplier | None = None
    practitioner: Practitioner | None = None
    reference: str = ""
    form_token: str = ""


def enter_voucher(*, written: Written, upload: Any = None, by: User | None) -> Voucher:
    """Write a voucher with the next number and post it; a file is decoded and written anew before the transaction.

    Repeatable by `form_token`. Raises Invalid at the field that cannot be, Conflict for a day of a closed period or
    for more than a supplier is owed.
    """
    with ExitStack() as kept:
        file = kept.enter_context(keep_upload(upload)) if upload else None
        return write_voucher(written=written, file=file, by=by)


@action
def write_voucher(*, written: Written, file: Stored | None = None, by: User | None) -> Voucher:
    """The same inside a transaction that may do more, with a file that was decoded already."""
    take_turn("voucher-number")  # numbers have no gaps; also, two payments to one supplier are counted in turn
    done = Voucher.objects.filter(form_token=written.form_token).first() if written.form_token else None
    if done:
        return done
    entry = _checked(written)
    day = written.business_date or today(written.branch)
    last = Voucher.objects.aggregate(last=Max("number"))["last"] or 0
    row = Voucher(
        number=last + 1, kind=written.kind, branch=written.branch, business_date=day, amount=written.amount,
        money=written.money, category=written.category, target=written.target, supplier=written.supplier,
        practitioner=written.practitioner, memo=written.memo.strip()[:200], reference=written.reference.strip()[:60],
        form_token=written.form_token or None, by=by,
    )  # fmt: skip
    row.save(force_insert=True)
    if file:
        _keep(row, file, by)
    post(
        kind=row.kind, cause=f"voucher:{row.pk}", entries=[entry], business_date=day, branch=row.branch,
        memo=row.memo, by=by,
    )  # fmt: skip
    tell("money", branch=row.branch_id)
    return row


@action
def reverse_voucher(*, voucher: Voucher, reason: str, by: User | None) -> VoucherReversal:
    """Take a voucher back today, whatever its own day was; a repeat gets the first. Raises Invalid without a reason."""
    if not reason.strip():
        raise Invalid(_("Write why."), field="reason")
    take_turn("voucher-number")
    done = VoucherReversal.objects.filter(voucher=voucher).first()
    if done:
        return done
    day, reason = today(voucher.branch), reason.strip()[:200]
    row = VoucherReversal(voucher=voucher, business_date=day, reason=reason, by=by)
    row.save(force_insert=True)
    journal = Journal.objects.get(cause=f"voucher:{voucher.pk}", kind=voucher.kind)
    reverse(journal=journal, cause=f"voucher:{voucher.pk}/reversed", business_date=day, memo=reason, by=by)
    tell("money", branch=voucher.branch_id)
    return row


def add_file(*, voucher: Voucher, upload: Any, by: User | None) -> VoucherFile:
    """Keep a photo or PDF of the paper, which may come later than the voucher. Raises Invalid at `file`."""
    with keep_upload(upload) as kept:
        return _add(voucher=voucher, kept=kept, by=by)


@action
def _add(*, voucher: Voucher, kept: Stored, by: User | None) -> VoucherFile:
    if voucher.files.count() >= FILES_AT_MOST:
        raise Conflict(_("This voucher has as many files as can be kept."), field="file")
    return _keep(voucher, kept, by)


def _keep(voucher: Voucher, kept: Stored, by: User | None) -> VoucherFile:
    row = VoucherFile(voucher=voucher, stored=kept.name, mime=kept.mime, size=kept.size, sha256=kept.sha256, by=by)
    row.save(force_insert=True)
    return row


def _checked(written: Written) -> Entry:
    """The posting of a voucher; raises Invalid at the field that does not fit its kind."""
    check_amount(written.amount)
    if not written.memo.strip():
        raise Invalid(_("Write what it was for."), field="memo")
    if written.business_date and written.business_date > today(written.branch):
        raise Invalid(_("This day is still to come."), field="business_date")
    if written.money and not _among(written.money, money_accounts(written.branch)):
        raise Invalid(_("Choose one of the accounts where money lies."), field="money")
    return _POSTING[written.kind](written)


def _expense(written: Written) -> Entry:
    category = _category(written)
    more: dict[str, Any] = {"practitioner": written.practitioner, "supplier": written.supplier, "debit": category}
    if written.money:
        return Entry("expense_paid", written.amount, credit=written.money, **more)
    if not written.supplier:
        raise Invalid(_("Choose what it was paid from, or the supplier to whom it is owed."), field="money")
    return Entry("expense_owed", written.amount, **more)


def _income(written: Written) -> Entry:
    if not written.money:
        raise Invalid(_("Choose where the money came."), field="money")
    return Entry(
        "income_received", written.amount, debit=written.money, credit=_category(written),
        practitioner=written.practitioner,
    )  # fmt: skip


def _transfer(written: Written) -> Entry:
    if not written.money:
        raise Invalid(_("Choose from where."), field="money")
    if not written.target or not _among(written.target, money_accounts()):
        raise Invalid(_("Choose where it went."), field="target")
    if written.target == written.money:
        raise Invalid(_("Choose another account than the one it came from."), field="target")
    return Entry("moved", written.amount, debit=written.target, credit=written.money)


def _to_supplier(written: Written) -> Entry:
    if not written.supplier:
        raise Invalid(_("Choose the supplier."), field="supplier")
    if not written.money:
        raise Invalid(_("Choose what it was paid from."), field="money")
    owed = owed_to(written.supplier)
    if written.amount > owed:
        said = _("%(supplier)s is owed %(owed)s. Write the bill first, then pay it.")
        raise Conflict(said % {"supplier": written.supplier.name, "owed": format_money(owed)}, field="amount")
    return Entry("supplier_paid", written.amount, supplier=written.supplier, credit=written.money)


_POSTING: dict[str, Callable[[Written], Entry]] = {
    VoucherKind.EXPENSE: _expense,
    VoucherKind.INCOME: _income,
    VoucherKind.TRANSFER: _transfer,
    VoucherKind.SUPPLIER: _to_supplier,
}


def _category(written: Written) -> Account:
    if not written.category or not _among(written.category, categories(written.kind)):
        raise Invalid(_("Choose a category."), field="category")
    return written.category


def _among(account: Account, rows: Any) -> bool:
    return bool(rows.filter(pk=account.pk).exists())
