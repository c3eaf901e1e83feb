"""Insurance of a demo clinic: two insurers, the policies of some debtors, a claim that was answered and one to come."""

import datetime as dt
from decimal import Decimal

from clinic.accounts.models import Branch, User
from demo.world import DemoClinic
from finance import actions as money
from finance.models import Insurer, InsurerKind, Invoice

NAMES = {
    "fa": {InsurerKind.BASIC: "تأمین اجتماعی", InsurerKind.EXTRA: "بیمهٔ تکمیلی ایران"},
    "en": {InsurerKind.BASIC: "Northern Health Plan", InsurerKind.EXTRA: "Avon Top-up"},
}
WHY = {"fa": "برگهٔ درخواست پزشک پیوست نبود", "en": "The doctor’s request was not attached"}


def lay_insurance(demo: DemoClinic, *, branch: Branch, bills: list[Invoice], clerk: User) -> None:
    """The patients of `bills` (unpaid) are insured; what their insurers owe of the older half is claimed."""
    basic, extra = (_insurer(demo, kind) for kind in (InsurerKind.BASIC, InsurerKind.EXTRA))
    for place, bill in enumerate(bills):
        if not bill.patient.coverages.exists():
            money.save_coverage(patient=bill.patient, insurer=basic, number=f"{71204480 + place}", by=clerk)
            if place % 2:
                money.save_coverage(patient=bill.patient, insurer=extra, number=f"{530021 + place}", by=clerk)
        money.cover_invoice(invoice=bill, by=clerk)
    days = sorted(bill.business_date for bill in bills if bill.business_date)
    if days:
        _claim(demo, basic, branch, (days[0], days[len(days) // 2]), clerk)


def _insurer(demo: DemoClinic, kind: str) -> Insurer:
    fa, en = NAMES["fa"][kind], NAMES["en"][kind]
    insurer = money.save_insurer(name=fa if demo.language == "fa" else en, name_en=en, kind=kind, by=None)
    percent = Decimal(30 if kind == InsurerKind.BASIC else 60)
    money.save_terms(insurer=insurer, valid_from=dt.date(2024, 3, 20), percent=percent, by=None)
    return insurer


def _claim(demo: DemoClinic, insurer: Insurer, branch: Branch, days: tuple[dt.date, dt.date], clerk: User) -> None:
    """Sent and answered: of one share a half was refused."""
    claim = money.make_claim(insurer=insurer, branch=branch, first_day=days[0], last_day=days[1], by=clerk)
    money.send_claim(claim=claim, reference="1405-318", by=clerk)
    line = claim.lines.order_by("pk")[0]
    half = line.asked // 2
    money.answer_claim(claim=claim, answers={line.pk: (half, WHY[demo.language])}, by=clerk)
