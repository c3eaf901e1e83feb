"""Terminals, accounts, card to card: where money arrived, and what the bank paid out."""

from decimal import Decimal

import pytest

from clinic.shared.errors import Conflict, Invalid
from finance import actions
from finance.queries.channels import on_terminals, terminals_of
from tests.finance import make as money

D = Decimal


def test_card_to_card_names_account_and_card() -> None:
    branch = money.make.branch()
    account = actions.save_point(point=None, branch=branch, kind="account", name="ملت", number="6104", by=None)
    terminal = actions.save_point(point=None, branch=branch, kind="terminal", name="پایانه", by=None)
    invoice = money.bill(500_000)
    paid = money.pay(invoice, 300_000, "card_to_card", point=account, last4="1234", reference="778899")
    assert (paid.point, paid.last4, paid.reference) == (account, "1234", "778899")
    assert money.books()["1030"] == 300_000
    for wrong in ({"point": terminal}, {"last4": "12"}, {"last4": "12a4"}):
        with pytest.raises(Invalid):
            money.pay(invoice, 1_000, "card_to_card", **wrong)
    actions.refund(payment=paid, amount=D(100_000), reason="x", by=None)
    assert money.books()["1030"] == 200_000
    money.agreed()


def test_a_terminal_is_settled_with_its_fee_and_never_beyond_what_it_took() -> None:
    branch = money.make.branch()
    terminal = actions.save_point(point=None, branch=branch, kind="terminal", name="پایانه", by=None)
    money.pay(money.bill(700_000), 700_000, "card", point=terminal)
    row = actions.settle_terminal(point=terminal, gross=D(500_000), fee=D(2_500), form_token="s", by=None)
    assert actions.settle_terminal(point=terminal, gross=D(500_000), fee=D(2_500), form_token="s", by=None) == row
    assert money.books() | {"4010": 0} == {"1030": 497_500, "5160": 2_500, "1020": 200_000, "4010": 0} | {
        code: sum_ for code, sum_ in money.books().items() if code in ("2020", "4930")
    }
    with pytest.raises(Conflict):
        actions.settle_terminal(point=terminal, gross=D(200_001), by=None)
    with pytest.raises(Invalid):
        actions.settle_terminal(point=terminal, gross=D(1000), fee=D(1001), by=None)
    [state] = terminals_of(branch)
    assert (state.taken, state.settled, state.waiting, state.last) == (700_000, 500_000, 200_000, row)
    assert on_terminals(branch) == 200_000


def test_several_channels_pay_one_bill() -> None:
    invoice = money.bill(1_000_000)
    cash = money.pay(invoice, 200_000, "cash", tendered=D(250_000))
    money.pay(invoice, 300_000, "card")
    money.pay(invoice, 400_000, "card_to_card")
    last = money.pay(invoice, 150_000, "transfer")
    invoice.refresh_from_db()
    assert (cash.change, invoice.status, last.amount) == (50_000, "balanced", 100_000)
    assert money.books()["2010"] == -50_000  # more than was owed is her credit
    money.agreed()
