"""The books and the cash desks by API: figures, roles, repeats, what is refused."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from finance import actions, queries
from finance.models import Account, Journal, PeriodMove, Shift, Supplier, Voucher, VoucherReversal
from finance.queries.reports.scope import month_of
from tests.finance import make as money

Api = Callable[..., APIClient]
LEDGER, CASH = "/api/v1/ledger", "/api/v1/cash"


@pytest.fixture
def accounts() -> dict[str, Account]:
    """A bill of 900,000 paid with 600,000 in cash; every account of the chart by its code."""
    actions.furnish_accounts(by=None)
    money.pay(money.bill(900_000), 600_000)
    return {row.code: row for row in Account.objects.all()}


@pytest.fixture
def rent(accounts: dict[str, Account]) -> dict[str, Any]:
    """A rent out of the bank, as it is sent."""
    return {
        "kind": "expense", "amount": "۲۵۰٬۰۰۰", "memo": "اجاره",
        "category": accounts["5110"].pk, "money": accounts["1030"].pk,
    }  # fmt: skip


def send(client: APIClient, url: str, body: Any = None, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(url, body or {}, format="json", headers=headers)


def test_reports_say_what_the_pages_say(api: Api, rent: dict[str, Any]) -> None:
    client = api("accountant")
    assert send(client, f"{LEDGER}/vouchers/", rent).status_code == 201
    first, last = month_of(queries.clinic_today())
    days = f"first={first}&last={last}"
    profit = client.get(f"{LEDGER}/profit/?{days}").json()
    assert (profit["earned"], profit["spent"], profit["profit"]) == ("900000.00", "250000.00", "650000.00")
    assert [row["code"] for row in profit["costs"]] == ["5110"]
    sheet = client.get(f"{LEDGER}/balance-sheet/").json()
    assert (sheet["balances"], sheet["sum_assets"], sheet["profit"]) == (True, "650000.00", "650000.00")
    flow = client.get(f"{LEDGER}/cash-flow/?{days}").json()
    assert (flow["came"], flow["went"], flow["closing"]) == ("600000.00", "250000.00", "350000.00")
    week = client.get(f"{LEDGER}/weekly-billing/?weeks=2").json()
    assert [row["bills"] for row in week] == [1, 0]
    assert (week[0]["billed"], week[0]["owed"]) == ("900000.00", "300000.00")
    bank = client.get(f"{LEDGER}/accounts/{rent['money']}/lines/?{days}").json()
    assert [(row["amount"], row["balance"]) for row in bank["results"]] == [("-250000.00", "-250000.00")]
    listed = client.get(f"{LEDGER}/journals/?account={rent['money']}").json()["results"]
    assert [row["kind"] for row in listed] == ["expense"]
    whole = client.get(f"{LEDGER}/journals/{listed[0]['id']}/").json()
    assert sum(Decimal(line["amount"]) for line in whole["lines"]) == 0


def test_visits_and_bills_that_do_not_fit_are_named(api: Api) -> None:
    day = queries.clinic_today()
    without = money.visit(day=day, status="finished")
    billed = money.bill(400_000, day=day, status="finished")
    found = api("accountant").get(f"{LEDGER}/visits-matched/?first={day}&last={day}").json()
    assert (found["visits"], found["billed"], found["owed"]) == (2, 1, "400000.00")
    assert [row["id"] for row in found["without_bill"]] == [without.pk]
    assert [row["id"] for row in found["unpaid"]] == [billed.pk]


def test_a_voucher_is_written_once_and_taken_back_once(api: Api, rent: dict[str, Any]) -> None:
    client = api("accountant")
    first, again = (send(client, f"{LEDGER}/vouchers/", rent, "rent-1") for _time in range(2))
    assert first.status_code == again.status_code == 201, first.content
    assert first.json() == again.json()
    assert Voucher.objects.count() == 1
    assert send(client, f"{LEDGER}/vouchers/", {**rent, "amount": 1}, "rent-1").status_code == 409
    url = f"{LEDGER}/vouchers/{first.json()['id']}"
    for key in ("back-1", "back-2", ""):
        assert send(client, f"{url}/reversal/", {"reason": "دوبار نوشته شد"}, key).status_code == 201
    assert VoucherReversal.objects.count() == 1
    assert client.get(f"{url}/").json()["reversed_on"] == queries.clinic_today().isoformat()
    for method in ("put", "patch", "delete"):
        assert getattr(client, method)(f"{url}/", {"amount": 1}, format="json").status_code == 405


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": 0}, "amount"), ({"memo": ""}, "memo"), ({"money": None}, "money"), ({"category": None}, "category"),
        ({"business_date": "0001-01-01"}, "business_date"), ({"business_date": "2150-01-01"}, "business_date"),
        ({"kind": "gift"}, "kind"), ({"supplier": 10**12}, "supplier"),
    ],
)  # fmt: skip
def test_what_a_voucher_cannot_be_is_said_at_its_field(
    api: Api, rent: dict[str, Any], change: dict[str, Any], field: str
) -> None:
    answer = send(api("owner"), f"{LEDGER}/vouchers/", {**rent, **change})
    assert answer.status_code in {400, 409}
    assert field in answer.json()["errors"]
    assert not Voucher.objects.exists()


def test_suppliers_are_owed_what_the_books_say(api: Api, rent: dict[str, Any]) -> None:
    client = api("owner")
    made = send(client, f"{LEDGER}/suppliers/", {"name": "داروپخش"}).json()
    send(client, f"{LEDGER}/vouchers/", {**rent, "money": None, "supplier": made["id"]})
    url = f"{LEDGER}/suppliers/{made['id']}/"
    assert client.get(url).json()["owed"] == "250000.00"
    assert client.patch(url, {"phone": "021"}, format="json").json()["owed"] == "250000.00"
    assert Supplier.objects.get().name == "داروپخش"
    assert send(client, f"{LEDGER}/suppliers/", {"name": "داروپخش"}).status_code == 409


def test_accounts_are_added_and_renamed(api: Api, accounts: dict[str, Account]) -> None:
    client = api("accountant")
    made = send(client, f"{LEDGER}/accounts/", {"code": "5200", "name": "آموزش", "kind": "expense"})
    assert made.status_code == 201, made.content
    url = f"{LEDGER}/accounts/{made.json()['id']}/"
    assert client.patch(url, {"name_en": "Training"}, format="json").json()["name"] == "آموزش"
    assert client.get(f"{LEDGER}/accounts/?kind=expense&page_size=200").json()["count"] > 10
    ruled = client.patch(f"{LEDGER}/accounts/{accounts['1100'].pk}/", {"is_active": False}, format="json")
    assert ruled.status_code == 409


def test_days_are_closed_and_opened_by_who_may(api: Api, rent: dict[str, Any]) -> None:
    day = (queries.clinic_today() - dt.timedelta(days=40)).isoformat()
    body = {"first_day": day, "last_day": day, "reason": "پایان ماه"}
    assert send(api("cashier"), f"{LEDGER}/periods/", body).status_code == 403
    client = api("accountant")
    assert send(client, f"{LEDGER}/periods/", body, "close").status_code == 201
    assert send(client, f"{LEDGER}/periods/", body, "close").status_code == 201
    assert PeriodMove.objects.count() == 1
    refused = send(client, f"{LEDGER}/vouchers/", {**rent, "business_date": day})
    assert (refused.status_code, Voucher.objects.count()) == (409, 0)
    assert send(client, f"{LEDGER}/periods/", {**body, "closes": False}).status_code == 201
    assert send(client, f"{LEDGER}/vouchers/", {**rent, "business_date": day}).status_code == 201


def test_a_shift_from_open_to_hand_over_and_close(api: Api, make: Any) -> None:
    desk = actions.save_desk(desk=None, branch=make.branch(), name="پذیرش", by=None)
    actions.save_cash_rules(branch=desk.branch, uses_shifts=True, is_blind=True, by=None)
    clerk, other = make.user("secretary"), make.user("cashier")
    client, colleague = api(clerk), api(other)
    opened = [send(client, f"{CASH}/desks/{desk.pk}/shifts/", {"opening": "1000000"}, "open") for _time in range(2)]
    assert [answer.status_code for answer in opened] == [201, 201], opened[0].content
    assert opened[0].json() == opened[1].json()
    url = f"{CASH}/shifts/{Shift.objects.get().pk}"
    for _time in range(2):
        assert send(client, f"{url}/cash/", {"kind": "out", "amount": 100_000, "reason": "پیک"}, "c").status_code == 201
    assert client.get(f"{url}/").json()["sum"] is None  # blind
    assert api("manager").get(f"{url}/").json()["sum"] == "900000.00"
    offered = send(client, f"{url}/hand-over/", {"to": other.pk, "counted": 900_000})
    assert offered.json()["status"] == "offered", offered.content
    assert send(client, f"{url}/answer/", {"do": "accept"}).status_code == 409
    mine = send(colleague, f"{url}/answer/", {"do": "accept"}).json()
    assert (mine["cashier"], mine["opening"]) == (other.pk, "900000.00")
    url = f"{CASH}/shifts/{mine['id']}"
    counted = send(colleague, f"{url}/count/", {"counted": 850_000}).json()
    assert (counted["status"], counted["difference"]) == ("counted", "-50000.00")
    assert send(colleague, f"{url}/settle/", {"note": ""}).status_code == 400
    assert send(colleague, f"{url}/count-again/").json()["status"] == "open"
    send(colleague, f"{url}/count/", {"counted": 850_000})
    done = [send(colleague, f"{url}/settle/", {"note": "نمی‌دانیم"}, "settle") for _time in range(2)]
    assert [answer.json()["status"] for answer in done] == ["closed", "closed"]
    assert Journal.objects.filter(kind="cash_short").count() == 1
    assert client.get(f"{CASH}/desks/?branch={desk.branch_id}").json()[0]["shift"] is None
    assert client.get(f"{CASH}/shifts/?day={mine['business_date']}").json()["count"] == 2


def test_a_day_is_read_and_closed_once(api: Api) -> None:
    invoice = money.bill(500_000)
    money.pay(invoice, 300_000)
    client, day = api("cashier"), queries.today(invoice.branch).isoformat()
    shown = client.get(f"{CASH}/days/").json()
    assert (shown["money"], shown["closed"]) == ("300000.00", None)
    assert send(client, f"{CASH}/days/", {"day": day, "counted": 1}).status_code == 400  # a difference without a word
    answers = [send(client, f"{CASH}/days/", {"day": day, "counted": 300_000}, "day") for _time in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201], answers[0].content
    assert client.get(f"{CASH}/days/?day={day}").json()["closed"]["counted"] == "300000.00"


READ = ["profit", "balance-sheet", "cash-flow", "weekly-billing", "visits-matched", "accounts", "journals", "vouchers",
        "suppliers", "periods"]  # fmt: skip
WRITE = ["accounts", "vouchers", "suppliers", "periods"]


@pytest.mark.parametrize(
    "role", ["patient", "secretary", "nurse", "doctor", "cashier", "manager", "accountant", "owner"]
)
def test_who_reads_and_writes_the_books(api: Api, role: str) -> None:
    client = api(role)
    reads = role in {"cashier", "accountant", "owner"}
    assert {name: client.get(f"{LEDGER}/{name}/").status_code for name in READ} == dict.fromkeys(
        READ, 200 if reads else 403
    )
    writes = role in {"accountant", "owner"}
    assert {name: send(client, f"{LEDGER}/{name}/").status_code for name in WRITE} == dict.fromkeys(
        WRITE, 400 if writes else 403
    )
    cash = role in {"secretary", "cashier", "manager", "owner"}
    assert client.get(f"{CASH}/desks/").status_code == (200 if cash else 403)
    closes = role in {"cashier", "accountant", "manager", "owner"}
    assert client.get(f"{CASH}/days/").status_code == (200 if closes else 403)


@pytest.mark.parametrize(
    "query",
    ["first=x", "first=2026-01-02&last=2026-01-01", "branch=x", "doctor=99999999", "known=now", "last=9999-01-01"],
)
def test_a_question_that_cannot_be_is_refused(api: Api, query: str) -> None:
    answer = api("owner").get(f"{LEDGER}/profit/?{query}")
    assert answer.status_code == 400
    assert next(iter(answer.json()["errors"])) in query


def test_the_schema_describes_every_address_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    GENERATOR_STATS.reset()
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    said = capsys.readouterr().err.splitlines()
    own = r"finance/api/(books|ledger|voucher|suppliers|periods|report|desk|shifts|count_|day)|/(ledger|cash)/"
    assert [line for line in said if re.search(own, line)] == []
    assert {"/api/v1/ledger/profit/", "/api/v1/cash/shifts/{id}/count/"} <= set(paths)
