"""The posting table, row by row: event → what is debited, what is credited."""

from decimal import Decimal

import pytest

from finance import actions
from finance.models import Account, Journal, JournalLine
from finance.postings import CHART, RULES, STOCK_RULES
from inventory.models import MovementKind
from loyalty.actions import expire_points, set_rules, take_back
from loyalty.models import PointsLot
from tests.finance import make as money

# Event (a rule) → account debited, account credited: written again by hand, so that a slip in the table is seen.
TABLE = {
    "service_delivered": ("1100", "4010"),
    "product_sold": ("1100", "4020"),
    "fee_charged": ("1100", "4040"),
    "tax_charged": ("1100", "2030"),
    "discount_given": ("4910", "1100"),
    "paid_cash": ("1010", "1100"),
    "paid_card": ("1020", "1100"),
    "paid_card_to_card": ("1030", "1100"),
    "paid_transfer": ("1030", "1100"),
    "paid_cheque": ("1050", "1100"),
    "paid_online": ("1040", "1100"),
    "paid_wallet": ("2010", "1100"),
    "paid_deposit": ("2015", "1100"),
    "paid_points": ("2020", "1100"),
    "deposited_cash": ("1010", "2010"),
    "deposited_card": ("1020", "2010"),
    "deposited_card_to_card": ("1030", "2010"),
    "deposited_transfer": ("1030", "2010"),
    "deposited_online": ("1040", "2010"),
    "held_cash": ("1010", "2015"),
    "held_card": ("1020", "2015"),
    "held_card_to_card": ("1030", "2015"),
    "held_transfer": ("1030", "2015"),
    "held_online": ("1040", "2015"),
    "held_wallet": ("2010", "2015"),
    "deposit_returned": ("2015", "2010"),
    "deposit_taken_back": ("2010", "2015"),
    "credited": ("4920", "1100"),
    "written_off": ("5060", "1100"),
    "paid_insurer": ("1110", "1100"),
    "paid_back_insurer": ("1100", "1110"),
    "claim_paid": ("1030", "1110"),
    "claim_deducted": ("5065", "1110"),
    "paid_back_cash": ("1100", "1010"),
    "paid_back_card": ("1100", "1020"),
    "paid_back_card_to_card": ("1100", "1030"),
    "paid_back_cheque": ("1100", "1050"),
    "paid_back_transfer": ("1100", "1030"),
    "paid_back_online": ("1100", "1040"),
    "paid_back_wallet": ("1100", "2010"),
    "paid_back_deposit": ("1100", "2015"),
    "paid_back_points": ("1100", "2020"),
    "deposit_back_cash": ("2010", "1010"),
    "deposit_back_card": ("2010", "1020"),
    "deposit_back_card_to_card": ("2010", "1030"),
    "deposit_back_transfer": ("2010", "1030"),
    "deposit_back_online": ("2010", "1040"),
    "card_settled": ("1030", "1020"),
    "card_fee": ("5160", "1020"),
    "cheque_deposited": ("1055", "1050"),
    "cheque_cleared": ("1030", "1055"),
    "cheque_bounced": ("1050", "1055"),
    "cash_opened": ("1010", "1015"),
    "cash_in": ("1010", "4060"),
    "cash_out": ("5050", "1010"),
    "cash_from_safe": ("1010", "1015"),
    "cash_to_safe": ("1015", "1010"),
    "cash_from_bank": ("1010", "1030"),
    "cash_to_bank": ("1030", "1010"),
    "cash_short": ("5040", "1010"),
    "cash_over": ("1010", "4050"),
    "cash_handed": ("1015", "1010"),
    "cash_taken_over": ("1010", "1015"),
    "cash_left": ("1015", "1010"),
    "package_sold": ("1100", "2050"),
    "paid_package": ("2050", "1100"),
    "paid_back_package": ("1100", "2050"),
    "package_refunded": ("2050", "1100"),
    "package_kept": ("2050", "4070"),
    "package_expired": ("2050", "4070"),
    "package_revived": ("4070", "2050"),
    "gift_sold": ("1100", "2060"),
    "paid_gift_card": ("2060", "1100"),
    "paid_back_gift_card": ("1100", "2060"),
    "gift_refunded": ("2060", "1100"),
    "gift_expired": ("2060", "4070"),
    "membership_sold": ("1100", "2070"),
    "membership_earned": ("2070", "4080"),
    "membership_refunded": ("2070", "1100"),
    "commission_earned": ("5015", "2080"),
    "commission_back": ("2080", "5015"),
    "commission_paid": ("2080", "1030"),
    "points_given": ("4930", "2020"),
    "points_ended": ("2020", "4930"),
    "income_received": ("1030", "4110"),
    "expense_paid": ("5190", "1030"),
    "expense_owed": ("5190", "2040"),
    "supplier_paid": ("2040", "1030"),
    "moved": ("1030", "1010"),
    "opening_has": ("1030", "3010"),
    "opening_owes": ("3010", "2040"),
    "opening_own": ("3010", "3020"),
    "year_income": ("4110", "3020"),
    "year_expense": ("3020", "5190"),
    "year_income_back": ("3020", "4110"),
    "year_expense_back": ("5190", "3020"),
    "stock_purchase": ("1200", "2040"),
    "stock_consume": ("5010", "1200"),
    "stock_sale": ("5020", "1200"),
    "stock_return_in": ("1200", "5020"),
    "stock_return_out": ("2040", "1200"),
    "stock_transfer_out": ("1210", "1200"),
    "stock_transfer_in": ("1200", "1210"),
    "stock_found": ("1200", "4030"),
    "stock_lost": ("5030", "1200"),
    "stock_expired": ("5030", "1200"),
    "stock_damaged": ("5030", "1200"),
}


def sides(journal: Journal) -> dict[str, Decimal]:
    """Amounts of a journal by account code; debits above zero."""
    found: dict[str, Decimal] = {}
    for line in journal.lines.select_related("account"):
        code = line.account.code.partition("-")[0]
        found[code] = found.get(code, Decimal(0)) + line.amount
    return found


def test_the_table_has_every_rule() -> None:
    assert set(TABLE) == set(RULES)
    assert {CHART[side].code for rule in RULES.values() for side in rule} <= {chart.code for chart in CHART.values()}
    assert len({chart.code for chart in CHART.values()}) == len(CHART)


@pytest.mark.parametrize("name", TABLE)
def test_a_rule_posts_its_row(name: str) -> None:
    branch, patient = money.make.branch(), money.make.patient()
    journal = actions.post(
        kind="test",
        cause=f"test:{name}",
        entries=[actions.Entry(name, Decimal(1000), patient=patient)],
        business_date=money.dt.date(2026, 11, 21),
        branch=branch,
        by=None,
    )
    assert journal is not None
    debit, credit = TABLE[name]
    assert sides(journal) == {debit: 1000, credit: -1000}
    for line in journal.lines.select_related("account"):
        chart = next(chart for chart in CHART.values() if chart.code == line.account.code.partition("-")[0])
        assert (line.account.branch == branch) is chart.per_branch
        assert (line.patient == patient) is (chart.code in {"1100", "2010", "2015"})


@pytest.mark.parametrize("kind", STOCK_RULES)
def test_a_movement_posts_its_worth(kind: str) -> None:
    adds = TABLE[f"stock_{kind}"][0] == "1200"
    movement = money.movement(kind, 3 if adds else -3, 1500)
    journal = actions.post_stock(movement=movement, by=None)
    assert actions.post_stock(movement=movement, by=None) == journal
    assert journal is not None
    debit, credit = TABLE[f"stock_{kind}"]
    assert sides(journal) == {debit: 4500, credit: -4500}


def test_a_movement_taken_back_turns_its_journal_round() -> None:
    first = money.movement(MovementKind.CONSUME, -2, 700)
    actions.post_stock(movement=first, by=None)
    back = money.movement(MovementKind.REVERSAL, 2, lot=first.lot, reverses=first)
    journal = actions.post_stock(movement=back, by=None)
    assert journal is not None
    assert sides(journal) == {"5010": -1400, "1200": 1400}
    assert money.books() == {}


def test_a_visit_posts_claim_and_revenue_with_doctor_and_service() -> None:
    invoice = money.bill(500_000)
    journal = Journal.objects.get(cause=f"invoice:{invoice.pk}", kind="issue")
    assert sides(journal) == {"1100": 500_000, "4010": -500_000}
    revenue = journal.lines.get(account__code="4010")
    assert (revenue.service_id, revenue.practitioner_id) == (invoice.visit.service_id, invoice.visit.practitioner_id)


def test_goods_services_and_discounts_of_one_bill_stand_apart() -> None:
    item = money.movement(MovementKind.FOUND, 1).item
    lines = [
        actions.Draft("ویزیت", Decimal(300_000), "manual", discount=Decimal(50_000)),
        actions.Draft("کرم", Decimal(40_000), "manual", quantity=Decimal("2.5"), item=item),
    ]
    invoice = actions.issue_invoice(
        patient=money.make.patient(), branch=money.make.branch(), lines=lines, cause="manual:1", by=None
    )
    assert sides(Journal.objects.get(cause=f"invoice:{invoice.pk}")) == {
        "1100": 350_000,
        "4010": -300_000,
        "4020": -100_000,
        "4910": 50_000,
    }


def test_points_are_a_debt_until_they_are_used_or_end() -> None:
    invoice = money.bill(1_000_000)
    money.pay(invoice, 1_000_000)
    assert money.books()["2020"] == -10_000
    rules = {"is_active": True, "money_per_point": Decimal(100_000), "cap_percent": 20, "months_valid": 12}
    set_rules(**rules, point_value=Decimal(1500), by=None)
    assert money.books()["2020"] == -15_000
    take_back(patient=invoice.patient, cause=f"invoice:{invoice.pk}", kept=Decimal(6), before=Decimal(10), by=None)
    assert money.books()["2020"] == -9000
    PointsLot.objects.update(expires_on=money.dt.date(2020, 1, 1))
    expire_points(patient=invoice.patient, by=None)
    assert "2020" not in money.books()
    assert "4930" not in money.books()


def test_every_journal_sums_to_zero_and_the_books_balance() -> None:
    invoice = money.bill(900_000)
    payment = money.pay(invoice, 950_000, "card")
    actions.refund(payment=payment, amount=Decimal(100_000), reason="اشتباه", by=None)
    for journal in Journal.objects.all():
        assert sum(line.amount for line in journal.lines.all()) == 0
    assert sum(money.books().values()) == 0
    assert Account.objects.filter(code__startswith="1020-").count() == 1


def test_amounts_finer_than_the_currency_are_a_fault() -> None:
    with pytest.raises(ValueError, match="cannot be posted"):
        actions.post(
            kind="test",
            cause="test:1",
            entries=[actions.Entry("paid_cash", Decimal("0.5"))],
            business_date=money.dt.date(2026, 11, 21),
            branch=money.make.branch(),
            by=None,
        )
    assert not JournalLine.objects.exists()
