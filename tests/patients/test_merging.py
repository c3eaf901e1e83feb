"""Merging carries every row of every table, and taking it back restores them all."""

import datetime as dt
import secrets
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from clinic.patients import actions
from clinic.patients.models import AccessLog, NotTheSame, Patient, PatientMerge
from clinic.patients.queries import clashing, find_patients, links
from clinic.shared.errors import Conflict, Invalid
from emr import actions as emr
from finance import actions as finance
from finance.models import Journal, WalletAccount
from finance.queries import balance_of
from loyalty import actions as loyalty
from loyalty.models import PointsAccount
from messaging import actions as messaging
from messaging.models import Conversation
from messaging.queries import chat_lines
from scheduling.models import WaitlistEntry
from tests.emr.make import Doctor
from tests.finance import make as money
from tests.house import canaries
from tests.make import Make

# Where the database allows one row a patient: the second one stays on the merged card. Whoever adds such a table
# reads it through `merged_into` as well, and writes its rule here.
READ_THROUGH = {
    "access_once": "the survivor's own row says who acts",
    "one_conversation_with_the_clinic": "shown with the survivor's",
    "lot_once": "a cause belongs to one bill, and a bill to one card",
    "one_live_entry": "the survivor's own wish stands in line",
    "merged_away_once": "a merge is no row of a patient's",
    "one_open_erasure": "one request is enough",
    "labelled_once": "one label is enough",
    "related_once": "the survivor's own row says what they are to each other",
    "told_apart_once": "it speaks of the cards themselves",
    "one_running_membership": "the survivor's own counts; the second ends with what is paid",
    "scheduling_waitlistentry_companions": "somebody comes along once",
}


def snapshot() -> dict[str, Counter[str]]:
    """Every row of every table of the clinic."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [connection.schema_name])
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found[table] = Counter(row[0] for row in cursor.fetchall())
    return found


def lost(before: dict[str, Counter[str]]) -> dict[str, list[str]]:
    """Rows that are not as they were."""
    after = snapshot()
    return {table: list((rows - after[table]).elements()) for table, rows in before.items() if rows - after[table]}


def left_behind(card: Patient) -> dict[str, int]:
    """How many rows of each table that moves still hang on a card."""
    counts = {link.label: link.rows(**{link.field: card.pk}).count() for link in links() if not link.stays}
    return {label: count for label, count in counts.items() if count}


def test_every_relation_to_a_patient_is_found() -> None:
    """Columns that hold a patient without saying so would be left behind."""
    known = {(link.model, link.field) for link in links()}
    strange = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not hasattr(model, "history_id")
        for field in model._meta.local_fields
        if ("patient" in field.name or field.related_model is Patient) and (model, field.name) not in known
        if field.name != "moves_by_patient" and not isinstance(field, models.BooleanField)
    ]
    assert strange == []
    assert len(known) >= 25


def test_every_table_with_one_row_a_patient_says_how_a_second_is_read() -> None:
    names = {name for link in links() if not link.stays for name in clashing(link)}
    assert {name for name in names if not any(name in known or known in name for known in READ_THROUGH)} - {
        "waitlistentry+patient"
    } == set()


def test_all_that_hangs_on_a_patient_goes_over_and_comes_back(clinic: Any, make: Make) -> None:
    """The world of the isolation test has a row in every table."""
    canaries.fill(clinic)
    source = Patient.objects.order_by("pk").first()
    target = make.patient(phone="", birth_date=dt.date(1990, 1, 2))
    assert source
    movable = [link for link in links() if not link.stays and link.rows(**{link.field: source.pk}).exists()]
    assert len(movable) >= 15
    before = snapshot()
    merge = actions.merge_patients(source=source, target=target, by=None)
    assert left_behind(source) == {}
    assert set(merge.moved) == {link.label for link in movable}
    money.agreed()
    actions.separate_patients(merge=merge, reason="not one person", by=None)
    assert lost(before) == {}
    money.agreed()


Step = Callable[["World", Patient], object]


class World:
    """What can happen to a patient, through the product's own actions."""

    def __init__(self, make: Make) -> None:
        self.make, self.doctor, self.service = make, Doctor(make), make.service()
        self.clerk = make.user("secretary")

    def bill(self, who: Patient) -> None:
        """A bill of which a part is paid."""
        money.pay(money.bill(500_000, patient=who), 200_000)

    def points(self, who: Patient) -> None:
        """Points by a bill, some of them spent."""
        loyalty.earn(patient=who, amount=Decimal(900_000), cause=f"test:{secrets.token_hex(4)}", by=None)
        loyalty.redeem(patient=who, points=3, limit_amount=Decimal(10**6), cause=secrets.token_hex(4), by=None)

    def credit(self, who: Patient) -> None:
        """Credit at the desk."""
        finance.top_up(patient=who, branch=self.make.branch(), method="cash", amount=Decimal(5000), by=None)

    def deposit(self, who: Patient) -> None:
        """A deposit that is held for an appointment."""
        finance.take_deposit(appointment=money.appointment(patient=who), method="cash", by=None)

    def record(self, who: Patient) -> None:
        """A signed record."""
        self.doctor.signed(who, days_ago=3, number=secrets.randbelow(30000), queue_token=secrets.token_hex(8))

    def draft(self, who: Patient) -> None:
        """An open record, with an allergy."""
        self.doctor.record(who, days_ago=4, number=secrets.randbelow(30000), queue_token=secrets.token_hex(8))
        emr.add_allergy(patient=who, substance="penicillin", reaction="rash", by=self.doctor.user)

    def writes(self, who: Patient) -> None:
        """She writes to the clinic."""
        talk = messaging.conversation_with_clinic(patient=who, by=None, branch=self.make.branch())
        messaging.write_message(conversation=talk, side="patient", text="hello", by=None)

    def waits(self, who: Patient) -> None:
        """She waits for a time of one service."""
        if not WaitlistEntry.objects.filter(patient=who).exists():
            WaitlistEntry(
                patient=who,
                service=self.service,
                link_token=secrets.token_urlsafe(9),
                expires_on=timezone.localdate() + dt.timedelta(days=20),
            ).save()

    def told(self, who: Patient) -> None:
        """A message, a call and a reading of the card."""
        cause = f"test:{secrets.token_hex(4)}"
        messaging.plan_follow_up(
            kind="after_visit",
            patient=who,
            branch=self.make.branch(),
            due_on=timezone.localdate(),
            why="w",
            cause=cause,
            visit=None,
            by=None,
        )
        actions.log_access(patient=who, what="card", by=self.clerk)
        actions.give_consent(patient=who, kind="record", by=self.clerk)

    def family(self, who: Patient) -> None:
        """The same account acts for whoever it is."""
        actions.link_account(patient=who, phone="+989121110000", relation="parent", by=self.clerk)


STEPS = [name for name in vars(World) if not name.startswith("_")]
details = st.fixed_dictionaries(
    {
        "phone": st.sampled_from(["", "+989121112233", "+989351112233"]),
        "national_code": st.sampled_from(["", "0012345679"]),
        "birth_date": st.sampled_from([None, dt.date(1980, 5, 6)]),
        "insurer": st.sampled_from(["", "تأمین اجتماعی"]),
        "email": st.sampled_from(["", "a@example.com"]),
    }
)
EMPTY: dict[str, Any] = {"phone": "", "national_code": "", "birth_date": None, "insurer": "", "email": ""}
FULL = {**EMPTY, "phone": "+989121112233", "national_code": "0012345679", "birth_date": dt.date(1980, 5, 6)}
stories = st.lists(st.tuples(st.booleans(), st.sampled_from(STEPS)), max_size=9)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@example(one=FULL, other=EMPTY, story=[(whose, step) for step in STEPS for whose in (True, False)], take={"phone"})
@example(one=EMPTY, other=FULL, story=[(True, step) for step in STEPS], take=set())
@given(one=details, other=details, story=stories, take=st.sets(st.sampled_from(["phone", "insurer", "last_name"])))
def test_merge_then_separate_restores_every_row(
    make: Make, one: dict[str, Any], other: dict[str, Any], story: list[tuple[bool, str]], take: set[str]
) -> None:
    with transaction.atomic():
        world = World(make)
        source, target = make.patient(**one), make.patient(**other)
        for of_source, step in story:
            getattr(world, step)(source if of_source else target)
        cards = [source, target]
        owes = {card.pk: balance_of(card) for card in cards}
        before = snapshot()
        merge = actions.merge_patients(source=source, target=target, take=take, by=world.clerk)
        target.refresh_from_db()
        assert balance_of(target) == sum(owes.values())
        assert set(left_behind(source)) <= {
            "patients.patientaccess.patient",
            "messaging.conversation.patient",
            "scheduling.waitlistentry.patient",
        }
        if one["phone"]:
            assert target in find_patients(one["phone"])
        money.agreed()
        actions.separate_patients(merge=merge, reason="two people", by=world.clerk)
        assert lost(before) == {}
        assert {card.pk: balance_of(card) for card in cards} == owes
        money.agreed()
        transaction.set_rollback(True)


@pytest.fixture
def world(make: Make) -> World:
    return World(make)


def test_what_is_written_since_stays_with_the_survivor(world: World, make: Make) -> None:
    source, target = make.patient(), make.patient()
    world.bill(source)
    merge = actions.merge_patients(source=source, target=target, by=world.clerk)
    world.bill(target)
    world.credit(target)
    actions.separate_patients(merge=merge, reason="two people", by=world.clerk)
    assert source.invoices.count() == target.invoices.count() == 1
    assert balance_of(source) == 300_000
    assert balance_of(target) == 300_000 - 5000
    money.agreed()


def test_a_bill_paid_meanwhile_is_owed_by_nobody(world: World, make: Make) -> None:
    source, target = make.patient(), make.patient()
    bill = money.bill(500_000, patient=source)
    merge = actions.merge_patients(source=source, target=target, by=world.clerk)
    bill.refresh_from_db()
    money.pay(bill, 500_000)
    actions.separate_patients(merge=merge, reason="two people", by=world.clerk)
    assert balance_of(source) == balance_of(target) == 0
    money.agreed()


def test_credit_that_was_spent_must_be_put_back_first(world: World, make: Make) -> None:
    source, target = make.patient(), make.patient()
    world.credit(source)
    merge = actions.merge_patients(source=source, target=target, by=world.clerk)
    assert WalletAccount.objects.get(patient=target).balance == 5000
    money.pay(money.bill(4000, patient=target), 4000, "wallet")
    with pytest.raises(Conflict) as refused, transaction.atomic():
        actions.separate_patients(merge=merge, reason="two people", by=world.clerk)
    assert refused.value.code == "credit_spent"
    finance.top_up(patient=target, branch=make.branch(), method="cash", amount=Decimal(4000), by=None)
    actions.separate_patients(merge=merge, reason="two people", by=world.clerk)
    assert WalletAccount.objects.get(patient=source).balance == 5000


def test_points_follow_their_lots(world: World, make: Make) -> None:
    source, target = make.patient(), make.patient()
    for who in (source, target):
        world.points(who)
    mine = PointsAccount.objects.get(patient=source).balance
    actions.merge_patients(source=source, target=target, by=world.clerk)
    assert PointsAccount.objects.get(patient=source).balance == 0
    assert PointsAccount.objects.get(patient=target).balance == 2 * mine


def test_what_was_written_on_both_cards_is_one_conversation(world: World, make: Make) -> None:
    source, target = make.patient(), make.patient()
    world.writes(source)
    world.writes(target)
    actions.merge_patients(source=source, target=target, by=world.clerk)
    talk = Conversation.objects.get(patient=target)
    assert len(chat_lines(talk, side="clinic", reader=world.clerk)) == 2


def test_a_chain_is_taken_back_from_its_end(world: World, make: Make) -> None:
    first, second, third = make.patient(), make.patient(), make.patient()
    world.record(first)
    before = snapshot()
    one = actions.merge_patients(source=first, target=second, by=world.clerk)
    two = actions.merge_patients(source=second, target=third, by=world.clerk)
    first.refresh_from_db()
    assert first.merged_into == third
    assert third.encounters.count() == 1
    with pytest.raises(Conflict) as refused, transaction.atomic():
        actions.separate_patients(merge=one, reason="wrong", by=world.clerk)
    assert refused.value.code == "merged_on"
    actions.separate_patients(merge=two, reason="wrong", by=world.clerk)
    actions.separate_patients(merge=one, reason="wrong", by=world.clerk)
    assert lost(before) == {}


def test_refusals(make: Make, world: World) -> None:
    one, other = make.patient(), make.patient()
    with pytest.raises(Invalid):
        actions.merge_patients(source=one, target=one, by=world.clerk)
    with pytest.raises(Invalid), transaction.atomic():
        actions.merge_patients(source=one, target=other, take=["search_text"], by=world.clerk)
    merge = actions.merge_patients(source=one, target=other, by=world.clerk)
    with pytest.raises(Conflict):
        actions.merge_patients(source=one, target=make.patient(), by=world.clerk)
    with pytest.raises(Invalid):
        actions.separate_patients(merge=merge, reason=" ", by=world.clerk)
    merge.separable_until = timezone.now() - dt.timedelta(minutes=1)
    merge.save()
    with pytest.raises(Conflict) as refused:
        actions.separate_patients(merge=merge, reason="late", by=world.clerk)
    assert refused.value.code == "over"


def test_a_signed_record_moves_along_a_merge_only(make: Make, world: World) -> None:
    """The database refuses any other way."""
    record = world.doctor.signed(make.patient())
    other = make.patient()
    with pytest.raises(IntegrityError, match="addendum"), transaction.atomic():
        models.QuerySet(type(record)).filter(pk=record.pk).update(patient=other.pk)
    actions.merge_patients(source=record.patient, target=other, by=None)
    record.refresh_from_db()
    assert record.patient == other


def test_who_was_told_apart_is_remembered_once(make: Make) -> None:
    one, other = make.patient(), make.patient()
    actions.say_not_the_same(one=other, other=one, by=None)
    actions.say_not_the_same(one=one, other=other, by=None)
    row = NotTheSame.objects.get()
    assert (row.first, row.second) == (one, other)


def test_merging_leaves_history_and_reads_through(make: Make, world: World) -> None:
    source, target = make.patient(), make.patient()
    world.told(source)
    merge = actions.merge_patients(source=source, target=target, by=world.clerk)
    assert AccessLog.objects.filter(patient=source).count() == 1
    consent = target.consents.get()
    assert consent.history.latest().history_user_id == world.clerk.pk
    assert PatientMerge.objects.get() == merge
    assert Journal.objects.filter(kind="patients_merged").count() == 0
