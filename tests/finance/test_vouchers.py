"""Vouchers, suppliers, recurring expenses, the chart: what is posted, what is refused, what the pages do."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from clinic.shared.errors import Conflict, Invalid
from finance import actions, queries
from finance.actions.recurring import day_of
from finance.models import Account, DueExpense, Journal, RecurringExpense, Supplier, Voucher
from finance.queries.suppliers import owed_to, suppliers_owed
from finance.tasks import keep_books
from tests.emr.hostile_files import picture
from tests.finance import make as money

HX = {"HX-Request": "true", "HX-Target": "drawer-body"}


@pytest.fixture
def chart() -> dict[str, Account]:
    """The accounts by code; the first branch's drawer is "cash"."""
    actions.furnish_accounts(by=None)
    found = {row.code: row for row in Account.objects.all()}
    return {**found, "cash": found[f"1010-{money.make.branch().pk}"]}


def write(kind: str, amount: int = 1000, **more: Any) -> Voucher:
    return actions.enter_voucher(
        written=actions.Written(kind, money.make.branch(), Decimal(amount), "بابت", **more), by=None
    )


def test_each_kind_posts_its_rule(chart: dict[str, Account]) -> None:
    supplier = actions.save_supplier(name="تأمین", by=None)
    write("expense", 700, money=chart["cash"], category=chart["5110"])
    write("expense", 500, category=chart["5140"], supplier=supplier)
    write("income", 900, money=chart["1030"], category=chart["4110"])
    write("transfer", 300, money=chart["cash"], target=chart["1030"])
    write("supplier", 200, money=chart["1030"], supplier=supplier)
    assert money.books() == {"1010": -1000, "5110": 700, "5140": 500, "2040": -300, "1030": 1000, "4110": -900}
    assert owed_to(supplier) == 300
    assert [(row.supplier, row.amount) for row in suppliers_owed()] == [(supplier, 300)]
    assert [row.number for row in Voucher.objects.order_by("pk")] == [1, 2, 3, 4, 5]


def test_a_doctor_bears_a_cost(chart: dict[str, Account]) -> None:
    doctor = money.make.practitioner(money.make.service(), hours=False)
    voucher = write("expense", money=chart["1030"], category=chart["5190"], practitioner=doctor)
    lines = Journal.objects.get(cause=f"voucher:{voucher.pk}").lines
    assert set(lines.values_list("account__code", "practitioner")) == {("5190", None), ("1030", None)} ^ {
        ("5190", None), ("5190", doctor.pk)
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "more", "field"),
    [
        ("expense", {"category": "5110"}, "money"),
        ("expense", {"money": "1030"}, "category"),
        ("expense", {"money": "1030", "category": "5010"}, "category"),  # stock keeps it
        ("expense", {"money": "1030", "category": "4110"}, "category"),
        ("expense", {"money": "5110", "category": "5110"}, "money"),
        ("income", {"money": "1030", "category": "4010"}, "category"),  # bills keep it
        ("income", {"category": "4110"}, "money"),
        ("transfer", {"money": "1030", "target": "1030"}, "target"),
        ("transfer", {"money": "1030", "target": "1100"}, "target"),
        ("transfer", {"target": "1030"}, "money"),
        ("supplier", {"money": "1030"}, "supplier"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field(
    chart: dict[str, Account], kind: str, more: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        write(kind, **{name: chart[code] for name, code in more.items()})
    assert refused.value.field == field
    assert not Voucher.objects.exists()


def test_no_more_is_paid_to_a_supplier_than_is_owed(chart: dict[str, Account]) -> None:
    supplier = actions.save_supplier(name="تأمین", by=None)
    write("expense", 500, category=chart["5140"], supplier=supplier)
    with pytest.raises(Conflict):
        write("supplier", 501, money=chart["1030"], supplier=supplier)
    write("supplier", 500, money=chart["1030"], supplier=supplier)
    assert owed_to(supplier) == 0


def test_a_voucher_is_taken_back_once_and_written_once(chart: dict[str, Account]) -> None:
    more = {"money": chart["1030"], "category": chart["5110"], "form_token": "t"}
    voucher = write("expense", **more)
    assert write("expense", **more) == voucher
    first = actions.reverse_voucher(voucher=voucher, reason="اشتباه", by=None)
    assert actions.reverse_voucher(voucher=voucher, reason="دوباره", by=None) == first
    assert money.books() == {}
    with pytest.raises(Invalid):
        write("expense", money=chart["1030"], category=chart["5110"], business_date=dt.date(2200, 1, 1))


def test_the_paper_is_kept_and_shown_to_who_sees_the_books(page: Any, chart: dict[str, Account]) -> None:
    owner = page("owner")
    sent = {
        "amount": "1000", "memo": "تعمیر", "money": chart["cash"].pk, "category": chart["5140"].pk,
        "business_date": queries.clinic_today().isoformat(), "form_token": "t",
        "file": SimpleUploadedFile("a.jpg", picture()),
    }  # fmt: skip
    assert owner.post("/finance/books/vouchers/new/?kind=expense", sent).status_code == 302
    voucher = Voucher.objects.get()
    file = voucher.files.get()
    shown = owner.get(f"/finance/books/vouchers/{voucher.pk}/", headers=HX).content.decode()
    assert f"/finance/books/papers/{file.pk}/" in shown
    assert owner.get(f"/finance/books/papers/{file.pk}/")["Content-Type"] == "image/jpeg"
    assert page("secretary").get(f"/finance/books/papers/{file.pk}/").status_code == 403
    bad = {"file": SimpleUploadedFile("a.jpg", b"<svg onload=alert(1)>")}
    assert owner.post(f"/finance/books/vouchers/{voucher.pk}/files/", bad).status_code == 400
    late = {"file": SimpleUploadedFile("b.jpg", picture())}
    assert owner.post(f"/finance/books/vouchers/{voucher.pk}/files/", late).status_code == 302
    assert voucher.files.count() == 2
    assert page("cashier").post("/finance/books/vouchers/new/", sent).status_code == 403


def test_a_closed_day_is_told_at_the_day(page: Any, chart: dict[str, Account]) -> None:
    day = queries.clinic_today() - dt.timedelta(days=10)
    actions.close_period(first=day, last=day, reason="x", by=None)
    sent = {"amount": "1000", "memo": "x", "money": chart["1030"].pk, "category": chart["5140"].pk,
            "business_date": day.isoformat()}  # fmt: skip
    answer = page("owner").post("/finance/books/vouchers/new/", sent, headers=HX)
    assert answer.status_code == 422
    assert "id_business_date_error" in answer.content.decode()
    assert not Voucher.objects.exists()


def recurring(chart: dict[str, Account], **more: Any) -> RecurringExpense:
    values = {
        "name": "اجاره", "every": "month", "amount": Decimal(900), "category": chart["5110"], "money": chart["1030"],
        "branch": money.make.branch(), "supplier": None, "practitioner": None,
        "starts_on": queries.clinic_today(), **more,
    }  # fmt: skip
    return actions.save_recurring(by=None, **values)


def test_a_recurring_expense_is_proposed_on_its_day_and_posted_by_a_person(chart: dict[str, Account]) -> None:
    row = recurring(chart)
    keep_books()
    keep_books()
    due = DueExpense.objects.get()
    assert (due.due_on, due.status) == (queries.clinic_today(), "proposed")
    assert not Journal.objects.exists()
    row.refresh_from_db()
    assert row.next_on > queries.clinic_today()
    done = actions.confirm_due(due=due, amount=Decimal(950), by=None)
    assert actions.confirm_due(due=due, amount=Decimal(1), by=None) == done
    assert money.books() == {"5110": 950, "1030": -950}
    with pytest.raises(Conflict):
        actions.skip_due(due=due, by=None)


def test_what_was_missed_is_proposed_and_may_be_left_out(chart: dict[str, Account]) -> None:
    recurring(chart, every="week", starts_on=queries.clinic_today() - dt.timedelta(days=15))
    assert actions.propose_expenses(by=None) == 3
    assert actions.propose_expenses(by=None) == 0
    due = DueExpense.objects.first()
    assert due
    assert actions.skip_due(due=due, by=None).status == "skipped"
    assert actions.propose_again(due=due, by=None).status == "proposed"


def test_the_last_day_of_a_month_stays_the_last_day() -> None:
    row = RecurringExpense(every="month", starts_on=dt.date(2024, 4, 19))  # the 31st of Farvardin 1403
    days = [day_of(row, place) for place in (5, 6, 7, 11, 12)]
    assert days == [
        dt.date(2024, 9, 21),
        dt.date(2024, 10, 21),
        dt.date(2024, 11, 20),
        dt.date(2025, 3, 20),
        dt.date(2025, 4, 20),
    ]


def test_accounts_are_added_renamed_and_kept_in_use_where_rules_post(chart: dict[str, Account]) -> None:
    own = actions.save_account(code="5210", name="ماشین", kind="expense", by=None)
    write("expense", money=chart["1030"], category=own)
    actions.save_account(account=own, name="خودرو", is_active=False, by=None)
    with pytest.raises(Invalid):
        write("expense", money=chart["1030"], category=Account.objects.get(pk=own.pk))
    actions.save_account(account=chart["4010"], name="درآمد ویزیت", by=None)
    with pytest.raises(Conflict):
        actions.save_account(account=chart["4010"], name="درآمد ویزیت", is_active=False, by=None)
    for code in ("5210", "1010", "4010"):
        with pytest.raises(Conflict):
            actions.save_account(code=code, name="x", kind="expense", by=None)
    with pytest.raises(Invalid):
        actions.save_account(code="x1", name="x", kind="expense", by=None)


def test_opening_balances_are_one_journal_against_the_capital(chart: dict[str, Account]) -> None:
    day = queries.clinic_today() - dt.timedelta(days=30)
    amounts = {chart["1030"]: Decimal(5000), chart["cash"]: Decimal(300), chart["2040"]: Decimal(1000)}
    journal = actions.open_balances(amounts=amounts, business_date=day, form_token="t", by=None)
    assert actions.open_balances(amounts=amounts, business_date=day, form_token="t", by=None) == journal
    assert money.books() == {"1030": 5000, "1010": 300, "2040": -1000, "3010": -4300}
    with pytest.raises(Invalid):
        actions.open_balances(amounts={chart["1100"]: Decimal(1)}, business_date=day, by=None)
    actions.take_back_opening(journal=journal, by=None)
    assert money.books() == {}


def test_the_pages_work(page: Any, chart: dict[str, Account]) -> None:
    owner = page("owner")
    assert owner.post("/finance/books/suppliers/new/", {"name": "شرکت", "is_active": "on"}).status_code == 302
    supplier = Supplier.objects.get()
    assert owner.post("/finance/books/suppliers/new/", {"name": "شرکت"}).status_code == 422
    write("expense", 500, category=chart["5140"], supplier=supplier)
    assert "شرکت" in owner.get(f"/finance/books/suppliers/{supplier.pk}/").content.decode()
    assert "بابت" in owner.get("/finance/books/vouchers/?kind=expense").content.decode()
    sent = {"name": "اجاره", "amount": "900", "every": "month", "starts_on": queries.clinic_today().isoformat(),
            "category": chart["5110"].pk, "money": chart["1030"].pk, "is_active": "on"}  # fmt: skip
    assert owner.post("/finance/books/recurring/new/", sent).status_code == 302
    keep_books()
    due = DueExpense.objects.get()
    assert f"/finance/books/due/{due.pk}/" in owner.get("/finance/books/recurring/").content.decode()
    day = {"amount": "900", "business_date": due.due_on.isoformat(), "money": chart["1030"].pk}
    assert owner.post(f"/finance/books/due/{due.pk}/", day).status_code == 302
    opened = {f"a{chart['1030'].pk}": "5000", "business_date": due.due_on.isoformat()}
    assert owner.post("/finance/books/opening/", opened).status_code == 302
    assert owner.get("/finance/books/accounts/").status_code == 200
    assert owner.get("/finance/ledger/").status_code == 200
