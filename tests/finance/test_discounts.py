"""Discounts: at once within a limit, decided above it; before the bill on its lines, after it by a credit note."""

from decimal import Decimal
from typing import Any

import pytest

from clinic.accounts.roles import Role
from clinic.shared.errors import Conflict, Invalid
from finance import actions
from finance.models import CreditNote, Discount, Invoice
from tests.finance import make as money

D = Decimal
HX = {"HX-Request": "true"}


def ask(amount: int, who: str = Role.SECRETARY, **more: Any) -> Discount:
    of = {"invoice": money.bill(500_000)} if not {"invoice", "visit"} & set(more) else {}
    wish = {"reason": "همکار", "amount": D(amount), **more.pop("wish", {})}
    return actions.ask_discount(wish=actions.Wish(**wish), by=money.make.user(who), **of, **more)


@pytest.mark.parametrize(
    ("who", "amount", "status"),
    [(Role.SECRETARY, 1000, "asked"), (Role.CASHIER, 1000, "asked"), (Role.MANAGER, 150_000, "given"),
     (Role.MANAGER, 151_000, "asked"), (Role.OWNER, 500_000, "given")],
)  # fmt: skip
def test_each_role_has_its_limit(who: str, amount: int, status: str) -> None:
    row = ask(amount, who)
    assert row.status == status
    assert CreditNote.objects.count() == (status == "given")
    assert Invoice.objects.get().due == 500_000 - (amount if status == "given" else 0)


def test_the_clinic_sets_the_limits() -> None:
    actions.save_discount_limits(limits={"secretary": 10}, by=None)
    assert ask(50_000).status == "given"
    assert ask(50_001).status == "asked"
    with pytest.raises(Invalid):
        actions.save_discount_limits(limits={"secretary": 101}, by=None)


def test_what_waits_stays_open_until_it_is_decided() -> None:
    row = ask(200_000)
    invoice = Invoice.objects.get()
    with pytest.raises(Conflict, match="300,000"):
        money.pay(invoice, 500_000, "card")
    money.pay(invoice, 300_000, "card")
    with pytest.raises(Conflict):
        ask(1000, invoice=invoice)  # one at a time
    manager, owner = money.make.user(Role.MANAGER), money.make.user(Role.OWNER)
    with pytest.raises(Conflict, match="owner"):
        actions.decide_discount(discount=row, approve=True, by=manager)
    actions.decide_discount(discount=row, approve=True, by=owner)
    actions.decide_discount(discount=row, approve=True, by=owner)  # a double click
    row.refresh_from_db()
    invoice.refresh_from_db()
    assert (row.status, row.decided_by, invoice.due, invoice.status) == ("given", owner, 0, "balanced")
    assert row.note is not None
    assert money.books()["4910"] == 200_000
    assert [move.to_status for move in row.moves.order_by("pk")] == ["asked", "given"]


def test_denied_or_taken_back_the_bill_is_owed_whole() -> None:
    row = ask(200_000)
    actions.decide_discount(discount=row, approve=False, reason="نه", by=money.make.user(Role.MANAGER))
    invoice = Invoice.objects.get()
    assert actions.withdraw_discount(discount=ask(100_000, invoice=invoice), by=None).status == "withdrawn"
    money.pay(invoice, 500_000, "card")
    with pytest.raises(Conflict):
        actions.decide_discount(discount=row, approve=True, by=money.make.user(Role.OWNER))
    assert CreditNote.objects.count() == 0


def test_before_the_bill_it_stands_on_the_line() -> None:
    visit = money.visit(price=500_000)
    row = ask(100_000, Role.MANAGER, visit=visit, wish={"bearer": "doctor"})
    assert (row.status, row.note) == ("approved", None)
    invoice = actions.issue_for_visit(visit=visit, by=None)
    line = invoice.lines.get()
    assert (invoice.total, line.discount, line.discount_bearer, line.discount_reason) == (
        400_000,
        100_000,
        "doctor",
        "همکار",
    )
    row.refresh_from_db()
    assert (row.status, row.invoice_id, CreditNote.objects.count()) == ("given", invoice.pk, 0)
    actions.cancel_for_visit(visit=visit, by=None)
    row.refresh_from_db()
    assert row.status == "approved"
    assert actions.issue_for_visit(visit=visit, by=None).total == 400_000


def test_a_bill_may_be_issued_without_what_waits() -> None:
    visit = money.visit(price=500_000)
    row = ask(200_000, visit=visit)
    invoice = actions.issue_for_visit(visit=visit, by=None)
    assert invoice.total == 500_000
    with pytest.raises(Conflict):
        money.pay(invoice, 400_000)
    row = actions.decide_discount(discount=row, approve=True, by=money.make.user(Role.OWNER))
    assert (row.status, row.invoice_id) == ("given", invoice.pk)
    assert Invoice.objects.get(pk=invoice.pk).due == 300_000


def test_percent_of_one_line() -> None:
    lines = [actions.Draft("ویزیت", D(100_000), "manual"), actions.Draft("دارو", D(400_000), "manual")]
    patient, branch = money.make.patient(), money.make.branch()
    invoice = actions.issue_invoice(patient=patient, branch=branch, lines=lines, cause="manual:1", by=None)
    line = invoice.lines.order_by("pk")[1]
    wish = {"amount": None, "percent": D("12.5"), "line": line, "bearer": "split"}
    row = ask(0, Role.OWNER, invoice=invoice, wish=wish)
    assert (row.amount, row.note.bearer) == (50_000, "split")
    assert [(given.line_id, given.amount) for given in row.note.lines.all()] == [(line.pk, 50_000)]
    with pytest.raises(Invalid):
        ask(0, Role.OWNER, invoice=invoice, wish={"amount": None, "percent": D(101)})


def test_one_click_decides_it(page: Any) -> None:
    secretary, owner = page(Role.SECRETARY), page(Role.OWNER)
    visit = money.visit(price=500_000)
    values = {"do": "discount", "discount-percent": "50", "discount-reason": "خیریه", "discount-bearer": "clinic"}
    panel = secretary.post(f"/finance/checkout/{visit.pk}/", values, headers=HX)
    assert panel.status_code == 200
    assert "در انتظار تأیید" in panel.content.decode()
    row = Discount.objects.get()
    assert secretary.get("/finance/discounts/").status_code == 403
    assert "خیریه" in owner.get("/finance/discounts/").content.decode()
    assert "تخفیف منتظر شماست" in owner.get("/mastermind/").content.decode()
    decided = owner.post(f"/finance/discounts/{row.pk}/decide/", {"approve": "yes"}, headers=HX)
    assert decided.status_code == 204
    row.refresh_from_db()
    assert (row.status, row.amount) == ("approved", 250_000)
    assert secretary.post(f"/finance/discounts/{row.pk}/withdraw/", headers=HX).status_code == 200
    row.refresh_from_db()
    assert row.status == "withdrawn"


def test_the_api_says_that_it_waits(api: Any) -> None:
    invoice = money.bill(500_000)
    address, body = f"/api/v1/invoices/{invoice.pk}/discounts/", {"percent": "10", "reason": "x"}
    assert api(Role.SECRETARY).post(address, body, format="json").status_code == 202
    actions.decide_discount(discount=Discount.objects.get(), approve=False, by=None)
    answer = api(Role.MANAGER).post(address, body, format="json")
    assert (answer.status_code, answer.json()["due"]) == (201, "450000.00")


def test_limits_are_set_on_a_page(page: Any) -> None:
    owner = page(Role.OWNER)
    assert owner.get("/set-up/discounts/").status_code == 200
    values = {"secretary": "5", "cashier": "0", "doctor": "0", "manager": "30", "owner": "100"}
    assert owner.post("/set-up/discounts/", values).status_code == 302
    assert ask(25_000).status == "given"
    assert owner.post("/set-up/discounts/", values | {"manager": "101"}).status_code == 422
