"""The clinic's chart of accounts, suppliers, and balances from before."""

import datetime as dt
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from finance.actions.invoices import check_amount
from finance.actions.ledger import Entry, account, post, reverse, take_turn
from finance.models import Account, AccountKind, Journal, Supplier
from finance.postings import CHART, RULES
from finance.queries.accounts import base_code, openable
from finance.queries.days import clinic_today

OPENING = {
    AccountKind.ASSET: "opening_has",
    AccountKind.LIABILITY: "opening_owes",
    AccountKind.EQUITY: "opening_own",
}
NAMED = frozenset(CHART[key].code for rule in RULES.values() for key in rule)  # rules post there: always in use


@action
def furnish_accounts(*, by: User | None) -> None:
    """Make every account of the chart that is not there yet, one for each branch where it is kept so."""
    there = set(Account.objects.values_list("code", flat=True))
    branches = list(Branch.objects.order_by("pk"))
    for key, chart in CHART.items():
        for branch in branches if chart.per_branch else [None]:
            if (f"{chart.code}-{branch.pk}" if branch else chart.code) not in there:
                account(key=key, branch=branch, by=by)


@action
def save_account(
    *,
    account: Account | None = None,
    code: str = "",
    name: str,
    name_en: str = "",
    kind: str = "",
    branch: Branch | None = None,
    is_money: bool = False,
    is_active: bool = True,
    by: User | None,
) -> Account:
    """Add an account, or rename one and take it in or out of use. Code, kind and branch stay as they began.

    Raises Invalid at the field, Conflict for a code that is taken or an account that the posting rules need.
    """
    if not name.strip():
        raise Invalid(_("Write a name."), field="name")
    if account is None:
        take_turn("chart")
        account = _new(code, kind, branch, is_money)
    elif not is_active and base_code(account) in NAMED:
        raise Conflict(_("Bills, payments or stock post to this account; it stays in use."), field="is_active")
    account.name, account.name_en, account.is_active = name.strip(), name_en.strip(), is_active
    account.save()
    return account


def _new(code: str, kind: str, branch: Branch | None, is_money: bool) -> Account:
    code = code.strip()
    if not (code.isascii() and code.isdigit() and 3 <= len(code) <= 8):
        raise Invalid(_("Write a code of three to eight digits."), field="code")
    if kind not in AccountKind.values:
        raise Invalid(_("Choose one of the answers."), field="kind")
    if is_money and kind != AccountKind.ASSET:
        raise Invalid(_("Money lies in assets only."), field="is_money")
    if Account.objects.filter(Q(code=code) | Q(code__startswith=f"{code}-")).exists() or code in _codes():
        raise Conflict(_("This code is taken. Choose another one."), field="code")
    return Account(code=code, kind=kind, branch=branch, is_money=is_money)


def _codes() -> set[str]:
    return {chart.code for chart in CHART.values()}


@action
def open_balances(
    *, amounts: dict[Account, Decimal], business_date: dt.date, form_token: str = "", by: User | None
) -> Journal:
    """Post what accounts held before these books began, against the capital; amounts above zero on their own side.

    Repeatable by `form_token`. Raises Invalid for no amount or an account that other documents keep.
    """
    given = {row: amount for row, amount in amounts.items() if amount}
    if not given:
        raise Invalid(_("Write at least one amount."))
    allowed = set(openable().values_list("pk", flat=True))
    for row, amount in given.items():
        check_amount(amount, f"a{row.pk}")
        if row.pk not in allowed:
            raise Invalid(_("Other documents keep this account."), field=f"a{row.pk}")
    if business_date > clinic_today():
        raise Invalid(_("This day is still to come."), field="business_date")
    take_turn("opening")
    times = Journal.objects.filter(kind="opening").count()
    journal = post(
        kind="opening",
        cause=f"opening:{form_token or times + 1}",
        entries=[_opening(row, amount) for row, amount in given.items()],
        business_date=business_date,
        branch=None,
        by=by,
    )
    assert journal is not None  # amounts are above zero
    return journal


def _opening(row: Account, amount: Decimal) -> Entry:
    rule = OPENING[AccountKind(row.kind)]
    return Entry(rule, amount, debit=row) if rule == "opening_has" else Entry(rule, amount, credit=row)


@action
def take_back_opening(*, journal: Journal, by: User | None) -> Journal:
    """Take an opening journal back today, so that the right one can be written."""
    return reverse(journal=journal, cause=f"{journal.cause}/reversed", business_date=clinic_today(), by=by)


@action
def save_supplier(
    *,
    supplier: Supplier | None = None,
    name: str,
    phone: str = "",
    tax_number: str = "",
    note: str = "",
    is_active: bool = True,
    by: User | None,
) -> Supplier:
    """Add a supplier or change one. Raises Conflict for a name that another one has."""
    name = name.strip()
    if not name:
        raise Invalid(_("Write a name."), field="name")
    take_turn("suppliers")
    if Supplier.objects.filter(name=name).exclude(pk=supplier.pk if supplier else None).exists():
        raise Conflict(_("Another supplier has this name."), field="name")
    row = supplier or Supplier()
    row.name, row.phone, row.tax_number, row.note = name, phone.strip(), tax_number.strip(), note.strip()
    row.is_active = is_active
    row.save()
    return row
