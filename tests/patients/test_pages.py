"""The desk's pages, and a patient's own."""

import json

import pytest

from clinic.patients import actions
from clinic.patients.models import AccessLog, Consent, Patient, PatientAccess

PART = {"HX-Request": "true"}


@pytest.fixture
def sara():
    return actions.register(first_name="سارا", last_name="احمدی", phone="09123456789", note="رمز میز", by=None)


def typed(**values):
    return {"first_name": "علی", "last_name": "کریمی", "phone": "۰۹۱۲ ۳۴۵ ۶۷۰۰", **values}


def test_only_who_may_find_patients_comes_in(page, sara):
    addresses = ["/patients/", "/patients/search/?q=سا", f"/patients/{sara.pk}/", f"/patients/{sara.pk}/access/"]
    for role in ("secretary", "nurse", "doctor", "cashier", "manager", "owner"):
        for address in addresses:
            assert page(role).get(address).status_code == 200, (role, address)
    for address in addresses:
        assert page("").get(address).status_code == 403
        assert page("").get(address, headers=PART).status_code == 403
        assert page().get(address).status_code == 302


def test_only_who_may_edit_registers(page, sara):
    for address in ("/patients/new/", f"/patients/{sara.pk}/edit/"):
        for role in ("doctor", "nurse", "cashier", ""):
            client = page(role)
            assert client.get(address).status_code == 403
            assert client.post(address, typed()).status_code == 403
    assert page("doctor").post(f"/patients/{sara.pk}/consents/", {"kind": "record"}).status_code == 403
    assert page("nurse").post(f"/patients/{sara.pk}/access/", {"phone": "09120000000"}).status_code == 403
    assert Patient.objects.count() == 1


def test_the_list_and_its_part(page, sara, make):
    client = page("secretary")
    assert "احمدی" in client.get("/patients/").content.decode()
    part = client.get("/patients/?q=احم", headers=PART | {"HX-Target": "section#patients-found"}).content.decode()
    assert part.lstrip().startswith("<section")
    assert "احمدی" in part
    nobody = client.get("/patients/?q=هیچ&page=99").content.decode()
    assert "/patients/new/?name=" in nobody
    assert client.get("/patients/?page=x").status_code == 200


def test_long_lists_are_paged(page, monkeypatch):
    monkeypatch.setattr("clinic.patients.views.lists.ROWS", 3)
    for number in range(7):
        actions.register(first_name="نفر", last_name=f"شماره {number}", by=None)
    client = page("secretary")
    assert client.get("/patients/?page=3").content.decode().count("c-table__link") == 1
    assert "q=%D9%86%D9%81%D8%B1&amp;page=2" in client.get("/patients/?q=نفر").content.decode()


def test_the_list_asks_few_questions_however_long(page, django_assert_max_num_queries):
    for number in range(30):
        actions.register(first_name="نفر", last_name=f"شماره {number}", by=None)
    client = page("secretary")
    client.get("/patients/")
    with django_assert_max_num_queries(13):
        client.get("/patients/")
    with django_assert_max_num_queries(12):
        client.get("/patients/search/?q=نفر")


def test_options_of_a_combobox(page, sara):
    client = page("secretary")
    body = client.get("/patients/search/?q=۶۷۸۹").content.decode()
    assert f'data-value="{sara.pk}"' in body
    assert "data-href" not in body
    assert f'data-href="/patients/{sara.pk}/"' in client.get("/patients/search/?q=سارا&go=1").content.decode()
    assert "/patients/new/" in client.get("/patients/search/?q=ناشناس&go=1").content.decode()
    assert "/patients/new/" not in page("doctor").get("/patients/search/?q=ناشناس&go=1").content.decode()
    assert client.get("/patients/search/").content.decode().strip() == ""


def test_registering_with_a_jalali_birth_date(page):
    values = typed(birth_date_day="۱۴", birth_date_month="1", birth_date_year="۱۳۶۹", national_code="")
    answer = page("secretary").post("/patients/new/", values)
    patient = Patient.objects.get()
    assert answer["Location"] == f"/patients/{patient.pk}/"
    assert patient.birth_date.isoformat() == "1990-04-03"
    assert patient.phone == "+989123456700"
    assert patient.source == "desk"


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(page):
    client = page("secretary")
    answer = client.post("/patients/new/", typed(phone="0912", national_code="1234567890", birth_date_year="1300"))
    body = answer.content.decode()
    assert answer.status_code == 422
    assert body.count("c-field__error") == 3
    assert 'value="علی"' in body
    assert 'value="0912"' in body
    assert not Patient.objects.exists()


def test_somebody_like_this_is_shown_before_registering_anyway(page, sara):
    client = page("secretary")
    values = typed(first_name="سارا", last_name="احمدی", phone="09123456789")
    answer = client.post("/patients/new/", values)
    assert answer.status_code == 422
    assert f"/patients/{sara.pk}/" in answer.content.decode()
    assert 'name="anyway"' in answer.content.decode()
    assert Patient.objects.count() == 1
    assert client.post("/patients/new/", values | {"anyway": "1"}).status_code == 302
    assert Patient.objects.count() == 2


def test_what_was_searched_for_in_vain_fills_the_form(page):
    client = page("secretary")
    assert 'value="رضا"' in client.get("/patients/new/?name=رضا+تهرانی").content.decode()
    assert 'value="0912345"' in client.get("/patients/new/?name=0912345").content.decode()


def test_the_panel_closes_and_says_who_was_registered(page):
    client = page("secretary")
    body = client.get("/patients/new/?drawer=1", headers=PART).content.decode()
    assert 'hx-post="/patients/new/?drawer=1"' in body
    assert client.post("/patients/new/?drawer=1", typed(last_name=""), headers=PART).status_code == 422
    answer = client.post("/patients/new/?drawer=1", typed(), headers=PART)
    said = json.loads(answer["HX-Trigger"])
    assert said["patient:registered"] == {"id": Patient.objects.get().pk, "name": "علی کریمی"}
    assert "drawer:close" in said
    onward = client.post("/patients/new/?drawer=1", typed(last_name="نو", next="/desk/book/?day=1"), headers=PART)
    assert onward["HX-Redirect"].startswith("/desk/book/?day=1&patient=")
    abroad = client.post("/patients/new/?drawer=1", typed(last_name="نوتر", next="//evil.example/"), headers=PART)
    assert "HX-Redirect" not in abroad


def test_a_card_is_noted_when_it_is_opened(page, sara):
    client = page("secretary")
    body = client.get(f"/patients/{sara.pk}/").content.decode()
    assert "رمز میز" in body
    row = AccessLog.objects.get()
    assert (row.patient, row.user, row.what) == (sara, client.user, "card")


def test_a_card_asks_only_for_parts_of_the_role(page, sara):
    desk = page("secretary").get(f"/patients/{sara.pk}/").content.decode()
    doctor = page("doctor").get(f"/patients/{sara.pk}/").content.decode()
    assert f'hx-get="/emr/for-patient/{sara.pk}/"' not in desk
    assert f'hx-get="/finance/for-patient/{sara.pk}/"' in desk
    assert f'hx-get="/emr/for-patient/{sara.pk}/"' in doctor
    assert f'hx-get="/finance/for-patient/{sara.pk}/"' not in doctor


def test_a_merged_patient_leads_to_the_one_that_stays(page, sara):
    old = actions.register(first_name="سارا", last_name="احمدی قدیم", by=None)
    old.merged_into = sara
    old.save()
    client = page("secretary")
    assert client.get(f"/patients/{old.pk}/")["Location"] == f"/patients/{sara.pk}/"
    assert client.get(f"/patients/{old.pk}/edit/")["Location"] == f"/patients/{sara.pk}/edit/"
    assert client.get("/patients/999999/").status_code == 404


@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("secretary", "/patients/{}/access/"), ("secretary", "/patients/{}/consents/"),
        ("secretary", "/patients/{}/relatives/"), ("secretary", "/patients/{}/consents/record/sign/"),
        ("secretary", "/desk/intake/send/{}/"), ("secretary", "/intake/for-patient/{}/"),
        ("secretary", "/files/of/{}/add/"), ("secretary", "/files/of/{}/phone/"),
        ("secretary", "/messages/for-patient/{}/"), ("secretary", "/follow-ups/for-patient/{}/"),
        ("secretary", "/scheduling/for-patient/{}/"), ("secretary", "/finance/for-patient/{}/?part=1"),
        ("secretary", "/points/for-patient/{}/"), ("cashier", "/finance/deposit/{}/"),
        ("cashier", "/finance/sell/{}/"), ("cashier", "/finance/sell-gift/{}/"),
        ("manager", "/records/for-patient/{}/"), ("manager", "/patients/{}/erase/"),
    ],
)  # fmt: skip
def test_parts_and_panels_of_a_merged_card_lead_to_the_one_that_stays(page, sara, role, address):
    old = actions.register(first_name="سارا", last_name="احمدی قدیم", by=None)
    old.merged_into = sara
    old.save()
    client = page(role)
    assert client.get(address.format(old.pk))["Location"] == address.format(sara.pk)
    assert client.get(address.format(sara.pk)).status_code == 200
    assert client.get(address.format(999999)).status_code == 404


def test_editing_keeps_the_past_in_the_history(page, sara):
    client = page("secretary")
    assert 'value="احمدی"' in client.get(f"/patients/{sara.pk}/edit/").content.decode()
    answer = client.post(f"/patients/{sara.pk}/edit/", typed(email="not one"))
    assert answer.status_code == 422
    assert client.post(f"/patients/{sara.pk}/edit/", typed(email="a@b.ir")).status_code == 302
    assert list(sara.history.order_by("pk").values_list("last_name", flat=True)) == ["احمدی", "کریمی"]


def test_the_desk_lets_a_number_act_and_takes_it_back(page, sara):
    client = page("secretary")
    address = f"/patients/{sara.pk}/access/"
    assert client.post(address, {"phone": "0912", "relation": "self"}, headers=PART).status_code == 422
    answer = client.post(address, {"phone": "۰۹۱۲۳۴۵۶۷۸۹", "relation": "self"}, headers=PART)
    assert answer.status_code == 200
    row = PatientAccess.objects.get()
    assert page(row.user).get(f"/my/family/{sara.pk}/").status_code == 200
    other = actions.register(first_name="دیگر", last_name="کس", by=None)
    assert client.post(f"/patients/{other.pk}/access/{row.pk}/remove/").status_code == 404
    assert client.post(f"{address}{row.pk}/remove/", headers=PART).status_code == 200
    assert page(row.user).get(f"/my/family/{sara.pk}/").status_code == 404


def test_consents_are_noted_and_withdrawn(page, sara):
    client = page("secretary")
    address = f"/patients/{sara.pk}/consents/"
    assert client.post(address, {"kind": "x"}, headers=PART).status_code == 422
    assert client.post(address, {"kind": "record"}, headers=PART).status_code == 200
    row = Consent.objects.get()
    assert client.post(f"{address}{row.pk}/withdraw/", headers=PART).status_code == 200
    row.refresh_from_db()
    assert row.withdrawn_at


def test_a_patient_keeps_her_people(page, make, sara):
    user = make.user()
    client = page(user)
    assert client.get("/my/family/").status_code == 200
    assert (
        client.post("/my/family/", {"first_name": "رها", "last_name": "شریفی", "relation": "self"}).status_code == 422
    )
    assert (
        client.post("/my/family/", {"first_name": "رها", "last_name": "شریفی", "relation": "parent"}).status_code == 302
    )
    child = PatientAccess.objects.get(user=user).patient
    assert client.get(f"/my/family/{child.pk}/").status_code == 200
    assert client.get(f"/my/family/{sara.pk}/").status_code == 404
    assert client.post(f"/my/family/{sara.pk}/", {"address": "جای دیگر"}).status_code == 404
    changed = client.post(f"/my/family/{child.pk}/", {"phone": user.phone, "address": "تهران", "last_name": "دزد"})
    assert changed.status_code == 302
    child.refresh_from_db()
    assert (child.address, child.last_name) == ("تهران", "شریفی")


def test_what_people_type_is_never_markup(page):
    patient = actions.register(first_name="<script>x</script>", last_name="<b>y", by=None)
    client = page("secretary")
    for address in ("/patients/", f"/patients/{patient.pk}/", "/patients/search/?q=script", "/patients/?q=<b>zz"):
        body = client.get(address).content.decode()
        assert "<script>x" not in body
        assert "<b>y" not in body
        assert "<b>zz" not in body
