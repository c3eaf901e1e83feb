"""One of nearly every document of money, made by the product's own actions."""

import datetime as dt
from decimal import Decimal

from clinic.accounts.roles import Role
from finance import actions, queries
from finance.models import Account
from tests.finance import make as money
from tests.finance import packages


def everything() -> None:
    """Bills, payments, refunds, shifts, vouchers, cheques, plans, packages, gift cards, closed days."""
    actions.furnish_accounts(by=None)
    branch, clerk, today = money.make.branch(), money.make.user(Role.CASHIER), queries.clinic_today()
    paid = money.pay(money.bill(900_000), 900_000)
    actions.refund(payment=paid, amount=Decimal(100_000), reason="نیمی انجام شد", by=None)
    owed = money.bill(600_000)
    actions.take_cheque(
        invoice=owed, bank="ملی", number="1", due_on=today + dt.timedelta(days=30), amount=Decimal(100_000), by=None
    )
    parts = [(today + dt.timedelta(days=30 * step), Decimal(250_000)) for step in (1, 2)]
    actions.agree_plan(invoice=owed, parts=parts, by=None)
    point = actions.save_point(point=None, branch=branch, kind="terminal", name="کارتخوان", number="88", by=None)
    money.pay(money.bill(300_000), 300_000, "card", point=point)
    actions.settle_terminal(point=point, gross=Decimal(200_000), by=None)
    _vouchers()
    _shift(clerk)
    package = packages.sold(1_000_000)
    packages.visit_with(package)
    actions.sell_gift_card(buyer=money.make.patient(), branch=branch, amount=Decimal(200_000), by=None)
    day = today - dt.timedelta(days=40)
    actions.close_period(first=day, last=day, reason="پایان ماه", by=None)
    actions.close_day(branch=branch, day=today, by=None)


def _vouchers() -> None:
    accounts = {row.code: row for row in Account.objects.filter(code__in=["5110", "1030"])}
    written = actions.Written(
        "expense", money.make.branch(), Decimal(50_000), "اجاره", money=accounts["1030"], category=accounts["5110"]
    )
    voucher = actions.enter_voucher(written=written, by=None)
    actions.reverse_voucher(voucher=voucher, reason="دوبار نوشته شد", by=None)


def _shift(clerk: object) -> None:
    branch = money.make.branch()
    desk = actions.save_desk(desk=None, branch=branch, name="پذیرش", by=None)
    actions.save_cash_rules(branch=branch, uses_shifts=True, is_blind=True, by=None)
    shift = actions.open_shift(desk=desk, opening=Decimal(500_000), by=clerk)
    actions.move_cash(shift=shift, kind="out", amount=Decimal(50_000), reason="پیک", by=clerk)
    actions.count_shift(shift=shift, counted=Decimal(450_000), by=clerk)
