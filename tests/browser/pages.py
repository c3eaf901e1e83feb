"""Every page of the product: where it is, who opens it. A route that is missing here fails a test."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import finance.actions as finance
from analytics.actions import ask_record, make_record
from clinic.patients import actions as people
from clinic.patients.models import Segment, Tag
from clinic.shared.segments import Term
from clinic.shared.tenancy import use_clinic
from emr.actions import open_phone_link
from finance.models import CashDesk, Cheque, CreditNote, Discount, PaymentPlan, PayPoint, Shift
from finance.queries.days import today
from scheduling.actions import pair_display
from scheduling.models import Display

Where = Callable[[Any], str]


@dataclass(frozen=True)
class Entry:
    """One page: the route as `manage.py policy` prints it, the role that opens it, an address in a world."""

    route: str
    role: str | None = None
    path: Where | None = None
    host: str = ""  # "platform" for the platform's own site
    also: str = ""  # tells several entries of one route apart
    first: Callable[[Any, Any], None] | None = None  # what has to be done in the window before
    data: str = ""  # selects what holds names and codes of any language

    @property
    def name(self) -> str:
        """For the test's id."""
        return f"{self.host}{self.route}{self.also}"

    def address(self, world: Any) -> str:
        """The address in this world."""
        return self.path(world) if self.path else self.route


def _card(world: Any) -> str:
    return f"/patients/{world.patient.pk}/"


def _merge(world: Any) -> str:
    with use_clinic(world.clinic):
        other = people.register(
            first_name=world.patient.first_name, last_name=world.patient.last_name, phone="", source="desk", by=None,
            national_code="", email="other@example.com",
        )  # fmt: skip
    return f"/patients/{world.patient.pk}/merge/{other.pk}/"


def _separate(world: Any) -> str:
    with use_clinic(world.clinic):
        cards = [
            people.register(first_name=one.first_name, last_name=one.last_name, by=None) for one in world.patients[:2]
        ]
        merge = people.merge_patients(source=cards[0], target=cards[1], by=None)
    return f"/patients/merges/{merge.pk}/separate/"


def _group(world: Any) -> int:
    """A group that asks a bit of everything; the list has two."""
    _label(world)
    with use_clinic(world.clinic):
        terms = [
            Term("last_visit", "before", "180"), Term("next", "none"), Term("balance", "owes", "0"),
            Term("tag", "has", (str(Tag.objects.order_by("pk")[0].pk),)), Term("sex", "is", ("female", "unknown")),
        ]  # fmt: skip
        found = Segment.objects.first()
        if found is None:
            names = (
                ("با شمارهٔ همراه", "مدتی نیامده")
                if world.clinic.language == "fa"
                else ("With a phone", "Away for long")
            )
            people.save_segment(segment=None, name=names[0], terms=[Term("phone", "has")], by=None)
            found = people.save_segment(segment=None, name=names[1], terms=terms, any_of=True, by=None)
        return int(found.pk)


def _groups(world: Any) -> str:
    _group(world)
    return "/patients/groups/"


def _label(world: Any) -> int:
    with use_clinic(world.clinic):
        label = Tag.objects.first() or people.save_tag(tag=None, name="VIP", tone="accent", by=None)
        people.put_tag(patient=world.patient, tag=label, by=None)
        return int(label.pk)


def _readers(world: Any) -> str:
    with use_clinic(world.clinic):
        people.save_patient_rules(shows_readers=True, ask_after_days=180, keep_years=10, by=None)
        people.log_access(patient=world.patient, what="record", by=world.users["doctor"])
    return f"/my/readers/{world.patient.pk}/"


def _record(world: Any) -> str:
    with use_clinic(world.clinic):
        export = ask_record(patient=world.patient, by=world.users["doctor"])
        make_record(export_id=export.pk, by=None)
    return f"/my/record/{export.token}/"


def _hold_a_time(page: Any, world: Any) -> None:
    page.goto(f"/book/{world.services[0].pk}/")
    page.locator(".c-slot").first.click()
    page.wait_for_url("**/book/details/")


def _pair_the_kiosk(page: Any, world: Any) -> None:
    page.goto(f"/kiosk/{world.branch.pk}/")
    with use_clinic(world.clinic):
        shown = Display.objects.filter(kind="kiosk", paired_at=None).order_by("-pk").first()
        if shown:
            pair_display(branch=world.branch, code=shown.code, by=world.users["secretary"])


def _phone_code(world: Any) -> str:
    """A code that no phone has opened yet."""
    with use_clinic(world.clinic):
        doctor = world.users["doctor"]
        _link, token = open_phone_link(patient=world.patient, branch=world.branch, by=doctor)
    return f"/phone/{token}/"


PUBLIC = [
    Entry("/"),
    Entry("/book/"),
    Entry("/book/", path=lambda _world: "/book/?several=1", also="several"),
    Entry("/book/together/", path=lambda w: f"/book/together/?s={w.services[0].pk}&s={w.services[1].pk}"),
    Entry("/book/<int:service>/", None, lambda w: f"/book/{w.services[0].pk}/?year=2026&month=12", also="month"),
    Entry("/book/<int:service>/", None, lambda w: f"/book/{w.services[0].pk}/"),
    Entry("/book/details/", first=_hold_a_time),
    Entry("/a/<str:token>/", None, lambda w: f"/a/{w.booked.link_token}/"),
    Entry("/a/<str:token>/", None, lambda w: f"/a/{w.late.link_token}/", also="today"),
    Entry("/a/<str:token>/", None, lambda w: f"/a/{w.pending.link_token}/", also="pending"),
    Entry("/a/<str:token>/", None, lambda w: f"/a/{w.together.link_token}/", also="together"),
    Entry("/a/<str:token>/move/", None, lambda w: f"/a/{w.booked.link_token}/move/"),
    Entry("/a/<str:token>/move/", None, lambda w: f"/a/{w.together.link_token}/move/", also="together"),
    Entry("/a/<str:token>/earlier/", None, lambda w: f"/a/{w.booked.link_token}/earlier/"),
    Entry("/w/<str:token>/", None, lambda w: f"/w/{w.entry.link_token}/"),
    Entry("/o/<str:token>/", None, lambda w: f"/o/{w.offer.token}/"),
    Entry("/o/<str:token>/", None, lambda w: f"/o/{w.lost.token}/", also="lost"),
    Entry("/sign-in/"),
    Entry("/q/<str:token>/", None, lambda w: f"/q/{w.waiting.queue_token}/"),
    Entry("/v/<str:token>/", None, lambda w: f"/v/{w.online.link_token}/"),
    Entry("/v/<str:token>/", None, lambda w: f"/v/{w.online_later.link_token}/", also="early"),
    Entry("/tv/<int:branch>/", None, lambda w: f"/tv/{w.branch.pk}/"),
    Entry("/kiosk/<int:branch>/", None, lambda w: f"/kiosk/{w.branch.pk}/", also="code"),
    Entry("/kiosk/<int:branch>/", None, lambda w: f"/kiosk/{w.branch.pk}/", also="paired", first=_pair_the_kiosk),
    Entry("/here/<int:branch>/<str:key>/", None, lambda w: w.door, also="stranger"),
    Entry("/phone/<str:token>/", None, _phone_code),
    Entry("/in/<str:token>/", None, lambda w: f"/in/{w.intakes[0].token}/"),
    Entry("/in/<str:token>/", None, lambda w: f"/in/{w.intakes[1].token}/", also="filled"),
    Entry("/pay/<str:token>/", None, lambda w: f"/pay/{w.online_payment.token}/"),
    Entry("/bill/<str:token>/", None, lambda w: f"/bill/{w.invoice.public_token}/"),
]
OWN = [
    Entry("/my/", "patient"),
    Entry("/book/<int:service>/wait/", "patient", lambda w: f"/book/{w.services[1].pk}/wait/"),
    Entry("/my/calendar/", "patient"),
    Entry("/here/<int:branch>/<str:key>/", "patient", lambda w: w.door),
    Entry("/my/calendar/", "doctor", also="doctor"),
    Entry("/sign-in/again/", "patient"),
    Entry("/sign-in/totp/", "newcomer"),
    Entry("/my/family/", "patient"),
    Entry("/my/files/", "patient"),
    Entry("/my/readers/<int:pk>/", "patient", _readers),
    Entry("/my/record/", "patient"),
    Entry("/my/record/<str:token>/", "patient", _record),
    Entry("/my/family/<int:pk>/", "patient", lambda w: f"/my/family/{w.patient.pk}/"),
    Entry("/my/care/", "patient"),
    Entry("/my/prescriptions/<int:pk>/print/", "patient", lambda w: f"/my/prescriptions/{w.record.pk}/print/"),
]
DESK = [
    Entry("/desk/", "secretary"),
    Entry("/desk/week/", "secretary"),
    Entry("/desk/queue/", "secretary"),
    Entry("/desk/rooms/", "secretary"),
    Entry("/desk/close/", "secretary"),
    Entry("/desk/decide/", "secretary"),
    Entry("/desk/decide/<int:pk>/no-deposit/", "secretary", lambda w: f"/desk/decide/{w.pending.pk}/no-deposit/"),
    Entry("/desk/decide/<int:pk>/reject/", "secretary", lambda w: f"/desk/decide/{w.pending.pk}/reject/"),
    Entry("/desk/fees/<int:pk>/", "secretary", lambda w: f"/desk/fees/{w.fee.pk}/"),
    Entry("/desk/fees/<int:pk>/waive/", "secretary", lambda w: f"/desk/fees/{w.fee.pk}/waive/"),
    Entry("/desk/poster/", "secretary"),
    Entry("/desk/waitlist/", "secretary"),
    Entry("/desk/waitlist/", "secretary", lambda w: f"/desk/waitlist/?branch={w.branch.pk}&tab=offers", also="offers"),
    Entry("/desk/waitlist/new/", "secretary"),
    Entry("/desk/waitlist/<int:pk>/", "secretary", lambda w: f"/desk/waitlist/{w.entry.pk}/"),
    Entry("/desk/waitlist/fits/", "secretary", lambda w: f"/desk/waitlist/fits/?{w.empty_place}"),
    Entry("/desk/overrides/", "manager"),
    Entry("/desk/appointments/<int:pk>/repeat/", "secretary", lambda w: f"/desk/appointments/{w.booked.pk}/repeat/"),
    Entry("/desk/sheet/", "secretary"),
    Entry("/desk/paper/", "secretary"),
    Entry("/desk/pack/", "manager"),
    Entry("/desk/pack/", "secretary", also="secretary"),
    Entry("/desk/book/", "secretary"),
    Entry("/desk/walk-in/", "secretary"),
    Entry("/desk/displays/", "secretary"),
    Entry("/desk/appointments/<int:pk>/", "secretary", lambda w: f"/desk/appointments/{w.booked.pk}/"),
    Entry("/desk/appointments/<int:pk>/", "secretary", lambda w: f"/desk/appointments/{w.pending.pk}/", also="pending"),
    Entry("/desk/appointments/<int:pk>/move/", "secretary", lambda w: f"/desk/appointments/{w.booked.pk}/move/"),
    Entry("/desk/appointments/<int:pk>/", "secretary", lambda w: f"/desk/appointments/{w.together.pk}/", also="more"),
    Entry(
        "/desk/appointments/<int:pk>/move-all/",
        "secretary",
        lambda w: f"/desk/appointments/{w.together.pk}/move-all/",
    ),
    Entry("/desk/appointments/<int:pk>/give/", "secretary", lambda w: f"/desk/appointments/{w.booked.pk}/give/"),
    Entry("/desk/appointments/<int:pk>/wrong/", "secretary", lambda w: f"/desk/appointments/{w.booked.pk}/wrong/"),
    Entry("/desk/visits/<int:pk>/wrong/", "secretary", lambda w: f"/desk/visits/{w.waiting.pk}/wrong/"),
    Entry("/desk/appointments/<int:pk>/cancel/", "secretary", lambda w: f"/desk/appointments/{w.booked.pk}/cancel/"),
    Entry("/desk/visits/<int:pk>/", "secretary", lambda w: f"/desk/visits/{w.waiting.pk}/"),
    Entry("/desk/visits/<int:pk>/", "secretary", lambda w: f"/desk/visits/{w.done.pk}/", also="done"),
    Entry("/desk/visits/<int:pk>/correct/", "secretary", lambda w: f"/desk/visits/{w.waiting.pk}/correct/"),
    Entry("/desk/visits/<int:pk>/token/", "secretary", lambda w: f"/desk/visits/{w.waiting.pk}/token/"),
    Entry("/desk/visits/<int:pk>/transfer/", "secretary", lambda w: f"/desk/visits/{w.waiting.pk}/transfer/"),
    Entry("/patients/", "secretary"),
    Entry("/patients/new/", "secretary"),
    Entry("/patients/duplicates/", "manager"),
    Entry("/patients/<int:pk>/merge/<int:other_pk>/", "manager", _merge),
    Entry("/patients/merges/<int:merge_pk>/separate/", "manager", _separate),
    Entry("/patients/groups/", "secretary"),
    Entry("/patients/groups/", "manager", _groups, also="some"),
    Entry("/patients/groups/<int:segment_pk>/", "manager", lambda _world: "/patients/groups/0/", also="new"),
    Entry("/patients/groups/<int:segment_pk>/", "manager", lambda w: f"/patients/groups/{_group(w)}/"),
    Entry("/patients/", "manager", lambda w: f"/patients/?group={_group(w)}", also="group"),
    Entry("/set-up/labels/", "manager"),
    Entry("/set-up/labels/<int:pk>/", "manager", lambda w: f"/set-up/labels/{_label(w)}/"),
    Entry("/set-up/patients/", "manager"),
    Entry("/access-log/", "owner"),
    Entry("/patients/<int:pk>/erase/", "manager", lambda w: f"{_card(w)}erase/"),
    Entry("/patients/<int:pk>/", "secretary", _card),
    Entry("/patients/<int:pk>/", "doctor", _card, also="doctor"),
    Entry("/patients/<int:pk>/edit/", "secretary", lambda w: f"{_card(w)}edit/"),
    Entry(
        "/patients/<int:pk>/consents/<slug:kind>/sign/",
        "secretary",
        lambda w: f"/patients/{w.patient.pk}/consents/record/sign/",
    ),
    Entry("/follow-ups/", "secretary"),
    Entry("/messages/", "secretary"),
]
CHAT = [
    Entry("/my/chat/", "patient"),
    Entry("/desk/chat/", "secretary"),
    Entry("/desk/chat/<int:pk>/", "secretary", lambda w: f"/desk/chat/{w.chat.pk}/"),
]
STOCK = [
    Entry("/stock/", "nurse"),
    Entry("/stock/shortages/", "manager"),
    Entry("/stock/receive/", "nurse"),
    Entry("/stock/items/<int:pk>/", "nurse", lambda w: f"/stock/items/{w.items[0].pk}/"),
    Entry("/stock/items/<int:pk>/count/", "nurse", lambda w: f"/stock/items/{w.items[0].pk}/count/"),
    Entry("/stock/items/<int:pk>/edit/", "manager", lambda w: f"/stock/items/{w.items[0].pk}/edit/"),
    Entry("/stock/items/new/", "manager"),
    Entry("/stock/lots/<int:pk>/adjust/", "nurse", lambda w: f"/stock/lots/{w.lot.pk}/adjust/"),
    Entry("/stock/templates/", "manager"),
    Entry("/stock/templates/<int:service_id>/", "manager", lambda w: f"/stock/templates/{w.services[0].pk}/"),
]
SET_UP = [
    Entry("/set-up/", "manager"),
    Entry("/set-up/branches/", "manager"),
    Entry("/set-up/branches/new/", "manager"),
    Entry("/set-up/branches/<int:pk>/", "manager", lambda w: f"/set-up/branches/{w.branch.pk}/"),
    Entry("/set-up/branches/<int:pk>/floor/", "manager", lambda w: f"/set-up/branches/{w.branch.pk}/floor/"),
    Entry("/set-up/booking-rules/", "manager"),
    Entry("/set-up/online-payment/", "manager"),
    Entry("/set-up/services/<int:pk>/policy/", "manager", lambda w: f"/set-up/services/{w.services[0].pk}/policy/"),
    Entry(
        "/set-up/branches/<int:branch_pk>/rooms/new/", "manager", lambda w: f"/set-up/branches/{w.branch.pk}/rooms/new/"
    ),
    Entry("/set-up/rooms/<int:pk>/", "manager", lambda w: f"/set-up/rooms/{w.rooms[0].pk}/"),
    Entry("/set-up/services/", "manager"),
    Entry("/set-up/services/new/", "manager"),
    Entry("/set-up/services/<int:pk>/", "manager", lambda w: f"/set-up/services/{w.services[0].pk}/"),
    Entry("/set-up/services/categories/new/", "manager"),
    Entry(
        "/set-up/services/categories/<int:pk>/", "manager", lambda w: f"/set-up/services/categories/{w.category.pk}/"
    ),
    Entry("/set-up/doctors/", "manager"),
    Entry("/set-up/doctors/new/", "manager"),
    Entry("/set-up/doctors/<int:pk>/", "manager", lambda w: f"/set-up/doctors/{w.doctors[0].pk}/"),
    Entry(
        "/set-up/doctors/<int:pk>/plan/<int:branch_pk>/",
        "manager",
        lambda w: f"/set-up/doctors/{w.doctors[0].pk}/plan/{w.branch.pk}/",
    ),
    Entry(
        "/set-up/doctors/<int:pk>/day/<int:branch_pk>/",
        "manager",
        lambda w: f"/set-up/doctors/{w.doctors[0].pk}/day/{w.branch.pk}/",
    ),
    Entry("/set-up/hours/<int:pk>/", "manager", lambda w: f"/set-up/hours/{w.hours.pk}/"),
    Entry("/set-up/equipment/", "manager"),
    Entry("/set-up/equipment/new/", "manager"),
    Entry("/set-up/equipment/<int:pk>/", "manager", lambda w: f"/set-up/equipment/{w.device.kind_id}/"),
    Entry(
        "/set-up/equipment/<int:kind_pk>/devices/new/",
        "manager",
        lambda w: f"/set-up/equipment/{w.device.kind_id}/devices/new/",
    ),
    Entry("/set-up/devices/<int:pk>/", "manager", lambda w: f"/set-up/devices/{w.device.pk}/"),
    Entry("/set-up/holidays/", "manager"),
    Entry("/set-up/time-off/", "manager"),
    Entry("/set-up/drugs/", "manager"),
    Entry("/set-up/templates/", "manager"),
    Entry("/set-up/templates/<int:pk>/", "manager", lambda w: f"/set-up/templates/{w.template.pk}/"),
    Entry("/set-up/phrases/", "manager"),
    Entry("/set-up/waitlist/", "manager"),
    Entry("/set-up/record/<str:which>/", "manager", lambda _w: "/set-up/record/interactions/"),
    Entry(
        "/set-up/record/<str:which>/",
        "manager",
        lambda _w: "/set-up/record/examinations/",
        also="examinations",
        data=".c-table td",
    ),
    Entry("/set-up/record/<str:which>/", "manager", lambda _w: "/set-up/record/letters/", also="letters"),
    Entry("/set-up/staff/", "owner"),
    Entry("/set-up/staff/<int:pk>/", "owner", lambda w: f"/set-up/staff/{w.users['doctor'].pk}/"),
    Entry("/set-up/staff/new/", "owner"),
]


def _word(world: Any, persian: str, english: str) -> str:
    """A name as people of this clinic write it."""
    return persian if world.clinic.language == "fa" else english


def _shift(world: Any, rest: str = "") -> str:
    """A page of the cashier's own open drawer."""
    with use_clinic(world.clinic):
        user = world.users["cashier"]
        shift = Shift.objects.filter(cashier=user, status="open").first()
        if shift is None:
            name = _word(world, "پذیرش طبقهٔ دوم", "Reception of the second floor")
            desk = finance.save_desk(desk=None, branch=world.branch, name=name, by=None)
            finance.save_cash_rules(branch=world.branch, uses_shifts=True, is_blind=True, by=None)
            shift = finance.open_shift(desk=desk, opening=Decimal(2_000_000), by=user)
            reason = _word(world, "پیک", "Courier")
            finance.move_cash(shift=shift, kind="out", amount=Decimal(50_000), reason=reason, by=user)
    return f"/finance/shifts/{shift.pk}/{rest}"


def _desk(world: Any) -> str:
    with use_clinic(world.clinic):
        name = f"{_word(world, 'صندوق', 'Desk')} {CashDesk.objects.count()}"
        return str(finance.save_desk(desk=None, branch=world.branch, name=name, by=None).pk)


def _counted(world: Any) -> str:
    with use_clinic(world.clinic):
        user = world.users["secretary"]
        shift = Shift.objects.filter(cashier=user, status="counted").first()
        if shift is None:
            name = _word(world, "داروخانه", "Dispensary")
            desk = finance.save_desk(desk=None, branch=world.branch, name=name, by=None)
            finance.save_cash_rules(branch=world.branch, uses_shifts=True, is_blind=True, by=None)
            shift = finance.open_shift(desk=desk, opening=Decimal(500_000), by=user)
            finance.count_shift(shift=shift, counted=Decimal(480_000), by=user)
    return f"/finance/shifts/{shift.pk}/settle/"


def _note(world: Any) -> str:
    """A credit note that paid money back."""
    with use_clinic(world.clinic):
        row = CreditNote.objects.first()
        if row is None:
            lines = [finance.Draft(_word(world, "بوتاکس پیشانی", "Forehead botox"), Decimal(9_000_000), "manual")]
            bill = finance.issue_invoice(
                patient=world.patient, branch=world.branch, lines=lines, cause="manual:back", by=None
            )
            finance.pay(invoice=bill, method="card", amount=Decimal(9_000_000), by=None)
            back = [finance.Return(bill.lines.get().pk, Decimal(2_000_000))]
            why = _word(world, "بخشی انجام نشد", "A part was not done")
            row = finance.return_lines(invoice=bill, lines=back, reason=why, by=world.users["manager"])
    return str(row.pk)


def _discount(world: Any) -> str:
    """A discount that waits, and one that was given."""
    with use_clinic(world.clinic):
        row = Discount.objects.filter(status="asked").first()
        if row is None:
            some = world.open_invoice.due // 8
            colleague, student = _word(world, "همکار", "Colleague"), _word(world, "دانشجو", "Student")
            finance.give_discount(invoice=world.open_invoice, amount=some, reason=colleague, by=world.users["manager"])
            wish = finance.Wish(student, some * 3)
            row = finance.ask_discount(wish=wish, invoice=world.open_invoice, by=world.users["secretary"])
    return str(row.pk)


def _cheque(world: Any) -> str:
    with use_clinic(world.clinic):
        row = Cheque.objects.first()
        if row is None:
            visit = world.open_invoice.visit
            lines = [finance.Draft(_word(world, "ایمپلنت دندان", "Dental implant"), Decimal(90_000_000), "manual")]
            bill = finance.issue_invoice(
                patient=visit.patient, branch=world.branch, lines=lines, cause="manual:cheque", by=None
            )
            day = today(world.branch)
            row = finance.take_cheque(
                invoice=bill, number="774411", due_on=day, amount=Decimal(30_000_000), by=None,
                bank=_word(world, "بانک ملی ایران، شعبهٔ میدان ونک", "National Savings Bank, Market Square"),
                holder=_word(world, "شرکت بازرگانی آفتاب", "Sunrise Trading Company"),
            )  # fmt: skip
            parts = [(day + dt.timedelta(days=30 * step), Decimal(20_000_000)) for step in range(3)]
            finance.agree_plan(invoice=bill, parts=parts, by=None)
    return str(row.pk)


def _plan(world: Any) -> str:
    _cheque(world)
    with use_clinic(world.clinic):
        return str(PaymentPlan.objects.get().pk)


def _place(world: Any) -> str:
    with use_clinic(world.clinic):
        name = _word(world, "کارتخوان پذیرش", "Terminal at reception")
        row = PayPoint.objects.first() or finance.save_point(
            point=None, branch=world.branch, kind="terminal", name=name, number="88123456", by=None
        )
    return str(row.pk)


MONEY = [
    Entry("/finance/report/", "cashier", lambda w: _shift(w) and "/finance/report/"),
    Entry("/finance/report/close/", "cashier"),
    Entry("/finance/terminals/", "cashier", lambda w: _place(w) and "/finance/terminals/"),
    Entry("/finance/terminals/<int:pk>/settle/", "cashier", lambda w: f"/finance/terminals/{_place(w)}/settle/"),
    Entry("/finance/due/", "cashier", lambda w: _cheque(w) and "/finance/due/"),
    Entry("/finance/claims/", "cashier"),
    Entry("/finance/claims/<int:pk>/", "manager", lambda w: f"/finance/claims/{w.claim.pk}/"),
    Entry("/finance/claims/<int:pk>/", "manager", lambda w: f"/finance/claims/{w.claim_sent.pk}/", also="sent"),
    Entry("/finance/claims/<int:pk>/answer/", "cashier", lambda w: f"/finance/claims/{w.claim_sent.pk}/answer/"),
    Entry("/finance/claims/<int:pk>/send/", "cashier", lambda w: f"/finance/claims/{w.claim.pk}/send/"),
    Entry("/finance/claims/<int:pk>/receive/", "cashier", lambda w: f"/finance/claims/{w.claim.pk}/receive/"),
    Entry("/finance/insurers/", "cashier"),
    Entry(
        "/finance/insurance-of/<int:patient_id>/new/",
        "secretary",
        lambda w: f"/finance/insurance-of/{w.policy.patient_id}/new/",
    ),
    Entry("/finance/coverages/<int:pk>/", "secretary", lambda w: f"/finance/coverages/{w.policy.pk}/"),
    Entry("/set-up/insurers/", "owner"),
    Entry("/set-up/insurers/new/", "owner"),
    Entry("/set-up/insurers/<int:pk>/", "owner", lambda w: f"/set-up/insurers/{w.policy.insurer_id}/"),
    Entry(
        "/set-up/insurers/<int:pk>/contract/", "owner", lambda w: f"/set-up/insurers/{w.policy.insurer_id}/contract/"
    ),
    Entry("/set-up/contracts/<int:pk>/", "owner", lambda w: f"/set-up/contracts/{w.terms.pk}/"),
    Entry("/finance/debtors/", "cashier"),
    Entry("/finance/debtors/<int:patient_id>/", "manager", lambda w: f"/finance/debtors/{w.open_invoice.patient_id}/"),
    Entry(
        "/finance/debtors/<int:patient_id>/note/",
        "cashier",
        lambda w: f"/finance/debtors/{w.open_invoice.patient_id}/note/",
    ),
    Entry(
        "/finance/invoices/<int:pk>/write-off/",
        "manager",
        lambda w: f"/finance/invoices/{w.open_invoice.pk}/write-off/",
    ),
    Entry("/set-up/debt-reminders/", "owner"),
    Entry("/owed/<str:token>/", None, lambda w: f"/owed/{w.reminder.token}/"),
    Entry("/finance/invoices/<int:pk>/plan/", "cashier", lambda w: f"/finance/invoices/{w.open_invoice.pk}/plan/"),
    Entry("/finance/invoices/<int:pk>/cheque/", "cashier", lambda w: f"/finance/invoices/{w.open_invoice.pk}/cheque/"),
    Entry("/finance/instalments/<int:pk>/end/", "cashier", lambda w: f"/finance/instalments/{_plan(w)}/end/"),
    Entry("/finance/cheques/<int:pk>/move/", "cashier", lambda w: f"/finance/cheques/{_cheque(w)}/move/?to=deposited"),
    Entry("/set-up/cash/places/new/", "manager"),
    Entry("/set-up/cash/places/<int:pk>/", "manager", lambda w: f"/set-up/cash/places/{_place(w)}/"),
    Entry("/finance/cash/", "cashier", lambda w: _shift(w) and "/finance/cash/"),
    Entry("/finance/desks/<int:pk>/open/", "cashier", lambda w: f"/finance/desks/{_desk(w)}/open/"),
    Entry("/finance/shifts/<int:pk>/", "cashier", _shift),
    Entry("/finance/shifts/<int:pk>/cash/", "cashier", lambda w: _shift(w, "cash/")),
    Entry("/finance/shifts/<int:pk>/count/", "cashier", lambda w: _shift(w, "count/")),
    Entry("/finance/shifts/<int:pk>/hand-over/", "cashier", lambda w: _shift(w, "hand-over/")),
    Entry("/finance/shifts/<int:pk>/settle/", "cashier", _counted),
    Entry("/set-up/cash/", "manager", lambda w: _shift(w) and "/set-up/cash/"),
    Entry("/set-up/cash/new/", "manager"),
    Entry("/set-up/cash/desks/<int:pk>/", "manager", lambda w: f"/set-up/cash/desks/{_desk(w)}/"),
    Entry("/finance/", "cashier"),
    Entry("/finance/checkout/<int:visit_id>/", "cashier", lambda w: f"/finance/checkout/{w.open_invoice.visit_id}/"),
    Entry("/finance/deposit/<int:patient_id>/", "cashier", lambda w: f"/finance/deposit/{w.patient.pk}/"),
    Entry(
        "/finance/for-appointment/<int:appointment_id>/take/",
        "cashier",
        lambda w: f"/finance/for-appointment/{w.pending.pk}/take/",
    ),
    Entry("/finance/invoices/<int:pk>/", "cashier", lambda w: f"/finance/invoices/{w.invoice.pk}/"),
    Entry("/finance/invoices/<int:pk>/give-back/", "cashier", lambda w: f"/finance/invoices/{w.invoice.pk}/give-back/"),
    Entry("/finance/credit-notes/<int:pk>/", "cashier", lambda w: f"/finance/credit-notes/{_note(w)}/"),
    Entry("/finance/discounts/", "owner", lambda w: _discount(w) and "/finance/discounts/"),
    Entry("/set-up/discounts/", "owner"),
    Entry("/finance/invoices/<int:pk>/pay/", "cashier", lambda w: f"/finance/invoices/{w.open_invoice.pk}/pay/"),
    Entry("/finance/books/accounts/", "owner"),
    Entry("/finance/books/reports/<str:which>/", "owner", lambda _w: "/finance/books/reports/profit/"),
    Entry("/finance/books/reports/<str:which>/", "owner", lambda _w: "/finance/books/reports/trend/", also="trend"),
    Entry("/finance/books/account/", "owner", lambda w: f"/finance/books/account/?account={w.account.pk}"),
    Entry("/finance/books/opening/", "owner"),
    Entry("/finance/books/periods/", "owner"),
    Entry("/finance/books/recurring/", "owner"),
    Entry("/finance/books/suppliers/", "owner"),
    Entry("/finance/books/suppliers/<int:pk>/", "owner", lambda w: f"/finance/books/suppliers/{w.supplier.pk}/"),
    Entry("/finance/books/vouchers/", "owner"),
    Entry("/finance/books/vouchers/new/", "owner"),
    Entry("/finance/books/vouchers/<int:pk>/", "owner", lambda w: f"/finance/books/vouchers/{w.voucher.pk}/"),
    Entry("/finance/ledger/", "owner"),
    Entry("/finance/ledger/<int:pk>/", "owner", lambda w: f"/finance/ledger/{w.account.pk}/"),
    Entry("/finance/payments/<int:pk>/receipt/", "cashier", lambda w: f"/finance/payments/{w.payment.pk}/receipt/"),
    Entry("/finance/payments/<int:pk>/refund/", "cashier", lambda w: f"/finance/payments/{w.payment.pk}/refund/"),
    Entry("/finance/sell/<int:patient_id>/", "cashier", lambda w: f"/finance/sell/{w.patient.pk}/"),
    Entry("/finance/packages/<int:pk>/", "manager", lambda w: f"/finance/packages/{w.package.pk}/"),
    Entry("/finance/packages/<int:pk>/transfer/", "manager", lambda w: f"/finance/packages/{w.package.pk}/transfer/"),
    Entry("/finance/packages/<int:pk>/extend/", "manager", lambda w: f"/finance/packages/{w.package.pk}/extend/"),
    Entry("/finance/packages/<int:pk>/refund/", "manager", lambda w: f"/finance/packages/{w.package.pk}/refund/"),
    Entry("/finance/sell-gift/<int:patient_id>/", "cashier", lambda w: f"/finance/sell-gift/{w.patient.pk}/"),
    Entry("/finance/gift-cards/<int:pk>/", "manager", lambda w: f"/finance/gift-cards/{w.gift.pk}/"),
    Entry("/finance/gift-cards/<int:pk>/refund/", "manager", lambda w: f"/finance/gift-cards/{w.gift.pk}/refund/"),
    Entry("/finance/gift-cards/<int:pk>/code/", "manager", lambda w: f"/finance/gift-cards/{w.gift.pk}/code/"),
    Entry(
        "/finance/sell-membership/<int:patient_id>/", "cashier", lambda w: f"/finance/sell-membership/{w.patient.pk}/"
    ),
    Entry("/finance/memberships/<int:pk>/", "manager", lambda w: f"/finance/memberships/{w.membership.pk}/"),
    Entry("/finance/memberships/<int:pk>/end/", "manager", lambda w: f"/finance/memberships/{w.membership.pk}/end/"),
    Entry("/set-up/memberships/", "owner"),
    Entry("/set-up/memberships/new/", "owner"),
    Entry("/set-up/memberships/<int:plan_id>/", "owner", lambda w: f"/set-up/memberships/{w.membership.plan_id}/"),
    Entry("/set-up/gift-cards/", "owner"),
    Entry("/gift/"),
    Entry("/finance/ahead/", "owner"),
    Entry("/set-up/packages/", "owner"),
    Entry("/set-up/packages/new/", "owner"),
    Entry("/set-up/packages/<int:kind_id>/", "owner", lambda w: f"/set-up/packages/{w.package.kind_id}/"),
    Entry("/points/", "owner"),
    Entry("/set-up/commissions/", "owner"),
    Entry("/set-up/commissions/new/", "owner"),
    Entry("/set-up/commissions/<int:pk>/end/", "owner", lambda w: f"/set-up/commissions/{w.share.rule_id}/end/"),
    Entry("/finance/wallets/", "owner"),
    Entry("/finance/wallets/pay/", "owner"),
    Entry("/finance/wallets/<int:pk>/", "owner", lambda w: f"/finance/wallets/{w.share.practitioner_id}/"),
    Entry(
        "/finance/wallets/<int:pk>/adjust/", "owner", lambda w: f"/finance/wallets/{w.share.practitioner_id}/adjust/"
    ),
    Entry("/finance/shares/<int:pk>/", "owner", lambda w: f"/finance/shares/{w.share.pk}/"),
    Entry("/finance/payouts/<int:pk>/", "owner", lambda w: f"/finance/payouts/{w.payout.pk}/"),
    Entry("/finance/payouts/<int:pk>/reverse/", "owner", lambda w: f"/finance/payouts/{w.payout.pk}/reverse/"),
]
DOCTOR = [
    Entry("/doctor/", "doctor"),
    Entry("/doctor/wallet/", "doctor"),
    Entry("/doctor/wallet/shares/<int:pk>/", "doctor", lambda w: f"/doctor/wallet/shares/{w.share.pk}/"),
    Entry("/doctor/wallet/payouts/<int:pk>/", "doctor", lambda w: f"/doctor/wallet/payouts/{w.payout.pk}/"),
    Entry("/doctor/drugs/", "doctor"),
    Entry("/doctor/to-sign/", "doctor"),
    Entry("/doctor/phrases/", "doctor"),
    Entry("/doctor/patients/<int:pk>/", "doctor", lambda w: f"/doctor/patients/{w.patient.pk}/"),
    Entry("/doctor/patients/<int:pk>/background/", "doctor", lambda w: f"/doctor/patients/{w.patient.pk}/background/"),
    Entry("/doctor/patients/<int:pk>/medicines/", "doctor", lambda w: f"/doctor/patients/{w.patient.pk}/medicines/"),
    Entry("/doctor/patients/<int:pk>/vitals/", "nurse", lambda w: f"/doctor/patients/{w.patient.pk}/vitals/"),
    Entry("/doctor/patients/<int:pk>/orders/", "doctor", lambda w: f"/doctor/patients/{w.patient.pk}/orders/"),
    Entry("/doctor/patients/<int:pk>/plans/", "doctor", lambda w: f"/doctor/patients/{w.patient.pk}/plans/"),
    Entry("/doctor/patients/<int:pk>/scores/", "nurse", lambda w: f"/doctor/patients/{w.patient.pk}/scores/"),
    Entry("/doctor/patients/<int:pk>/letters/", "doctor", lambda w: f"/doctor/patients/{w.patient.pk}/letters/"),
    Entry("/doctor/orders/", "doctor"),
    Entry("/doctor/orders/<int:pk>/", "doctor", lambda w: f"/doctor/orders/{w.order.pk}/"),
    Entry("/doctor/orders/<int:pk>/print/", "doctor", lambda w: f"/doctor/orders/{w.order.pk}/print/"),
    Entry("/doctor/letters/<int:pk>/", "doctor", lambda w: f"/doctor/letters/{w.letter.pk}/"),
    Entry("/doctor/letters/<int:pk>/print/", "doctor", lambda w: f"/doctor/letters/{w.letter.pk}/print/"),
    Entry("/doctor/plans/<int:pk>/", "doctor", lambda w: f"/doctor/plans/{w.plan.pk}/"),
    Entry("/doctor/visit/<int:pk>/", "doctor", lambda w: f"/doctor/visit/{w.in_room.pk}/"),
    Entry("/doctor/visit/<int:pk>/", "doctor", lambda w: f"/doctor/visit/{w.done.pk}/", also="signed"),
    Entry("/online/<int:pk>/", "doctor", lambda w: f"/online/{w.online.pk}/"),
    Entry("/prescriptions/<int:pk>/print/", "doctor", lambda w: f"/prescriptions/{w.record.pk}/print/"),
]
FILES = [
    Entry("/files/of/<int:patient_id>/", "doctor", lambda w: f"/files/of/{w.patient.pk}/"),
    Entry("/files/of/<int:patient_id>/", "secretary", lambda w: f"/files/of/{w.patients[4].pk}/", also="empty"),
    Entry("/files/of/<int:patient_id>/add/", "doctor", lambda w: f"/files/of/{w.patient.pk}/add/"),
    Entry("/files/of/<int:patient_id>/phone/", "doctor", lambda w: f"/files/of/{w.patient.pk}/phone/"),
    Entry("/files/of/<int:patient_id>/compare/", "doctor", lambda w: f"/files/of/{w.patient.pk}/compare/"),
    Entry("/files/<int:pk>/", "doctor", lambda w: f"/files/{w.files[0].pk}/"),
    Entry("/files/<int:pk>/", "doctor", lambda w: f"/files/{w.files[2].pk}/", also="pdf"),
    Entry("/files/<int:pk>/describe/", "doctor", lambda w: f"/files/{w.files[0].pk}/describe/"),
    Entry("/desk/intake/", "secretary"),
    Entry("/desk/intake/<int:pk>/", "secretary", lambda w: f"/desk/intake/{w.intakes[1].pk}/"),
    Entry("/desk/intake/<int:pk>/", "doctor", lambda w: f"/desk/intake/{w.intakes[1].pk}/", also="doctor"),
    Entry("/desk/intake/send/<int:patient_id>/", "secretary", lambda w: f"/desk/intake/send/{w.patient.pk}/"),
    Entry("/set-up/intake/", "manager"),
    Entry("/set-up/intake/new/", "manager"),
    Entry("/set-up/intake/<int:pk>/", "manager", lambda w: f"/set-up/intake/{w.intakes[0].asked.form_id}/"),
    Entry("/files/<int:pk>/draw/", "doctor", lambda w: f"/files/{w.files[0].pk}/draw/"),
]
OWNER = [
    Entry("/mastermind/", "owner"),
    Entry("/mastermind/sources/", "owner"),
    Entry("/mastermind/sources/", "owner", lambda _w: "/mastermind/sources/?source=desk", also="rows"),
    Entry("/audit/", "owner"),
    Entry("/audit/opened-notes/", "owner"),
]
PLATFORM = [
    Entry("/", host="platform:"),
    Entry("/sign-in/", host="platform:"),
    Entry("/sign-up/", host="platform:"),
    Entry("/sign-up/thanks/", host="platform:"),
    Entry("/control/", "operator", host="platform:"),
    Entry("/sign-in/again/", "operator", host="platform:"),
    Entry("/sign-in/totp/", "newcomer", host="platform:"),
    Entry(
        "/control/requests/<int:pk>/reject/",
        "operator",
        lambda w: f"/control/requests/{w.asked.pk}/reject/",
        "platform:",
    ),
]
PAGES = [*PUBLIC, *OWN, *DESK, *CHAT, *STOCK, *SET_UP, *MONEY, *DOCTOR, *FILES, *OWNER, *PLATFORM]

# Parts that a page above fetches, and answers that no person reads.
PARTS = {
    "/a/<str:token>/today/", "/desk/decide/sign/", "/desk/rooms/part/", "/desk/rooms/strip/",
    "/kiosk/<int:branch>/part/", "/finance/for-appointment/<int:appointment_id>/",
    "/pay/visit/<str:token>/", "/pay/<str:token>/back/",
    "/finance/books/journal/", "/finance/invoices/<int:pk>/give-back/sum/",
    "/finance/books/accounts/new/", "/finance/books/accounts/<int:pk>/", "/finance/books/due/<int:pk>/",
    "/finance/books/papers/<int:pk>/", "/finance/books/periods/close/", "/finance/books/periods/open/",
    "/finance/books/recurring/new/", "/finance/books/recurring/<int:pk>/", "/finance/books/suppliers/new/",
    "/finance/books/suppliers/<int:pk>/edit/", "/finance/books/vouchers/<int:pk>/reverse/",
    "/desk/soonest/", "/desk/week/cards/", "/desk/cards/", "/desk/day/", "/desk/queue/part/", "/desk/waiting/",
    "/set-up/record/", "/set-up/record/interactions/export/", "/set-up/record/<str:which>/<int:pk>/",
    "/doctor/patients/<int:pk>/background/new/", "/doctor/patients/<int:pk>/problems/new/",
    "/doctor/visit/<int:pk>/care/", "/doctor/patients/<int:pk>/vitals/new/", "/doctor/patients/<int:pk>/orders/new/",
    "/doctor/patients/<int:pk>/plans/new/", "/doctor/patients/<int:pk>/letters/new/",
    "/doctor/patients/<int:pk>/scores/new/<int:measure>/", "/my/care/letters/<int:pk>/",
    "/doctor/patients/<int:pk>/problems/<int:condition>/", "/doctor/patients/<int:pk>/medicines/<int:line>/stop/",
    "/doctor/drug-options/", "/doctor/icd/", "/doctor/visit/<int:pk>/bar/", "/doctor/visit/<int:pk>/next/",
    "/emr/for-patient/<int:pk>/", "/scheduling/for-patient/<int:pk>/", "/points/for-patient/<int:patient_id>/",
    "/finance/day/", "/finance/for-patient/<int:patient_id>/", "/finance/insurance-of/<int:patient_id>/",
    "/finance/for-visit/<int:visit_id>/",
    "/finance/in-words/", "/finance/cash/part/",
    "/my/packages/",
    "/mastermind/today/", "/my/bills/", "/my/waitlist/", "/my/points/", "/my/prescriptions/", "/patients/search/",
    "/q/<str:token>/part/", "/tv/<int:branch>/part/",
    "/doctor/phrases/<int:pk>/", "/set-up/phrases/<int:pk>/", "/doctor/record/<int:pk>/privacy/",
    "/doctor/record/<int:pk>/phrases/", "/doctor/drugs/<int:pk>/", "/set-up/drugs/<int:pk>/",
    "/patients/<int:pk>/access/", "/patients/groups/<int:segment_pk>/file/<str:sheet>/", "/patients/<int:pk>/consents/",
    "/patients/<int:pk>/relatives/", "/records/for-patient/<int:patient_id>/", "/records/<int:pk>/<str:kind>/",
    "/my/record/<str:token>/<str:kind>/", "/my/who/",
    "/stock/low/", "/stock/for-visit/<int:visit_id>/", "/stock/items/search/",
    "/follow-ups/for-patient/<int:patient_id>/", "/messages/for-patient/<int:patient_id>/",
    "/a/<str:token>/calendar.ics", "/cal/<str:token>.ics", "/desk/pack/file/", "/book/held/",
    "/v/<str:token>/chat/", "/online/<int:pk>/chat/", "/chat/<int:pk>/", "/desk/chat/part/",
    "/desk/appointments/<int:pk>/series/move/", "/desk/appointments/<int:pk>/series/cancel/",
    "/files/<int:pk>/content/", "/files/<int:pk>/thumb/", "/files/<int:pk>/page/", "/files/codes/<int:pk>/",
    "/intake/for-patient/<int:patient_id>/", "/my/files/<int:pk>/", "/my/files/<int:pk>/thumb/",
    "/v/<str:token>/part/", "/online/<int:pk>/part/", "/online/<int:pk>/story/",
    "/livez", "/readyz", "/theme/<str:hex>.css", "platform:/readyz", "platform:/theme/<str:hex>.css",
}  # fmt: skip
