"""Two clinics with equal ids and different canaries: `CNRY-A-…` and `CNRY-B-…` in every text that a person can read."""

import datetime as dt
import hashlib
import itertools
from decimal import Decimal
from typing import Any

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.utils import timezone
from psycopg import sql

import tests.make
from analytics import actions as analytics
from clinic.accounts.roles import ROLES
from clinic.patients import actions as patients
from clinic.patients.models import Relation
from clinic.shared.segments import Term
from clinic.shared.tenancy import ClinicInfo, use_clinic
from emr import actions as emr
from emr.actions.phone_links import hash_of
from emr.models import (
    Cosign,
    CosignStatusChange,
    GlassBreak,
    NoteReader,
    NoteTemplate,
    NoteTemplateVersion,
    PhoneLink,
    Phrase,
)
from finance import actions as finance
from finance.models import (
    Account,
    GatewayAccount,
    Invoice,
    OnlinePayment,
    OnlinePaymentStatusChange,
)
from finance.queries.days import clinic_today, today
from inventory import actions as stock
from inventory.models import Item
from loyalty import actions as points
from messaging import actions as messaging
from messaging.models import Conversation, FollowUpTask
from scheduling import actions as scheduling
from scheduling.actions.categories import save_service_category
from scheduling.actions.equipment import save_device, save_equipment_kind
from scheduling.actions.floor_rules import save_floor_rules
from scheduling.actions.hours import set_hours_rules
from scheduling.actions.kiosk import look_up
from scheduling.actions.rules import save_booking_rules, save_policy_text
from scheduling.models import Appointment, DayPack, Holiday, TimeOff, Visit, WaitlistOffer, WorkingHours
from scheduling.queries.series import Wish, wall_moment
from scheduling.queries.slots import next_free
from tests.emr.hostile_files import picture
from tests.emr.make import Doctor
from tests.finance import insured
from tests.finance import make as money
from tests.finance.members import member
from tests.finance.packages import sold, visit_with
from tests.make import Make
from tests.scheduling.floor_make import Floor
from tests.scheduling.waiting import Waiting

ROLES_HERE = [role for role, card in ROLES.items() if not card.on_platform]
# What the program itself reads: names of things in code, secrets, numbers with a form. All else gets a canary.
WORKING = set(
    """status from_status to_status language time_zone currency accent money_display password phone kind cause
    challenge code code_hash key key_hash token token_hash delivery request_id detail source version price_source
    session_key session_data scope fingerprint body campaign resource held_by form_token link_token queue_token
    public_token saved_from atc icd change_message app_label model codename schema_name domain object_id what icon
    stored stored_thumb stored_page mime sha256 came_by holder_hash country device intake asked_for
    wrapped_key code_end authority merchant_id provider_id recipient email search_text""".split()
)
SECRETS = [
    ("scheduling_appointment", "link_token"),
    ("scheduling_visit", "queue_token"),
    ("scheduling_waitlistentry", "link_token"),
    ("scheduling_waitlistoffer", "token"),
    ("scheduling_display", "token_hash"),
    ("finance_invoice", "public_token"),
    ("patients_recordexport", "token"),
    ("finance_onlinepayment", "token"),
    ("finance_debtcontact", "token"),
    ("emr_intake", "token"),
    ("patients_patient", "phone"),
]
SHARED_TABLES = {"tenants", "auth", "contenttypes", "admin", "sites"}


def mark(table: str) -> str:
    """How a table is named in its canaries; the same for the table of its history."""
    name = table.partition("_")[2].removeprefix("historical").replace("_", "")
    return name if len(name) <= 10 else name[:6] + hashlib.md5(name.encode()).hexdigest()[:4]


def canary(letter: str, table: str, row: Any) -> str:
    """The canary of one row; in wide columns the column's name follows."""
    return f"CNRY-{letter}-{mark(table)}-{row}"


def fill(info: ClinicInfo) -> dict[str, int]:
    """A day's work in a clinic through the product's own actions; returns the ids of its roles' accounts."""
    with use_clinic(info):
        make = Make()
        people = {role.value: make.user(role, phone=f"+98913{number:07d}") for number, role in enumerate(ROLES_HERE)}
        Make.branch(make, name="second")
        clerk, patient = people["secretary"], make.patient()
        patients.link_account(patient=patient, phone=people["patient"].phone, relation=Relation.SELF, by=clerk)
        patients.give_consent(patient=patient, kind="treatment", by=people["patient"])
        patients.log_access(patient=patient, what="card", by=clerk)
        patients.merge_patients(source=make.patient(), target=make.patient(), reason="r", by=clerk)
        patients.say_not_the_same(one=make.patient(), other=make.patient(), by=clerk)
        _about(make, patient, clerk)
        visit = _floor(make, patient, clerk, people["manager"])
        _shared(make, people["owner"])
        _online(make, people["doctor"])
        _record(make, patient, people["doctor"])
        _files(make, patient, people["doctor"])
        _intakes(make, patient)
        _stock(make, people["manager"], visit)
        _money(patient, clerk, people["owner"])
        _books(make, people["owner"])
        _packages(patient, visit, clerk)
        _promises(make, patient, visit, clerk)
        _waits(make, patient, clerk)
        _rules(make, patient, people["manager"])
        return {name: user.pk for name, user in people.items()}


def _about(make: Make, patient: Any, clerk: Any) -> None:
    """What the desk keeps about a person."""
    label = patients.save_tag(tag=None, name="t", by=clerk)
    patients.put_tag(patient=patient, tag=label, by=clerk)
    patients.save_segment(segment=None, name="g", terms=[Term("tag", "has", (str(label.pk),))], by=clerk)
    patients.save_related(patient=patient, relative=make.patient(), kin="mother", by=clerk)
    patients.save_related(patient=patient, name="n", phone="+989121110000", kin="other", by=clerk)
    patients.note_contact(patient=patient, kind="called", text="t", by=clerk)
    patients.ask_erasure(patient=make.patient(), reason="r", last_visit=None, by=clerk)
    analytics.make_record(export_id=analytics.ask_record(patient=patient, by=clerk).pk, by=clerk)
    patients.save_patient_rules(shows_readers=True, ask_after_days=180, keep_years=10, by=clerk)


def _floor(make: Make, patient: Any, clerk: Any, keeper: Any) -> Visit:
    floor = Floor(make)
    floor.service.rooms.add(floor.rooms[0])
    floor.clerk = clerk
    today = timezone.now()
    visit = floor.visit(patient=patient, note="n", starts_at=today)
    scheduling.call(visit=visit, by=clerk)
    scheduling.enter_room(visit=visit, room=floor.rooms[0], by=clerk)
    for hours in (24, 48, 72):
        floor.appointment(patient=patient, note="n", starts_at=today + dt.timedelta(hours=hours))
    floor.visit(patient=make.patient(), starts_at=today)
    TimeOff(practitioner=floor.doctor, starts_at=today + dt.timedelta(90), ends_at=today + dt.timedelta(91)).save()
    Holiday(date=dt.date(2027, 1, 3), name="h").save()
    scheduling.open_feed(token=f"{connection.schema_name}-feed", practitioner=floor.doctor, names="full", by=keeper)
    _kept(make, floor, keeper)
    screen = scheduling.new_display(branch=floor.branch, token="screen" * 6, by=None)
    scheduling.pair_display(branch=floor.branch, code=screen.code, name="n", by=clerk)
    return visit


def _shared(make: Make, owner: Any) -> None:
    """A group with a device and a category, in hours for its service only."""
    kind = save_equipment_kind(kind=None, name="k", by=owner)
    save_device(device=None, kind=kind, branch=make.branch(), name="d", by=owner)
    category = save_service_category(category=None, name="c", by=owner)
    service = make.service(capacity=3, category=category)
    service.equipment.add(kind)
    doctor = make.practitioner(service)
    for hours in WorkingHours.objects.filter(practitioner=doctor):
        set_hours_rules(hours=hours, services=[service], by=owner)
    slot = next_free(service=service, practitioner=doctor.pk, since=timezone.now() + dt.timedelta(days=6))
    assert slot
    scheduling.book_direct(
        service=service, practitioner=doctor, branch=make.branch(), patient=make.patient(), starts_at=slot.starts_at,
        by=None,
    )  # fmt: skip


def _online(make: Make, doctor: Any) -> None:
    """A visit by video that waits to be let in."""
    appointment = Floor(make).appointment(patient=make.patient(), mode="online", note="n")
    scheduling.join_online(appointment=appointment, side="patient", by=None)
    scheduling.join_online(appointment=appointment, side="clinic", by=doctor)
    beside = messaging.conversation_beside(appointment=appointment, by=doctor)
    messaging.write_message(conversation=beside, side="patient", text="t", key="k", by=None)
    messaging.assign_conversation(conversation=beside, to=doctor, by=doctor)
    colleagues = Conversation(kind="staff", branch=appointment.branch, title="t")
    colleagues.save()
    colleagues.members.add(doctor)
    clinic = messaging.conversation_with_clinic(patient=appointment.patient, by=doctor)
    messaging.write_message(conversation=clinic, side="patient", text="t", key="k", by=None)


def _kept(make: Make, floor: Floor, keeper: Any) -> None:
    """What is kept for the time without a network, and what was written meanwhile."""
    scheduling.set_passphrase(branch=floor.branch, passphrase="three or four words", by=keeper)
    analytics.make_pack(branch=floor.branch, by=keeper)
    scheduling.note_taken(pack=DayPack.objects.get(), device="d", by=keeper)
    first = floor.appointment(patient=make.patient(), starts_at=timezone.now() + dt.timedelta(days=5))
    scheduling.book_series(
        wish=Wish(floor.service, floor.doctor, floor.branch, first.patient), every_days=7, first=first, by=keeper,
        dates=[(floor.doctor, _in_hours(floor, 12))],
    )  # fmt: skip
    scheduling.enter_afterwards(
        person=make.patient(), service=floor.service, practitioner=floor.doctor, branch=floor.branch, note="n",
        payment_hint="p", times=scheduling.Times(timezone.now()), by=keeper,
    )  # fmt: skip


def _in_hours(floor: Floor, days: int) -> dt.datetime:
    """Ten o'clock of a day ahead, by the branch's clock."""
    return wall_moment(timezone.localdate() + dt.timedelta(days=days), dt.time(10), floor.branch.time_zone)


def _record(make: Make, patient: Any, user: Any) -> None:
    doctor = Doctor.__new__(Doctor)
    doctor.make, doctor.user, doctor.service = make, user, make.service()
    doctor.practitioner = make.practitioner(doctor.service, user=user)
    record = doctor.record(patient, queue_token=f"{connection.schema_name}-record-1")
    emr.save_note(encounter=record, version=1, note="n", advice="a", by=user)
    emr.add_condition(patient=patient, encounter=record, code="J00", by=user)
    emr.prescribe(encounter=record, name="m", dose="d", days=5, by=user)
    emr.set_follow_up(encounter=record, on=timezone.localdate() + dt.timedelta(30), note="n", by=user)
    emr.sign(encounter=record, by=user)
    emr.add_addendum(encounter=record, text="t", by=user)
    draft = doctor.record(patient, queue_token=f"{connection.schema_name}-record-2")
    template = NoteTemplate(name="n")
    template.save()
    template.services.add(doctor.service)
    NoteTemplateVersion.objects.create(template=template, number=1, content={"sections": []}, by=user)
    Phrase(owner=user, shortcut="s", text="t").save()
    NoteReader(encounter=draft, user=user).save()
    GlassBreak.objects.create(encounter=record, patient=patient, user=user, reason="r")
    cosign = Cosign(encounter=record, asked_of=user, asked_by=user, note="n")
    cosign.save()
    CosignStatusChange.record(cosign, "", "asked", by=user, reason="r")
    emr.add_allergy(patient=patient, substance="s", reaction="r", by=user)
    emr.save_medication(by=user, name="drug")
    _care(record, doctor.record(patient, queue_token=f"{connection.schema_name}-record-3"), user)


def _care(signed: Any, record: Any, user: Any) -> None:
    """What stands beside the note: background, favourites, sets, interactions."""
    patient = record.patient
    emr.add_background(patient=patient, kind="family", title="b", relative="mother", detail="d", by=user)
    emr.save_interaction(first="a", second="b", effect="e", advice="a", by=user)
    line = emr.prescribe(encounter=record, name="other", dose="d", by=user)
    emr.toggle_favourite_drug(line=line, by=user)
    emr.toggle_favourite_diagnosis(condition=signed.conditions.get(), by=user)
    emr.save_set(encounter=record, name="set", by=user)
    emr.hand_off(encounter=signed, tracking_code="12345", by=user)
    _measured(patient, user)
    _planned(patient, record.visit.service, user)


def _measured(patient: Any, user: Any) -> None:
    """Vitals, scores, an order with its result."""
    emr.save_vital_kind(name="k", unit="u", lowest=Decimal(0), highest=Decimal(9), by=user)
    emr.save_vital_range(code="pulse", age_from=0, age_to=9, low=Decimal(60), by=user)
    emr.record_vitals(patient=patient, values={"pulse": Decimal(70)}, by=user)
    asked = emr.save_outcome_measure(name="m", questions="q", lowest=0, highest=9, by=user)
    emr.record_score(patient=patient, measure=asked, answers=[3], by=user)
    item = emr.save_order_item(name="i", name_en="i", unit="u", loinc="1", normal_text="n", by=user)
    emr.save_order_item(name="panel", panel=[item], by=user)
    [order] = emr.place_order(patient=patient, items=[item], question="q", place="p", by=user)
    emr.enter_results(order=order, values={order.results.get().pk: "t"}, conclusion="c", by=user)
    emr.review_order(order=order, release=True, by=user)


def _planned(patient: Any, service: Any, user: Any) -> None:
    """A plan with a goal and a consent, a letter that was issued."""
    plan = emr.save_plan(patient=patient, title="t", note="n", by=user)
    emr.add_goal(plan=plan, text="g", by=user)
    emr.plan_sessions(plan=plan, service=service, count=3, by=user)
    emr.consent_to_plan(plan=emr.move_plan(plan=plan, to="active", by=user), by=user)
    template = emr.save_letter_template(name="n", title="t", text="t", by=user)
    letter = emr.write_letter(patient=patient, template=template, addressee="a", by=user)
    words = {"title": "t", "body": "b", "addressee": "a", "for_patient": True}
    emr.issue_letter(letter=emr.edit_letter(letter=letter, by=user, **words), by=user)


def _files(make: Make, patient: Any, user: Any) -> None:
    """Two photos that reception and the patient see, and a phone that may send more."""
    for _number in range(2):
        upload = SimpleUploadedFile("p.png", picture("PNG"))
        file = emr.add_file(patient=patient, upload=upload, title="t", audience="desk", by=user)
        emr.release_file(file=file, by=user)
    later = timezone.now() + dt.timedelta(days=1)
    PhoneLink(
        token_hash=hash_of(f"{connection.schema_name}-phone"), patient=patient, branch=make.branch(), by=user,
        expires_at=later,
    ).save()  # fmt: skip


def _intakes(make: Make, patient: Any) -> None:
    """A form that was filled and one that is being filled."""
    label = {"en": "q"}
    content = [
        {"kind": "card", "field": "insurer"},
        {"kind": "text", "label": label},
        {"kind": "photo", "label": label},
    ]
    form = emr.save_intake_form(name="f", content=content, services=[make.service()], by=None)
    waits = emr.send_intake(form=form, patient=patient, by=None)
    emr.save_intake_draft(intake=waits, given={"q2": "d"}, version=0, by=None)
    done = emr.send_intake(form=form, patient=patient, by=None)
    emr.fill_intake(intake=done, given={"q1": "i", "q2": "a"}, signed_name="n", by=None)


def _stock(make: Make, by: Any, visit: Visit) -> Item:
    item = stock.save_item(by=by, name="gauze", unit="piece", step=Decimal(1), low_level=Decimal(50))
    stock.receive(
        item=item, quantity=Decimal(9), branch=make.branch(), number="L", unit_cost=Decimal(7), cause="canary", by=by
    )
    stock.set_template_line(service=visit.service, item=item, quantity=Decimal(2), by=by)
    stock.prepare_consumption(visit=visit, by=by)
    return item


def _money(patient: Any, clerk: Any, owner: Any) -> None:
    bill = money.bill(500_000, patient=patient)
    payment = money.pay(bill, 200_000, reference="r")
    finance.refund(payment=payment, amount=Decimal(1000), reason="why", by=owner)
    open_bill = money.bill(300_000, patient=patient)
    finance.give_discount(invoice=open_bill, amount=Decimal(7000), reason="why", by=owner)
    finance.ask_discount(wish=finance.Wish("less", Decimal(9000)), invoice=open_bill, by=clerk)
    finance.save_discount_limits(limits={"manager": 30}, by=owner)
    again = money.make.service(price=Decimal(90_000), follow_up_days=9)
    money.bill(service=again, patient=patient)
    _deposit(patient, clerk)
    _cash(clerk)
    _owed(patient, clerk)
    _shares(patient, owner)
    finance.top_up(patient=patient, branch=bill.branch, method="cash", amount=Decimal(5000), by=clerk)
    points.set_rules(
        is_active=True,
        money_per_point=Decimal(100),
        point_value=Decimal(10),
        cap_percent=20,
        months_valid=12,
        by=owner,
    )
    points.earn(patient=patient, amount=Decimal(900_000), cause=f"invoice:{open_bill.pk}", by=clerk)


def _cash(clerk: Any) -> None:
    """A desk whose drawer was opened, used and handed over; cash is taken without shifts again afterwards."""
    branch = money.make.branch()
    desk = finance.save_desk(desk=None, branch=branch, name="d", name_en="d", by=clerk)
    finance.save_cash_rules(branch=branch, uses_shifts=True, is_blind=True, by=clerk)
    shift = finance.open_shift(desk=desk, opening=Decimal(9000), by=clerk)
    finance.move_cash(shift=shift, kind="out", amount=Decimal(500), reason="tea", by=clerk)
    finance.count_shift(shift=shift, counted=Decimal(8000), note="n", by=clerk)
    finance.settle_count(shift=shift, note="n", by=clerk)
    finance.save_cash_rules(branch=branch, uses_shifts=False, is_blind=True, by=clerk)


def _books(make: Make, owner: Any) -> None:
    """What is written into the books by hand, with its paper; a month long ago is closed and open again."""
    branch = make.branch()
    supplier = finance.save_supplier(name="s", phone="p", tax_number="t", note="n", by=owner)
    drawer = Account.objects.get(code=f"1010-{branch.pk}")
    rent = Account.objects.get(code="5110")
    written = finance.Written("expense", branch, Decimal(70), "m", None, drawer, rent, reference="r")
    finance.enter_voucher(written=written, upload=SimpleUploadedFile("a.png", picture("PNG")), by=owner)
    owed = finance.Written("expense", branch, Decimal(50), "m", None, None, rent, None, supplier)
    finance.reverse_voucher(voucher=finance.enter_voucher(written=owed, by=owner), reason="why", by=owner)
    row = finance.save_recurring(
        name="rent", every="month", amount=Decimal(90), category=rent, money=drawer, branch=branch,
        supplier=supplier, practitioner=None, starts_on=timezone.localdate() - dt.timedelta(days=40), by=owner,
    )  # fmt: skip
    assert finance.propose_expenses(by=owner)
    assert row.due.exists()
    days = {"first": dt.date(2019, 1, 1), "last": dt.date(2019, 1, 31), "reason": "why", "by": owner}
    finance.close_period(**days)
    finance.reopen_period(**days)


def _packages(patient: Any, visit: Visit, clerk: Any) -> None:
    """A package of which one session was used, one that is shared, and a visit that does without."""
    package = sold(patient=patient, shareable=True, transferable=True, freeze_days=10)
    finance.issue_for_visit(visit=visit_with(package), by=clerk)
    finance.freeze_package(package=package, reason="r", by=clerk)
    finance.choose_package(visit=visit, uses=False, by=clerk)
    finance.save_gift_rules(valid_months=12, is_on=True, by=clerk)
    card, _code = finance.sell_gift_card(
        buyer=patient, branch=package.branch, amount=Decimal(70_000), greeting="g", by=clerk
    )
    finance.find_gift_card(code="none", who="nobody", by=clerk)
    money.pay(card.invoice, 70_000)
    row = member(patient=patient, gives={None: (10, 0), visit.service: (0, 3)})
    finance.issue_for_visit(visit=money.visit(patient=patient, service=visit.service), by=clerk)
    finance.set_renewal(membership=row, renews=False, by=clerk)


def _shares(patient: Any, owner: Any) -> None:
    """A doctor's share of a bill, a payout of it that was taken back."""
    rules: dict[str, Any] = {
        "practitioners": [],
        "services": [],
        "branch": None,
        "share_of": "services",
        "referred_rate": None,
    }
    finance.add_commission_rules(**rules, rate=Decimal(40), valid_from=clinic_today(), by=owner)
    bill = money.bill(300_000, patient=patient)
    doctor, account = bill.lines.get().practitioner, Account.objects.get(code="1030")
    paid = finance.pay_out(
        amounts={doctor: Decimal(1000)}, branch=bill.branch, money=account, last_day=today(bill.branch),
        reference="r", by=owner,
    )  # fmt: skip
    finance.reverse_payout(payout=paid[0], reason="why", by=owner)


def _owed(patient: Any, clerk: Any) -> None:
    """A terminal that was settled, a plan, a cheque."""
    branch = money.make.branch()
    terminal = finance.save_point(point=None, branch=branch, kind="terminal", name="t", number="1", by=clerk)
    bill = money.bill(400_000, patient=patient)
    money.pay(bill, 50_000, "card", point=terminal)
    finance.settle_terminal(point=terminal, gross=Decimal(9000), fee=Decimal(9), reference="r", by=clerk)
    day = today(branch) + dt.timedelta(days=30)
    finance.take_cheque(
        invoice=bill, bank="b", number="n", due_on=day, amount=Decimal(9000), holder="h",
        national_number="1234567890123456", by=clerk,
    )  # fmt: skip
    finance.agree_plan(invoice=bill, parts=[(day, bill.total - 59_000)], note="n", by=clerk)
    for back in (True, False):
        row = finance.write_off(
            invoice=money.bill(300_000, patient=patient),
            amount=Decimal(1000),
            reason="r",
            form_token=f"{back}",
            by=clerk,
        )
        if back:
            finance.take_back_write_off(write_off=row, reason="r", by=clerk)
    finance.remind_debtor(patient=patient, by=clerk)
    _claimed(patient, clerk)
    finance.note_debt(patient=patient, kind="noted", note="n", by=clerk)
    finance.send_bill(invoice=bill, form_token="t", by=clerk)
    finance.save_debt_rules(is_on=False, after_days=30, every_days=14, most=3, by=clerk)


def _claimed(patient: Any, clerk: Any) -> None:
    """A policy, a contract with a price, and a claim of which one line was cut and the other paid."""
    service = money.make.service(price=Decimal(100_000))
    terms = {"prices": {service: (Decimal(90_000), None)}}
    policy = insured.covered(patient, insured.insurer("i", **terms), holder="h")
    policy.insurer.name_en = policy.insurer.code = "e"
    policy.insurer.save()
    for _number in range(2):
        bill = money.bill(100_000, service=service, patient=patient)
    days = {"first_day": bill.business_date, "last_day": bill.business_date}
    claim = finance.make_claim(insurer=policy.insurer, branch=bill.branch, **days, by=clerk)
    claim = finance.send_claim(claim=claim, reference="r", by=clerk)
    line = claim.lines.order_by("pk")[0]
    claim = finance.answer_claim(claim=claim, answers={line.pk: (Decimal(1000), "r")}, by=clerk)
    finance.settle_difference(line=line, way="patient", by=clerk)
    bank = Account.objects.get(code="1030")
    finance.receive_claim(
        claim=claim, amount=Decimal(500), deducted=Decimal(5), account=bank, reference="r", form_token="t", by=clerk
    )
    policy.is_active = False  # other bills of hers are hers to pay
    policy.save()


def _deposit(patient: Any, clerk: Any) -> None:
    booked = Appointment.objects.filter(patient=patient, status="booked").order_by("pk").first()
    booked.deposit = Decimal(50_000)
    booked.save()
    deposit = finance.ask_deposit(appointment=booked, by=clerk)
    row = OnlinePayment(
        deposit=deposit, patient=patient, branch=booked.branch, amount=deposit.amount, merchant_id="m",
        token=f"{connection.schema_name}-online", authority=f"{connection.schema_name}-A", status="sent",
        reference="r", card="c", problem="p",
    )  # fmt: skip
    row.save()
    OnlinePaymentStatusChange.record(row, "", "sent", by=clerk, reason="r")
    GatewayAccount(merchant_id="m", is_on=False).save()


def _waits(make: Make, patient: Any, by: Any) -> None:
    """One who waits and is asked whenever the suite runs: her branch's clock shows the late morning."""
    hall = Waiting(make, branch=make.branch(name="where it is eleven"))
    scheduling.join_waitlist(patient=patient, service=hall.service, note="n", by=by)
    hall.joins(companions=[make.patient()], from_time=dt.time(19))
    freed = hall.frees()
    offer = WaitlistOffer.objects.get(time__freed=freed)
    assert offer.entry.patient == patient


def _rules(make: Make, patient: Any, by: Any) -> None:
    """What patients agree to, what it cost one of them, a day that was closed and a kiosk that was asked."""
    branch = make.branch()
    save_policy_text(text_fa="t", text_en="t", by=by)
    save_booking_rules(no_show_limit=5, no_show_days=90, by=by)
    save_floor_rules(branch=branch, by=by, wait_warn_minutes=20)
    scheduling.close_day(branch=branch, day=timezone.localdate() - dt.timedelta(days=30), note="n", by=by)
    service = make.service(no_show_fee_percent=50, late_fee_percent=50, cancel_until_hours=24)
    doctor = make.practitioner(service)
    slot = next_free(service=service, practitioner=doctor.pk)
    assert slot
    missed = scheduling.book_direct(
        service=service, practitioner=doctor, branch=branch, patient=patient, starts_at=slot.starts_at, as_patient=True,
        agreed="", by=make.user("patient"),
    )  # fmt: skip
    scheduling.cancel(appointment=missed, by_patient=True, by=by)
    kiosk = scheduling.new_display(branch=branch, token="kiosk" * 7, kind="kiosk", by=None)
    scheduling.pair_display(branch=branch, code=kiosk.code, name="n", by=by)
    look_up(display=kiosk, who=patient.phone, proof="1000")


def _promises(make: Make, patient: Any, visit: Visit, by: Any) -> FollowUpTask:
    appointment = Appointment.objects.filter(patient=patient, status="booked").order_by("pk").first()
    messaging.queue_message(kind="booking_confirmed", patient=patient, cause="c", appointment=appointment, by=by)
    return messaging.plan_follow_up(
        kind="after_visit", patient=patient, branch=make.branch(), due_on=timezone.localdate(), why="w", cause="c",
        visit=visit, by=by,
    )  # fmt: skip


def plant(info: ClinicInfo, letter: str) -> int:
    """Write a canary into every readable text column of every row; returns how many columns got one."""
    planted = 0
    with psycopg.connect(settings.OWNER_DATABASE_URL, autocommit=True) as owner:
        owner.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(info.schema_name)))
        for model in apps.get_models(include_auto_created=True):
            if model._meta.app_label not in SHARED_TABLES and _exists(owner, info, model):
                planted += _plant(owner, model, letter)
    return planted


def _exists(owner: psycopg.Connection, info: ClinicInfo, model: type[models.Model]) -> bool:
    found = owner.execute("SELECT to_regclass(%s)", [f"{info.schema_name}.{model._meta.db_table}"]).fetchone()
    return bool(found and found[0])


def _plant(owner: psycopg.Connection, model: type[models.Model], letter: str) -> int:
    table, planted = model._meta.db_table, 0
    owner.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
    for field in model._meta.local_concrete_fields:
        if not isinstance(field, models.CharField | models.TextField) or field.choices or field.name in WORKING:
            continue
        text = sql.SQL("left({} || {}::text || {}, {})").format(
            sql.Literal(canary(letter, table, "")),
            sql.Identifier(model._meta.pk.column),
            sql.Literal(f"-{field.column.replace('_', '')}"),
            sql.Literal(field.max_length or 999),
        )
        command = sql.SQL("UPDATE {} SET {} = {}").format(sql.Identifier(table), sql.Identifier(field.column), text)
        planted += bool(owner.execute(command).rowcount)
    if table == "patients_patient":
        owner.execute("UPDATE patients_patient SET search_text = ' ' || lower(last_name) || search_text")
    owner.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))
    return planted


def secrets_of(schema: str) -> set[str]:
    """Random words of a clinic that may not be read in another."""
    found: set[str] = set()
    with connection.cursor() as cursor:
        for table, column in SECRETS:
            cursor.execute(f'SELECT "{column}" FROM "{schema}"."{table}"')
            found |= {row[0] for row in cursor.fetchall() if row[0]}
    return found


def checksum(schema: str, without: tuple[str, ...] = ("django_session",)) -> dict[str, tuple[int, str]]:
    """Rows and contents of every table of a clinic."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", [schema])
        tables = [row[0] for row in cursor.fetchall() if row[0] not in without]
        found = {}
        for table in tables:
            rows = sql.SQL("SELECT count(*), string_agg(t::text, '' ORDER BY t::text) FROM {} t")
            cursor.execute(rows.format(sql.Identifier(schema, table)).as_string())
            count, text = cursor.fetchone()
            found[table] = count, hashlib.sha256((text or "").encode()).hexdigest()
    return found


def two_clinics(a: ClinicInfo, b: ClinicInfo) -> dict[str, int]:
    """Fill both clinics in the same order, so that ids are equal; returns the ids of the accounts."""
    ids = []
    for letter, info in (("A", a), ("B", b)):
        # Numbers are drawn anew, so that names and phones are made in the same order; phones differ by the clinic.
        tests.make._numbers = itertools.count(1 if letter == "A" else 500_001)
        ids.append(fill(info))
    assert ids[0] == ids[1]
    assert Invoice._meta.db_table
    for letter, info in (("A", a), ("B", b)):
        assert plant(info, letter) > 60
    return ids[0]
