"""Groups of patients: what each condition finds, the builder, the list, files, and who may do what."""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from django.utils import timezone, translation

from clinic.accounts.roles import Role
from clinic.patients import actions, queries
from clinic.patients.models import AccessLog, Patient, Segment, Tag
from clinic.shared.errors import Conflict, Forbidden, Invalid
from clinic.shared.segments import CHOICES, MONEY, NUMBER, Term, conditions_for, in_words
from finance.actions import top_up
from loyalty.models import PointsAccount, PointsLot
from scheduling.actions import walk_in
from tests.finance.make import bill, pay
from tests.make import Make

Page = Callable[..., Any]


def who(kind: str, way: str, value: Any = "") -> set[int]:
    """The ids that one condition finds."""
    return set(queries.patients_who([Term(kind, way, value)]).values_list("pk", flat=True))


def born(years: int, days: int = 0) -> dt.date:
    """A birth date so many years and days before today."""
    today = timezone.localdate()
    day = today.replace(year=today.year - years, day=min(today.day, 28))
    return day - dt.timedelta(days=days)


def vip() -> Tag:
    return actions.save_tag(tag=None, name="ویژه", tone="accent", by=None)


@pytest.fixture
def card(make: Make) -> Callable[..., Patient]:
    return make.patient


def test_what_stands_on_the_card(card: Any) -> None:
    label = vip()
    one = card(birth_date=born(40, 1), sex="female", referral_source="گوگل", insurer="تأمین اجتماعی")
    two = card(birth_date=born(10), phone="")
    actions.put_tag(patient=one, tag=label, by=None)
    actions.give_consent(patient=one, kind="messages", by=None)
    assert who("tag", "has", (str(label.pk),)) == {one.pk}
    assert who("tag", "has_not", (str(label.pk),)) == {two.pk}
    assert (who("age", "at_least", "40"), who("age", "below", "40")) == ({one.pk}, {two.pk})
    assert who("age", "unknown") == set()
    assert who("sex", "is", ("female", "male")) == {one.pk}
    assert (who("phone", "has"), who("phone", "has_not")) == ({one.pk}, {two.pk})
    assert who("consent", "given", ("messages",)) == {one.pk}
    assert who("consent", "not_given", ("messages",)) == {two.pk}
    assert (who("source", "is", ("گوگل",)), who("source", "unknown")) == ({one.pk}, {two.pk})
    assert (who("insurer", "is", ("تأمین اجتماعی",)), who("insurer", "unknown")) == ({one.pk}, {two.pk})
    assert (who("registered", "within", "1"), who("registered", "before", "1")) == ({one.pk, two.pk}, set())
    assert (who("account", "has"), who("account", "has_not")) == (set(), {one.pk, two.pk})


def test_birthdays_by_month_and_in_the_days_to_come(card: Any) -> None:
    today = timezone.localdate()
    soon, past = today + dt.timedelta(days=3), today - dt.timedelta(days=3)
    one = card(birth_date=dt.date(1984, soon.month, soon.day))
    card(birth_date=dt.date(1984, past.month, past.day))
    leap = card(birth_date=dt.date(1984, 2, 29))
    assert who("birthday", "next", "5") - {leap.pk} == {one.pk}
    assert one.pk not in who("birthday", "next", "2")
    nowruz = card(birth_date=dt.date(1990, 3, 21))  # 1 Farvardin 1369; in a year after a leap one it is the 20th
    before = card(birth_date=dt.date(1990, 3, 20))  # 29 Esfand 1368
    early = card(birth_date=dt.date(1996, 3, 20))  # 1 Farvardin 1375
    found = who("birthday", "month", ("jalali-1",))
    assert {nowruz.pk, early.pk} <= found
    assert before.pk not in found


def test_visits_and_what_is_booked(make: Make, card: Any) -> None:
    came, never = card(), card()
    service = make.service()
    doctor = make.practitioner(service)
    visit = walk_in(patient=came, practitioner=doctor, service=service, branch=make.branch(), by=None)
    for kind, key in (("doctor", doctor.pk), ("service", service.pk), ("branch", make.branch().pk)):
        assert who(kind, "was", (str(key),)) == {came.pk}
        assert who(kind, "was_not", (str(key),)) == {never.pk}
    assert (who("last_visit", "within", "1"), who("last_visit", "before", "1")) == ({came.pk}, set())
    assert who("last_visit", "never") == {never.pk}
    visit.day -= dt.timedelta(days=200)
    visit.save()
    assert (who("last_visit", "within", "180"), who("last_visit", "before", "180")) == (set(), {came.pk})
    assert (who("visits", "at_least", "1"), who("visits", "at_most", "0")) == ({came.pk}, {never.pk})
    assert who("visits", "at_least", "0") == {came.pk, never.pk}
    assert (who("next", "none"), who("next", "some")) == ({came.pk, never.pk}, set())
    assert (who("missed", "never"), who("missed", "at_least", "1")) == ({came.pk, never.pk}, set())
    assert who("booked_by", "was_not", ("site",)) == {came.pk, never.pk}


def test_money_and_points(card: Any) -> None:
    other = card()
    invoice = bill(500_000)
    patient = invoice.patient
    pay(invoice, 200_000)
    assert (who("balance", "owes", "299999"), who("balance", "owes", "300000")) == ({patient.pk}, set())
    assert other.pk in who("balance", "even")
    assert patient.pk not in who("balance", "even")
    assert who("paid", "at_least", "200000") == {patient.pk}
    assert other.pk in who("paid", "below", "200000")
    PointsAccount.objects.update_or_create(patient=other, defaults={"balance": 50})
    gone = timezone.localdate() - dt.timedelta(days=2)
    PointsLot.objects.create(patient=other, earned=20, remaining=20, expires_on=gone, cause="test:1")
    assert (who("points", "at_least", "30"), who("points", "at_least", "31")) == ({other.pk}, set())


def test_credit_of_a_merged_card_counts(card: Any) -> None:
    one, two = card(), card()
    top_up(patient=one, amount=Decimal(70_000), method="cash", by=None, branch=Make().branch())
    assert who("balance", "credit", "69999") == {one.pk}
    actions.merge_patients(source=one, target=two, by=None)
    assert who("balance", "credit", "69999") == {two.pk}
    assert one.pk not in who("age", "unknown")


def test_all_any_and_the_sentence(card: Any) -> None:
    label = vip()
    one, two = card(sex="male"), card(sex="female")
    actions.put_tag(patient=one, tag=label, by=None)
    terms = [Term("tag", "has", (str(label.pk),)), Term("sex", "is", ("female",))]
    assert not queries.patients_who(terms).exists()
    assert set(queries.patients_who(terms, any_of=True)) == {one, two}
    assert not queries.patients_who([]).exists()
    with translation.override("en"):
        assert in_words(terms) == "Patients who have the label “ویژه”, and are noted as “Female”."
        assert "more than 1 day ago" in in_words([Term("last_visit", "before", "1")])
    with translation.override("fa"):
        said = in_words([*terms, Term("last_visit", "before", "180"), Term("balance", "owes", "1000000")], any_of=True)
    assert "برچسب «ویژه»" in said
    assert "۱۸۰" in said
    assert not set("abcdefghijklmnopqrstuvwxyz") & set(said.lower())


def test_every_condition_can_be_asked_and_said_in_both_languages(make: Make) -> None:
    vip()
    make.practitioner(make.service())
    make.patient(referral_source="گوگل", insurer="ایران")
    owner = make.user(Role.OWNER)
    offered = conditions_for(owner)
    assert len(offered) > 18
    for each in offered:
        for way in each.ways:
            keys = tuple(key for key, _text in each.choices()) if each.choices else ()
            value = {CHOICES: keys, NUMBER: "3", MONEY: "3000"}.get(way.takes, "")
            terms = [Term(each.name, way.name, value)]
            row = actions.save_segment(segment=None, name=f"{each.name} {way.name}", terms=terms, by=owner)
            queries.patients_of(row).count()
            for language in ("fa", "en"):
                with translation.override(language):
                    assert queries.sentence_of(row)


def test_wrong_rules_are_refused(make: Make, card: Any) -> None:
    secretary, cashier = make.user(Role.SECRETARY), make.user(Role.CASHIER)
    for term in (
        Term("nothing", "has"),
        Term("tag", "has", ()),
        Term("tag", "has", ("99",)),
        Term("age", "sideways", "3"),
        Term("age", "below", "-1"),
        Term("age", "below", "1.5"),
        Term("age", "below", "NaN"),
        Term("age", "below", "131"),
        Term("last_visit", "within", ""),
        Term("balance", "owes", "1e999"),
    ):
        with pytest.raises(Invalid):
            actions.save_segment(segment=None, name="a", terms=[term], by=secretary)
    with pytest.raises(Invalid):
        actions.save_segment(segment=None, name="", terms=[Term("phone", "has")], by=None)
    with pytest.raises(Forbidden):
        actions.save_segment(segment=None, name="a", terms=[Term("last_visit", "never")], by=cashier)
    actions.save_segment(segment=None, name="بی‌شماره", terms=[Term("phone", "has_not")], by=None)
    with pytest.raises(Conflict):
        actions.save_segment(segment=None, name="بي‌شماره", terms=[Term("phone", "has")], by=None)


def form(**more: Any) -> dict[str, Any]:
    """What the builder's page sends for one condition."""
    return {"name": "خانم‌ها", "row": ["c0"], "c0-kind": "sex", "c0-way": "is", "c0-choice": ["female"], **more}


def test_the_builder_counts_while_it_is_edited_and_saves(page: Page, card: Any) -> None:
    card(sex="female")
    card(sex="male")
    client = page(Role.MANAGER)
    assert client.get("/patients/groups/0/").status_code == 200
    added = client.post("/patients/groups/0/", {"name": "", "add": "sex", "do": "redraw"}).content.decode()
    assert 'name="c0-choice"' in added
    shown = client.post("/patients/groups/0/", form(do="look")).content.decode()
    assert "شریفی" in shown
    assert not Segment.objects.exists()
    wrong = client.post("/patients/groups/0/", {"name": "", "row": ["c0"], "c0-kind": "age", "do": "save"})
    assert wrong.status_code == 422
    assert client.post("/patients/groups/0/", form(do="save")).status_code == 302
    row = Segment.objects.get()
    assert row.rule == [{"kind": "sex", "way": "is", "value": ["female"]}]
    again = client.get(f"/patients/groups/{row.pk}/").content.decode()
    assert 'value="female" checked' in again
    gone = client.post(f"/patients/groups/{row.pk}/", form(do="drop:c0")).content.decode()
    assert 'name="c0-choice"' not in gone


def test_money_is_typed_in_the_shown_unit_and_read_back(page: Page) -> None:
    client = page(Role.OWNER)
    sent = {"name": "بدهکار", "row": ["c3"], "c3-kind": "balance", "c3-way": "owes", "c3-value": "۱۲٬۵۰۰"}
    client.post("/patients/groups/0/", {**sent, "do": "save"})
    row = Segment.objects.get()
    assert Decimal(row.rule[0]["value"]) in {Decimal(12_500), Decimal(125_000)}
    again = client.get(f"/patients/groups/{row.pk}/").content.decode()
    assert 'value="۱۲٬۵۰۰"' in again, [line for line in again.splitlines() if "c3-value" in line]


def test_the_list_counts_all_groups_in_one_statement(page: Page, card: Any, django_assert_num_queries: Any) -> None:
    for number in range(200):
        card(sex="female" if number % 4 else "male")
    for name, sex in (("زن", "female"), ("مرد", "male"), ("هر دو", "male")):
        actions.save_segment(segment=None, name=name, terms=[Term("sex", "is", (sex,))], by=None)
    rows = list(Segment.objects.order_by("pk"))
    with django_assert_num_queries(1):
        assert [each.count for each in queries.counted(rows)] == [150, 50, 50]
    client = page(Role.SECRETARY)
    shown = client.get("/patients/groups/").content.decode()
    assert "۱۵۰" in shown
    assert "/file/" not in shown
    row = Segment.objects.get(name="مرد")
    opened = client.get(f"/patients/?group={row.pk}").content.decode()
    assert opened.count("c-table__link") == 50
    assert client.get("/patients/?group=x").status_code == 404
    assert client.get(f"/patients/?group={row.pk}&q=zzz").status_code == 200


def test_a_group_may_be_removed_and_put_back(page: Page) -> None:
    row = actions.save_segment(segment=None, name="الف", terms=[Term("phone", "has")], by=None)
    client = page(Role.MANAGER)
    client.post(f"/patients/groups/{row.pk}/remove/")
    assert queries.segments_for(client.user) == []
    client.post(f"/patients/groups/{row.pk}/restore/")
    assert queries.segments_for(client.user) == [row]
    actions.remove_segment(segment=row, by=None)
    actions.save_segment(segment=None, name="الف", terms=[Term("phone", "has")], by=None)
    assert client.post(f"/patients/groups/{row.pk}/restore/").status_code == 409


def test_who_may_not_know_what_a_group_asks_does_not_see_it(page: Page, make: Make) -> None:
    row = actions.save_segment(segment=None, name="بدهکاران", terms=[Term("balance", "owes", "0")], by=None)
    assert queries.segments_for(make.user(Role.DOCTOR)) == []
    assert queries.segments_for(make.user(Role.SECRETARY)) == [row]
    for role in (Role.DOCTOR, Role.NURSE, Role.CASHIER, Role.PATIENT):
        assert page(role).get("/patients/groups/").status_code == 403
        assert page(role).get(f"/patients/groups/{row.pk}/file/csv/").status_code == 403
    secretary = page(Role.SECRETARY)
    assert secretary.get("/patients/groups/").status_code == 200
    assert secretary.get("/patients/groups/0/").status_code == 403
    assert secretary.get(f"/patients/groups/{row.pk}/file/csv/").status_code == 403


def test_files_are_safe_for_spreadsheets_and_noted(page: Page, card: Any) -> None:
    bad = card(first_name="=1+1", last_name="<b>&", sex="female")
    card(sex="male")
    row = actions.save_segment(segment=None, name="الف", terms=[Term("sex", "is", ("female",))], by=None)
    client = page(Role.MANAGER)
    lines = list(
        csv.reader(io.StringIO(client.get(f"/patients/groups/{row.pk}/file/csv/").content.decode("utf-8-sig")))
    )
    assert len(lines) == 2
    assert lines[1][1] == "'=1+1"
    book = zipfile.ZipFile(io.BytesIO(client.get(f"/patients/groups/{row.pk}/file/xlsx/").content))
    assert book.testzip() is None
    for part in book.namelist():
        ElementTree.fromstring(book.read(part))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "&lt;b&gt;&amp;" in sheet
    assert list(AccessLog.objects.values_list("patient", "what")) == [(bad.pk, "list")] * 2
    assert client.get(f"/patients/groups/{row.pk}/file/pdf/").status_code == 404


def test_merged_and_erased_cards_are_in_no_group(card: Any) -> None:
    one, two = card(sex="female"), card(sex="female")
    actions.merge_patients(source=one, target=two, by=None)
    assert who("sex", "is", ("female",)) == {two.pk}
    erasure = actions.ask_erasure(patient=two, reason="x", last_visit=None, by=None)
    erasure.done_at = timezone.now()
    erasure.save()
    assert who("sex", "is", ("female",)) == set()
