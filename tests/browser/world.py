"""A small clinic in the middle of its day, built through the product's own actions; one a language."""

import datetime as dt
import uuid
import zoneinfo
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

import emr.actions as record
import finance.actions as money
import inventory.actions as stock
import messaging.actions as calls
import scheduling.actions as floor
from clinic.accounts.models import Branch
from clinic.accounts.roles import Role
from clinic.patients import actions as people
from clinic.patients.models import Patient, PatientAccess
from clinic.shared.tenancy import ClinicInfo
from emr.models import NoteTemplate
from finance.models import Account, DueExpense, OnlinePayment
from finance.queries.days import clinic_today
from loyalty.models import LoyaltyRule
from scheduling.actions.rules import save_policy_text
from scheduling.models import (
    Equipment,
    EquipmentKind,
    FreedTime,
    Practitioner,
    Room,
    Service,
    ServiceCategory,
    Visit,
    WaitlistOffer,
    WorkingHours,
)
from scheduling.views.coming import door_key
from tenants.actions import request_clinic
from tests.emr.hostile_files import cheek, pdf
from tests.make import Make
from tests.scheduling.floor_make import Floor

LONG_FA = ("سیده فاطمه‌زهرا", "میرمحمدصادقی خوانساری نیشابوری اصل")
LONG_EN = ("Alexandrina Wilhelmina", "Featherstonehaugh-Cholmondeley of Marjoribanks")
WORDS: dict[str, dict[str, Any]] = {
    "fa": {
        "category": "لیزر، تزریق و مشاورهٔ پیش از جراحی زیبایی برای همهٔ سنین",
        "services": ["ویزیت پوست", "تزریق بوتاکس", "مشاورهٔ پیش از جراحی زیبایی و بررسی سوابق درمانی بیمار"],
        "doctors": ["دکتر نگار امینی", "دکتر سیدمحمدحسین طباطبایی یزدی‌نژاد"],
        "specialty": "متخصص پوست",
        "rooms": ["اتاق یک", "اتاق لیزر"],
        "people": [
            ("مینا", "شریفی"),
            LONG_FA,
            ("علی", "رضایی"),
            ("زهرا", "کریمی"),
            ("حسین", "موسوی"),
            ("نرگس", "احمدی"),
        ],
        "items": [("گاز استریل", "عدد"), ("سرنگ", "عدد"), ("کرم بی‌حسی موضعی با غلظت بالا", "گرم")],
        "insurer": "تأمین اجتماعی",
        "note": "ضایعهٔ کوچک روی گونهٔ راست، بدون خارش.",
        "advice": "تا سه روز در آفتاب نماند.",
        "drug": ("استامینوفن", "هر شش ساعت یک عدد"),
        "allergy": "پنی‌سیلین",
        "diagnosis": "درماتیت تماسی",
        "device": ("لیزر دایود", "دستگاه یک"),
        "staff": "کارمند",
        "why": "پزشک خواسته است",
        "price": Decimal(2_500_000),
        "address": "تهران، خیابان ولیعصر",
    },
    "en": {
        "category": "Laser, injections and consultation before aesthetic surgery, all ages",
        "services": ["Skin visit", "Botox", "Consultation before aesthetic surgery with review of earlier treatment"],
        "doctors": ["Dr Jane Smith", "Dr Bartholomew Featherstonehaugh-Cholmondeley"],
        "specialty": "Dermatology",
        "rooms": ["Room 1", "Laser room"],
        "people": [("Mary", "Clark"), LONG_EN, ("Tom", "Reed"), ("Zoe", "King"), ("Hugh", "Moss"), ("Nora", "Ash")],
        "items": [("Gauze", "piece"), ("Syringe", "piece"), ("Topical anaesthetic cream of high strength", "g")],
        "insurer": "Northern Mutual",
        "note": "Small lesion on the right cheek, no itching.",
        "advice": "Stay out of the sun for three days.",
        "drug": ("Paracetamol", "One every six hours"),
        "allergy": "Penicillin",
        "diagnosis": "Contact dermatitis",
        "device": ("Diode laser", "Device one"),
        "staff": "Staff",
        "why": "The doctor asked for it",
        "price": Decimal(80),
        "address": "12 River Street, London",
    },
}


@dataclass
class World:
    """What the pages of one clinic show."""

    clinic: ClinicInfo
    users: dict[str, Any] = field(default_factory=dict)
    branch: Any = None
    services: list[Service] = field(default_factory=list)
    category: ServiceCategory | None = None
    doctors: list[Practitioner] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)
    patients: list[Patient] = field(default_factory=list)
    items: list[Any] = field(default_factory=list)
    lot: Any = None
    booked: Any = None
    together: Any = None
    waiting: Any = None
    in_room: Any = None
    done: Any = None
    record: Any = None
    template: Any = None
    order: Any = None
    plan: Any = None
    letter: Any = None
    invoice: Any = None
    payment: Any = None
    open_invoice: Any = None
    package: Any = None
    gift: Any = None
    membership: Any = None
    reminder: Any = None
    policy: Any = None
    terms: Any = None
    claim: Any = None
    claim_sent: Any = None
    account: Any = None
    voucher: Any = None
    supplier: Any = None
    share: Any = None
    payout: Any = None
    due: Any = None
    task: Any = None
    entry: Any = None
    offer: Any = None
    lost: Any = None
    empty_place: str = ""
    asked: Any = None
    online: Any = None
    online_later: Any = None
    chat: Any = None
    device: Any = None
    hours: Any = None
    late: Any = None
    pending: Any = None
    fee: Any = None
    online_payment: Any = None
    door: str = ""
    files: list[Any] = field(default_factory=list)
    intakes: list[Any] = field(default_factory=list)

    @property
    def patient(self) -> Patient:
        """The patient with the most behind her."""
        return self.patients[0]


def build(clinic: ClinicInfo, make: Make) -> World:
    """Build the world of the clinic at hand."""
    words = WORDS[clinic.language]
    world = World(clinic)
    world.branch = Branch.objects.order_by("pk").get()
    world.branch.address = words["address"]
    world.branch.save()
    _staff(world, words, make)
    _offer(world, words, make)
    world.template = NoteTemplate.objects.get(kind="therapy")
    _patients(world, words)
    _stock(world, words)
    _day(world, words, make)
    _files(world, words)
    _intakes(world, words)
    return world


def _intakes(world: World, words: dict[str, Any]) -> None:
    """A form that waits for the patient, and one that was filled with something new."""
    language = world.clinic.language
    said = {language: words["why"]}
    content = [
        {"kind": "section", "label": said}, {"kind": "card", "field": "insurer"}, {"kind": "card", "field": "address"},
        {"kind": "long", "label": said, "clinical": True}, {"kind": "yes_no", "label": said},
        {"kind": "several", "label": said, "options": [said, {language: words["allergy"]}]},
        {"kind": "consent", "label": said, "text": {language: words["note"] * 6}, "required": True},
        {"kind": "photo", "label": said}, {"kind": "photo", "label": said, "clinical": True},
    ]  # fmt: skip
    form = record.save_intake_form(name=words["services"][0], content=content, by=world.users["manager"])
    filled = {"q2": words["items"][0][0], "q3": words["address"], "q4": words["note"], "q5": "yes", "q7": "yes"}
    strokes = [[[40, 120], [120, 40], [180, 150], [260, 60], [420, 140], [560, 90]]]
    waits = record.send_intake(form=form, patient=world.patients[3], appointment=world.booked, by=None)
    done = record.send_intake(form=form, patient=world.patient, by=None)
    for row, key in ((waits, "q8"), (done, "q8"), (done, "q9"), (done, "q9")):
        record.add_intake_photo(intake=row, key=key, upload=SimpleUploadedFile("x", cheek(150)), by=None)
    world.intakes = [waits, record.fill_intake(intake=done, given=filled, signature=strokes, by=None)]


def _files(world: World, words: dict[str, Any]) -> None:
    """Two photos of one place, and a letter; the patient sees them."""
    today = timezone.localdate()
    for place, content in enumerate((cheek(210), cheek(120), pdf())):
        file = record.add_file(
            patient=world.patient, upload=SimpleUploadedFile("x", content), kind="letter" if place == 2 else "photo",
            title=words["note"] if place else "", taken_on=today - dt.timedelta(days=90 - 45 * place),
            by=world.users["doctor"],
        )  # fmt: skip
        world.files.append(record.release_file(file=file, by=world.users["doctor"]))


def _staff(world: World, words: dict[str, Any], make: Make) -> None:
    for place, role in enumerate(["secretary", "nurse", "doctor", "cashier", "manager", "owner", "patient"]):
        name = words["doctors"][0] if role == "doctor" else words["staff"]
        world.users[role] = make.user(role, name=name, phone=f"+98912000010{place}")
    world.users["newcomer"] = make.user("owner", name=words["staff"], phone="+989120000110")
    if not LoyaltyRule.objects.exists():
        rial = world.clinic.currency == "IRR"
        LoyaltyRule(
            money_per_point=Decimal(100_000 if rial else 1), point_value=Decimal(2_000 if rial else "0.02")
        ).save()


def _offer(world: World, words: dict[str, Any], make: Make) -> None:
    for name in words["rooms"]:
        world.rooms.append(make.room(name=name))
    kind = EquipmentKind(name=words["device"][0])
    kind.save()
    world.device = Equipment(kind=kind, branch=world.branch, name=words["device"][1])
    world.device.save()
    world.category = ServiceCategory(name=words["category"])
    world.category.save()
    for place, name in enumerate(words["services"]):
        of = world.category if place else None  # the first stands under "other services"
        world.services.append(make.service(name=name, minutes=20, price=words["price"] * (place + 1), category=of))
    for place, name in enumerate(words["doctors"]):
        user = world.users["doctor"] if place == 0 else None
        fields = {"specialty": words["specialty"], "license_number": f"1234{place}"}
        world.doctors.append(make.practitioner(*world.services, user=user, name=name, **fields))
    for hours in WorkingHours.objects.filter(practitioner=world.doctors[0]):
        hours.starts, hours.ends = dt.time(0), dt.time(23, 59)
        hours.save()
        world.hours = hours


def _patients(world: World, words: dict[str, Any]) -> None:
    by = world.users["secretary"]
    for place, (first, last) in enumerate(words["people"]):
        phone = f"+98935000020{place}"
        world.patients.append(people.register(first_name=first, last_name=last, phone=phone, by=by))
    PatientAccess(user=world.users["patient"], patient=world.patient).save()
    people.give_consent(patient=world.patient, kind="treatment", by=by)


def _stock(world: World, words: dict[str, Any]) -> None:
    by, today = world.users["owner"], timezone.now().date()
    for place, (name, unit) in enumerate(words["items"]):
        item = stock.save_item(name=name, unit=unit, step=Decimal(1), low_level=Decimal(5 + 100 * place), by=by)
        world.items.append(item)
        received = stock.receive(
            item=item,
            branch=world.branch,
            quantity=Decimal(40),
            unit_cost=words["price"] / 50,
            number=f"L{place}",
            expires_on=today + dt.timedelta(days=20 + 90 * place),
            cause=f"world:{place}",
            by=by,
        )
        world.lot = received.lot
        stock.set_template_line(service=world.services[0], item=item, quantity=Decimal(2), by=by)


def _day(world: World, words: dict[str, Any], make: Make) -> None:
    hall = Floor.__new__(Floor)
    hall.make, hall.branch, hall.clerk = make, world.branch, world.users["secretary"]
    hall.service, hall.doctor, hall.rooms = world.services[0], world.doctors[0], world.rooms
    now = timezone.now().replace(second=0, microsecond=0)
    world.done = _finished(world, words, hall)
    world.in_room = hall.visit("call", patient=world.patients[1], starts_at=now - dt.timedelta(minutes=25))
    world.in_room = floor.enter_room(visit=world.in_room, room=world.rooms[0], by=world.users["nurse"])
    world.waiting = hall.visit(patient=world.patients[2], starts_at=now - dt.timedelta(minutes=40))
    world.booked = hall.appointment(patient=world.patients[3], starts_at=_later(world))
    bundle, day = uuid.uuid4(), _later(world) + dt.timedelta(days=1)  # two services in one go
    world.together = hall.appointment(patient=world.patients[5], starts_at=day, bundle=bundle)
    hall.appointment(patient=world.patients[5], starts_at=day + dt.timedelta(minutes=20), bundle=bundle)
    world.late = hall.appointment(patient=world.patients[4], starts_at=now - dt.timedelta(minutes=50))
    world.online = hall.appointment(mode="online", patient=world.patients[1], starts_at=now)
    world.online_later = hall.appointment(mode="online", patient=world.patients[2], starts_at=_later(world))
    floor.join_online(appointment=world.online, side="patient", by=None)
    floor.note_online(appointment=world.online, side="patient", kind="fallback", reason="denied", by=None)
    beside = calls.conversation_beside(appointment=world.online, by=None)
    calls.write_message(conversation=beside, side="patient", text=words["note"], by=None)
    calls.write_message(conversation=beside, side="clinic", text=words["advice"], by=world.users["doctor"])
    world.chat = calls.conversation_with_clinic(patient=world.patient, by=None)
    calls.write_message(conversation=world.chat, side="patient", text=words["note"], by=None)
    world.open_invoice = _unpaid(world, hall)
    _insured(world, words)
    world.reminder = money.remind_debtor(patient=world.open_invoice.patient, by=world.users["cashier"])
    _waits(world)
    _to_decide(world, words, make)
    _books(world, words)
    _shares(world, words)
    world.account = Account.objects.order_by("pk").first()
    calls.queue_message(
        kind="booking_confirmed", patient=world.patients[3], appointment=world.booked, cause="world", by=None
    )
    world.task = calls.plan_follow_up(
        kind="doctor_asked",
        patient=world.patients[1],
        branch=world.branch,
        due_on=now.date(),
        why=words["why"],
        cause="world",
        by=None,
    )


def _later(world: World) -> dt.datetime:
    """Tomorrow at ten by the branch's clock."""
    zone = zoneinfo.ZoneInfo(world.branch.time_zone)
    return dt.datetime.combine(timezone.now().astimezone(zone).date() + dt.timedelta(days=1), dt.time(10), tzinfo=zone)


def _waits(world: World) -> None:
    """Three who wait: one has an offer, one had one. Laid by hand: at night the product itself asks nobody."""
    desk, service, doctor = world.users["secretary"], world.services[0], world.doctors[1]
    now, begin = timezone.now(), _later(world) + dt.timedelta(days=2)
    place = {"service": service, "practitioner": doctor, "branch": world.branch, "starts_at": begin}
    empty = (begin + dt.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    world.empty_place = f"branch={world.branch.pk}&resource={doctor.pk}&start={empty}"
    hold = floor.hold(**place, holder="offer:world", until=now + dt.timedelta(hours=3), by=None)
    time = FreedTime.objects.create(
        practitioner=doctor, branch=world.branch, starts_at=begin, ends_at=hold.ends_at, hold=hold
    )
    for patient, status in ((world.patients[3], "offered"), (world.patients[4], "lost")):
        entry = floor.join_waitlist(
            patient=patient, service=service, practitioner=doctor, weekdays=[0, 2], from_time=dt.time(9), by=desk
        )
        offer = WaitlistOffer(
            entry=entry, hold=hold, time=time, status=status, token=f"{status}-{world.clinic.schema_name}",
            tell_at=now, expires_at=now + dt.timedelta(hours=2),
        )  # fmt: skip
        offer.save()
        world.entry, world.offer = (entry, offer) if status == "offered" else (world.entry, world.offer)
        world.lost = offer
    floor.join_waitlist(patient=world.patient, service=service, priority=1, note=desk.full_name, by=desk)


def _to_decide(world: World, words: dict[str, Any], make: Make) -> None:
    """A booking that waits for approval and its deposit, a fee for a late cancellation, a payment that failed."""
    world.door = f"/here/{world.branch.pk}/{door_key(world.branch)}/"
    save_policy_text(text_fa=words["note"], text_en=words["note"], by=world.users["manager"])
    asked, patient = world.users["patient"], world.patients[1]
    service = make.service(
        name=words["services"][2], needs_approval=True, price=words["price"], deposit=words["price"] / 4,
        cancel_until_hours=24 * 14, late_fee_percent=30, no_show_fee_percent=50,
    )  # fmt: skip
    begin = _later(world) + dt.timedelta(days=4)
    place = {"service": service, "practitioner": make.practitioner(service, name=words["doctors"][1])}
    place["branch"] = world.branch
    hold = floor.hold(**place, starts_at=begin, by=asked)
    world.pending = floor.book(hold=hold, patient=patient, by=asked)
    missed = floor.book_direct(**place, patient=patient, starts_at=begin + dt.timedelta(hours=2), by=None)
    world.fee = floor.cancel(appointment=missed, by_patient=True, by=None).fee
    world.online_payment = OnlinePayment(
        status="failed", invoice=world.open_invoice, patient=world.open_invoice.patient, branch=world.branch,
        amount=words["price"], merchant_id="m", token=f"failed-{world.clinic.schema_name}",
    )  # fmt: skip
    world.online_payment.save()


def _finished(world: World, words: dict[str, Any], hall: Floor) -> Visit:
    doctor, patient = world.users["doctor"], world.patient
    starts_at = timezone.now().replace(second=0, microsecond=0) - dt.timedelta(minutes=75)
    visit = hall.visit("call", patient=patient, starts_at=starts_at)
    visit = floor.enter_room(visit=visit, room=world.rooms[1], by=doctor)
    opened = record.open_encounter(visit=visit, by=doctor)
    record.add_allergy(patient=patient, substance=words["allergy"], by=doctor)
    record.save_note(encounter=opened, version=opened.version, note=words["note"], advice=words["advice"], by=doctor)
    record.add_condition(patient=patient, encounter=opened, title=words["diagnosis"], is_problem=True, by=doctor)
    name, dose = words["drug"]
    record.prescribe(encounter=opened, name=name, dose=dose, days=5, by=doctor)
    record.add_background(patient=patient, kind="illness", title=words["diagnosis"], year=2019, by=doctor)
    record.save_interaction(
        first=name, first_atc="N02B", second=words["allergy"], severity="major", effect=words["note"], by=doctor
    )
    _care(world, words)
    world.record = record.finish_encounter(encounter=opened, by=doctor)
    visit = Visit.objects.get(pk=visit.pk)
    if visit.status != "finished":
        visit = floor.finish_visit(visit=visit, by=doctor)
    world.invoice = money.issue_for_visit(visit=visit, by=None)
    cash = world.invoice.total / 4
    money.pay(invoice=world.invoice, method="cash", amount=cash, tendered=cash, by=world.users["cashier"])
    world.payment = money.pay(
        invoice=world.invoice,
        method="card",
        amount=world.invoice.total - cash,
        reference="12345678",
        by=world.users["cashier"],
    )
    _package(world)
    return visit


def _shares(world: World, words: dict[str, Any]) -> None:
    """The doctor's share of a bill, one payout, one correction, two rules more."""
    owner, doctor = world.users["owner"], world.users["doctor"].practitioner
    day = clinic_today()
    terms: dict[str, Any] = {"branch": None, "share_of": "services", "valid_from": day, "by": owner}
    money.add_commission_rules(
        practitioners=[doctor], services=[], rate=Decimal("42.5"), referred_rate=Decimal(0), hold_days=0, **terms
    )
    money.add_commission_rules(
        practitioners=[], services=[], rate=Decimal(30), referred_rate=None, less_consumables=True,
        after_collected=True, hold_days=14,
        **{**terms, "branch": world.branch, "valid_from": day + dt.timedelta(days=9)},
    )  # fmt: skip
    money.add_commission_rules(
        practitioners=[], rate=Decimal(45), referred_rate=None, hold_days=0, **{**terms, "services": [world.category]}
    )
    lines = [money.Draft(words["note"][:100], Decimal(7_500_000), "manual", practitioner=doctor)]
    bill = money.issue_invoice(patient=world.patient, branch=world.branch, lines=lines, cause="world-share", by=None)
    world.share = bill.commissions.get()
    world.payout = money.pay_out(
        amounts={doctor: Decimal(1_000_000)}, branch=world.branch, money=Account.objects.get(code="1030"),
        last_day=day, reference="140508301234", by=owner,
    )[0]  # fmt: skip
    money.adjust_wallet(
        practitioner=doctor, branch=world.branch, amount=Decimal(-50_000), reason=words["note"][:150], by=owner
    )


def _books(world: World, words: dict[str, Any]) -> None:
    """An expense that is owed, another that waits to be confirmed, a month that is closed."""
    owner, rent = world.users["owner"], Account.objects.get(code="5110")
    world.supplier = money.save_supplier(name=words["note"][:100], phone="02144556677", by=owner)
    written = money.Written(
        "expense", world.branch, Decimal(7_500_000), words["note"][:150], category=rent, supplier=world.supplier
    )
    world.voucher = money.enter_voucher(written=written, by=owner)
    money.save_recurring(
        name=words["advice"][:100], every="month", amount=Decimal(7_500_000), category=rent, money=None,
        branch=world.branch, supplier=world.supplier, practitioner=None,
        starts_on=timezone.localdate() - dt.timedelta(days=3), by=owner,
    )  # fmt: skip
    money.propose_expenses(by=owner)
    world.due = DueExpense.objects.first()
    days = {"first": dt.date(2026, 1, 21), "last": dt.date(2026, 2, 19)}
    money.close_period(**days, reason=words["note"][:150], by=owner)


def _package(world: World) -> None:
    """A package of a service that is booked no more, partly paid."""
    service = Service(name=world.services[0].name, minutes=30, price=Decimal(400_000), is_active=False)
    service.save()
    kind = money.save_package_kind(
        kind=None, counts={service: 10}, name=service.name, price=Decimal(3_200_000), valid_days=365,
        freeze_days=30, transferable=True, shareable=True, by=None,
    )  # fmt: skip
    world.package = money.sell_package(kind=kind, patient=world.patient, branch=world.branch, by=world.users["cashier"])
    world.gift, _code = money.sell_gift_card(
        buyer=world.patient, branch=world.branch, amount=Decimal(500_000), by=world.users["cashier"]
    )
    plan = money.save_membership_plan(
        plan=None, gives={None: (10, 0), service: (0, 2)}, name=service.name, price=Decimal(600_000), months=1,
        freeze_days=14, shareable=True, by=None,
    )  # fmt: skip
    world.membership = money.begin_membership(
        plan=plan, patient=world.patient, branch=world.branch, by=world.users["cashier"]
    )


def _care(world: World, words: dict[str, Any]) -> None:
    """Measurements over days, an order with a result, a plan, a score, a letter."""
    doctor, patient, now = world.users["doctor"], world.patient, timezone.now()
    for days, upper in ((30, 150), (14, 142), (1, 128)):
        values = {"systolic": Decimal(upper), "diastolic": Decimal(85), "weight": Decimal(70), "height": Decimal(170)}
        record.record_vitals(patient=patient, values=values, measured_at=now - dt.timedelta(days=days), by=doctor)
    item = record.save_order_item(name=words["diagnosis"], unit="mg/dL", low=Decimal(3), high=Decimal(5), by=doctor)
    [world.order] = record.place_order(patient=patient, items=[item], question=words["note"], by=doctor)
    record.enter_results(order=world.order, values={world.order.results.get().pk: "7"}, by=doctor)
    world.plan = record.save_plan(patient=patient, title=words["diagnosis"], note=words["advice"], by=doctor)
    record.plan_sessions(plan=world.plan, service=world.services[0], count=10, every_days=7, by=doctor)
    record.add_goal(plan=world.plan, text=words["advice"][:100], by=doctor)
    record.move_plan(plan=world.plan, to="active", by=doctor)
    asked = record.save_outcome_measure(name=words["diagnosis"], lowest=0, highest=10, by=doctor)
    for days, answer in ((9, 8), (2, 4)):
        at = now - dt.timedelta(days=days)
        record.record_score(patient=patient, measure=asked, answers=[answer], measured_at=at, by=doctor)
    template = record.save_letter_template(
        name=words["diagnosis"], title=words["diagnosis"], text="{patient}", language=world.clinic.language, by=doctor
    )
    world.letter = record.write_letter(patient=patient, template=template, by=doctor)


def _insured(world: World, words: dict[str, Any]) -> None:
    """An insurer with a contract, a policy, a claim with a difference and one that waits for its answer."""
    by, service = world.users["manager"], world.services[0]
    basic = money.save_insurer(name=words["insurer"], by=by)
    world.terms = money.save_terms(
        insurer=basic, valid_from=dt.date(2026, 1, 1), percent=Decimal(70), prices={service: (Decimal(90_000), None)},
        by=by,
    )  # fmt: skip
    patient = world.patients[4]
    world.policy = money.save_coverage(patient=patient, insurer=basic, number="12345678", by=by)
    line = money.Draft(service.name, Decimal(200_000), "manual", service=service)
    for name in ("claim", "claim_sent"):
        bill = money.issue_invoice(patient=patient, branch=world.branch, lines=[line], cause=f"world:{name}", by=by)
        bill = money.cover_invoice(invoice=bill, by=by)
        day = bill.business_date
        made = money.make_claim(insurer=basic, branch=world.branch, first_day=day, last_day=day, by=by)
        setattr(world, name, money.send_claim(claim=made, reference="A-1", by=by))
    cut = {world.claim.lines.get().pk: (Decimal(50_000), words["note"][:100])}
    world.claim = money.answer_claim(claim=world.claim, answers=cut, by=by)
    money.cover_invoice(
        invoice=money.issue_invoice(patient=patient, branch=world.branch, lines=[line], cause="world:open", by=by),
        by=by,
    )


def _unpaid(world: World, hall: Floor) -> Any:
    starts_at = timezone.now().replace(second=0, microsecond=0) - dt.timedelta(minutes=100)
    visit = hall.visit("call", patient=world.patients[5], starts_at=starts_at)
    visit = floor.enter_room(visit=visit, room=world.rooms[1], by=world.users["doctor"])
    visit = floor.finish_visit(visit=visit, by=world.users["doctor"])
    return money.issue_for_visit(visit=visit, by=None)


def platform_request() -> Any:
    """Somebody asks for a clinic; the platform must be chosen."""
    return request_clinic(
        subdomain="rosewater",
        owner_phone="+989123334455",
        clinic_name="Rosewater",
        owner_name="Rose Water",
        language="en",
    )


def operators() -> dict[str, Any]:
    """The platform's operators: one at work, one who has yet to enrol; the platform must be chosen."""
    make = Make()
    return {
        name: make.user(Role.OPERATOR, phone=f"+98912000099{place}", name="Operator")
        for place, name in enumerate(["operator", "newcomer"])
    }
