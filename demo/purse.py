"""Money of a demo clinic: books with a rent and suppliers, drawers, and what was sold ahead. A little of each."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Max

from clinic.accounts.models import Branch, User
from clinic.accounts.roles import Role
from clinic.patients.models import Patient
from demo.insured import lay_insurance
from demo.world import DemoClinic
from finance import actions as money
from finance.actions.ledger import account
from finance.actions.plans import even_parts
from finance.models import Account, CashDesk, DayClose, DueExpense, Invoice, Package, Shift
from finance.queries.channels import on_terminals
from finance.queries.days import today
from finance.queries.drawers import drawer_sum
from finance.queries.takings import drawer
from finance.statuses import LIVE_SHIFTS, DueStatus, InvoiceStatus, ShiftStatus
from scheduling.actions.paper import Times, enter_afterwards
from scheduling.models import MissFee, Practitioner, Service, Visit

DAY = dt.timedelta(days=1)
People = dict[Role, User]


def lay_money(
    demo: DemoClinic, *, branch: Branch, people: People, service: Service, doctor: Practitioner, patient: Patient
) -> None:
    """Everything but the drawer of today; the last day on which somebody came is closed."""
    money.furnish_accounts(by=None)
    _books(demo, branch, people[Role.OWNER])
    _packages(demo, branch=branch, people=people, service=service, doctor=doctor, patient=patient)
    last = _last_day(branch)
    if last:
        counted = drawer(branch, last)
        money.close_day(branch=branch, day=last, counted=counted, by=people[Role.MANAGER])
    _points(demo, branch, people[Role.OWNER])
    _ahead(demo, branch, people[Role.CASHIER], patient, service)
    _promises(demo, branch, people[Role.CASHIER])
    for name, name_en in (("پذیرش", "Front desk"), ("لیزر", "Laser")):
        fa = demo.language == "fa"
        money.save_desk(desk=None, branch=branch, name=name if fa else name_en, name_en=name_en, by=None)
    money.save_cash_rules(branch=branch, uses_shifts=True, is_blind=False, by=people[Role.MANAGER])
    _morning(demo, branch, people[Role.SECRETARY])
    lay_insurance(demo, branch=branch, bills=_unpaid()[2:8], clerk=people[Role.CASHIER])


def lay_drawer(demo: DemoClinic, branch: Branch) -> None:
    """Drawers of days before are counted and those days closed; the cashier's is open today."""
    day = today(branch)
    stale = Shift.objects.filter(branch=branch, status=ShiftStatus.OPEN, business_date__lt=day)
    for shift in stale.select_related("cashier"):
        money.count_shift(shift=shift, counted=drawer_sum(shift), by=shift.cashier)
    last = _last_day(branch)
    live = Shift.objects.filter(branch=branch, status__in=LIVE_SHIFTS)
    if last and last < day and not live.exists() and not DayClose.objects.filter(branch=branch, day__gte=last).exists():
        money.close_day(branch=branch, day=last, by=None)
    cashier = User.objects.filter(full_name=demo.staff[Role.CASHIER][1]).first()
    desk = CashDesk.objects.filter(branch=branch, is_active=True).order_by("pk").first()
    if cashier is None or desk is None or live.exists():
        return
    shift = money.open_shift(desk=desk, opening=_sum(demo, 2_000_000, 100), by=cashier)
    for invoice in _unpaid()[:2]:
        money.pay(invoice=invoice, method="cash", amount=invoice.due, by=cashier)
    why = "پیک آزمایشگاه" if demo.language == "fa" else "Courier to the laboratory"
    money.move_cash(shift=shift, kind="out", amount=_sum(demo, 350_000, 8), reason=why, by=cashier)


def _sum(demo: DemoClinic, rials: int, pounds: int) -> Decimal:
    return Decimal(rials if demo.currency == "IRR" else pounds)


def _last_day(branch: Branch) -> dt.date | None:
    """The last day before today on which somebody came."""
    return Visit.objects.filter(branch=branch, day__lt=today(branch)).aggregate(last=Max("day"))["last"]


def _unpaid() -> list[Invoice]:
    """Bills of visits of which everything is owed, the newest first."""
    rows = Invoice.objects.filter(status=InvoiceStatus.ISSUED, visit__isnull=False, paid=0, plans=None)
    return list(rows.select_related("patient", "branch").order_by("-pk")[:12])


def _books(demo: DemoClinic, branch: Branch, owner: User) -> None:
    """Rent of three months, one of them to be confirmed; a supplier who is owed; power, a little income, a transfer."""
    fa, day = demo.language == "fa", today(branch)
    bank, safe = (account(key=key, branch=branch, by=None) for key in ("bank", "safe"))
    of = {row.code: row for row in Account.objects.filter(code__in=["5110", "5130", "5140", "4110"])}
    rent = money.save_recurring(
        name="اجارهٔ ملک" if fa else "Rent", every="month", amount=_sum(demo, 450_000_000, 2_400), category=of["5110"],
        money=bank, branch=branch, supplier=None, practitioner=None, starts_on=day - 62 * DAY, by=owner,
    )  # fmt: skip
    money.propose_expenses(by=owner)
    for due in DueExpense.objects.filter(recurring=rent, status=DueStatus.PROPOSED).order_by("due_on")[:2]:
        money.confirm_due(due=due, amount=rent.amount, by=owner)
    device = money.save_supplier(
        name="پخش تجهیزات پزشکی آریا" if fa else "Northern Medical Supply",
        phone="02144556677" if fa else "02079460011", by=owner,
    )  # fmt: skip
    money.save_supplier(name="خدمات نظافت پاکیزه" if fa else "Bright Cleaning", by=owner)
    written = [
        ("expense", 38_000_000, 190, "قبض برق" if fa else "Power", 12, {"category": of["5130"], "money": bank}),
        ("expense", 96_000_000, 620, "سرویس لیزر" if fa else "Laser serviced", 9,
         {"category": of["5140"], "supplier": device}),
        ("income", 25_000_000, 150, "اجارهٔ اتاق کوچک" if fa else "Small room let", 6,
         {"category": of["4110"], "money": bank}),
        ("supplier", 40_000_000, 300, "بخشی از بدهی" if fa else "Part of what is owed", 3,
         {"supplier": device, "money": bank}),
        ("transfer", 20_000_000, 400, "تنخواه" if fa else "Change for the drawers", 1, {"money": bank, "target": safe}),
    ]  # fmt: skip
    for kind, rials, pounds, memo, ago, more in written:
        voucher = money.Written(kind, branch, _sum(demo, rials, pounds), memo, day - ago * DAY, **more)
        money.enter_voucher(written=voucher, by=owner)


def _packages(
    demo: DemoClinic, *, branch: Branch, people: People, service: Service, doctor: Practitioner, patient: Patient
) -> None:
    """Six sessions sold four weeks ago, three of them used; a third of it is paid, the rest in instalments."""
    fa, day = demo.language == "fa", today(branch)
    name = f"{service.name}، شش جلسه" if fa else f"{service.name}, six sessions"
    kind = money.save_package_kind(
        kind=None, counts={service: 6}, name=name, price=service.price * 5, valid_days=180, freeze_days=30,
        transferable=True, shareable=True, by=None,
    )  # fmt: skip
    desk = people[Role.SECRETARY]
    package = money.sell_package(kind=kind, patient=patient, branch=branch, sold_on=day - 28 * DAY, by=desk)
    zone = ZoneInfo(branch.time_zone)
    for ago in (24, 16, 8):
        start = dt.datetime.combine(day - ago * DAY, dt.time(11), tzinfo=zone)
        times = Times(start, start + dt.timedelta(minutes=8), start + dt.timedelta(minutes=38))
        enter_afterwards(
            person=patient, service=service, practitioner=doctor, branch=branch, times=times, anew=True, by=desk,
        )  # fmt: skip
    _pay_in_parts(demo, package, day, people[Role.CASHIER])
    _package_that_counts_missed(demo, branch=branch, desk=people[Role.CASHIER])


def _package_that_counts_missed(demo: DemoClinic, *, branch: Branch, desk: User) -> None:
    """Five visits of somebody who missed one: the desk sees that a session pays the fee."""
    fee = MissFee.objects.select_related("appointment__patient", "appointment__service").order_by("pk").first()
    if fee is None:
        return
    service, day = fee.appointment.service, today(branch)
    name = f"{service.name}، پنج نوبت" if demo.language == "fa" else f"{service.name}, five visits"
    kind = money.save_package_kind(
        kind=None, counts={service: 5}, name=name, price=service.price * 4, valid_days=365, freeze_days=0,
        counts_missed=True, by=None,
    )  # fmt: skip
    package = money.sell_package(
        kind=kind, patient=fee.appointment.patient, branch=branch, sold_on=day - 40 * DAY, by=desk
    )
    money.pay(invoice=package.invoice, method="card", amount=package.invoice.due, by=desk)


def _pay_in_parts(demo: DemoClinic, package: Package, day: dt.date, cashier: User) -> None:
    unit = _sum(demo, 100_000, 1)
    first, *rest = even_parts(package.invoice.due, 3, unit)
    money.pay(invoice=package.invoice, method="card", amount=first, by=cashier)
    days = (day + 3 * DAY, day + 33 * DAY)
    money.agree_plan(invoice=package.invoice, parts=list(zip(days, rest, strict=True)), by=cashier)


def _points(demo: DemoClinic, branch: Branch, owner: User) -> None:
    """A card terminal of which the bank has paid out a part, and an account."""
    fa = demo.language == "fa"
    terminal = money.save_point(
        point=None, branch=branch, kind="terminal", name="کارتخوان پذیرش" if fa else "Front desk terminal",
        number="41207733", by=owner,
    )  # fmt: skip
    money.save_point(
        point=None, branch=branch, kind="account", name="بانک ملت" if fa else "Barclays", number="5500", by=owner
    )
    gross, fee = min(_sum(demo, 180_000_000, 900), on_terminals(branch)), _sum(demo, 120_000, 12)
    if gross > fee:
        money.settle_terminal(point=terminal, gross=gross, fee=fee, reference="770145", by=owner)


def _ahead(demo: DemoClinic, branch: Branch, cashier: User, patient: Patient, service: Service) -> None:
    """A gift card that has paid a little, and a membership."""
    fa = demo.language == "fa"
    money.save_gift_rules(valid_months=12, is_on=True, by=None)
    card, _code = money.sell_gift_card(
        buyer=patient, branch=branch, amount=_sum(demo, 10_000_000, 100),
        greeting="روزت مبارک" if fa else "Happy birthday", by=cashier,
    )  # fmt: skip
    money.pay(invoice=card.invoice, method="card", amount=card.value, by=cashier)
    card.refresh_from_db()
    for invoice in _unpaid()[:1]:
        money.pay(
            invoice=invoice, method="gift_card", amount=min(invoice.due, card.value / 2), gift_card=card, by=cashier
        )
    plan = money.save_membership_plan(
        plan=None, gives={None: (10, 0), service: (15, 1)}, name="عضویت آفتاب" if fa else "River membership",
        price=_sum(demo, 9_000_000, 45), months=1, freeze_days=30, shareable=True, by=None,
    )  # fmt: skip
    row = money.begin_membership(plan=plan, patient=patient, branch=branch, by=cashier)
    bill = row.periods.get().invoice
    money.pay(invoice=bill, method="card", amount=bill.due, by=cashier)


def _promises(demo: DemoClinic, branch: Branch, cashier: User) -> None:
    """A cheque that waits for its day."""
    for invoice in _unpaid()[:1]:
        money.take_cheque(
            invoice=invoice, bank="بانک ملت" if demo.language == "fa" else "Lloyds", number="118842",
            due_on=today(branch) + 20 * DAY, amount=invoice.due, by=cashier,
        )  # fmt: skip


def _morning(demo: DemoClinic, branch: Branch, clerk: User) -> None:
    """The secretary had the second drawer for an hour; a little was missing."""
    desk = CashDesk.objects.filter(branch=branch).latest("pk")
    shift = money.open_shift(desk=desk, opening=_sum(demo, 1_000_000, 50), by=clerk)
    for invoice in _unpaid()[:1]:
        money.pay(invoice=invoice, method="cash", amount=invoice.due, by=clerk)
    counted = drawer_sum(shift) - _sum(demo, 50_000, 1)
    money.count_shift(shift=shift, counted=counted, by=clerk)
    why = "بقیهٔ پول اشتباه داده شد" if demo.language == "fa" else "Wrong change was given"
    money.settle_count(shift=shift, note=why, by=clerk)
