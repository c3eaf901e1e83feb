"""What warns while prescribing, what is at hand, what stays with a line."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone, translation

from clinic.shared.errors import Conflict, Forbidden, Invalid
from emr import actions, queries
from emr.models import FavouriteDrug, Interaction, Medication, MedicationRequest, PrescriptionSet
from emr.models.dosing import counted_quantity, dose_words
from tests.emr.make import Doctor

HX = {"HX-Request": "true"}
pytestmark = pytest.mark.usefixtures("bare_lists")


@pytest.fixture
def drugs(doctor: Doctor) -> dict[str, Medication]:
    """A small list with codes."""
    rows = [
        ("وارفارین", "Warfarin", "warfarin", "B01AA03"),
        ("ایبوپروفن", "Ibuprofen", "ibuprofen", "M01AE01"),
        ("ناپروکسن", "Naproxen", "naproxen", "M01AE02"),
        ("آموکسی‌سیلین", "Amoxicillin", "amoxicillin", "J01CA04"),
        ("کوآموکسی‌کلاو", "Co-amoxiclav", "amoxicillin + clavulanic acid", "J01CR02"),
        ("استامینوفن", "Paracetamol", "paracetamol", "N02BE01"),
    ]
    return {
        en: actions.save_medication(name=fa, name_en=en, substance=what, atc=atc, unit="tablet", by=doctor.user)
        for fa, en, what, atc in rows
    }


def _refused(doctor: Doctor, record: Any, **line: Any) -> list[dict[str, Any]]:
    before = MedicationRequest.objects.count()
    with pytest.raises(Conflict) as refused:
        actions.prescribe(encounter=record, by=doctor.user, **line)
    assert MedicationRequest.objects.count() == before
    return list(refused.value.details["cautions"])


def test_an_allergy_to_a_group_meets_every_drug_of_it(doctor: Doctor, drugs: dict[str, Medication]) -> None:
    record = doctor.record()
    actions.add_allergy(patient=record.patient, substance="پنی‌سیلین", by=doctor.user)
    for name in ("Amoxicillin", "Co-amoxiclav"):
        [caution] = _refused(doctor, record, medication=drugs[name])
        assert caution["kind"] == "allergy"
    assert actions.prescribe(encounter=record, medication=drugs["Paracetamol"], by=doctor.user).warnings == []


def test_an_allergy_to_a_substance_meets_its_chemical_kin_and_mixtures(
    doctor: Doctor, drugs: dict[str, Medication]
) -> None:
    record = doctor.record()
    actions.add_allergy(patient=record.patient, substance="ibuprofen", by=doctor.user)
    assert [each["kind"] for each in _refused(doctor, record, medication=drugs["Naproxen"])] == ["allergy"]
    actions.add_allergy(patient=record.patient, substance="Amoxicillin", by=doctor.user)
    assert _refused(doctor, record, medication=drugs["Co-amoxiclav"])[0]["kind"] == "allergy"
    other = doctor.record()
    actions.add_allergy(patient=other.patient, substance="x", atc="j01c", by=doctor.user)
    assert _refused(doctor, other, medication=drugs["Amoxicillin"])[0]["kind"] == "allergy"
    with pytest.raises(Invalid):
        actions.add_allergy(patient=other.patient, substance="x", atc="99", by=doctor.user)


def test_one_substance_twice_asks_and_going_on_with_it_only_tells(doctor: Doctor, drugs: dict[str, Medication]) -> None:
    patient = doctor.make.patient()
    earlier = doctor.record(patient, days_ago=1)
    actions.prescribe(encounter=earlier, medication=drugs["Amoxicillin"], days=10, by=doctor.user)
    record = doctor.record(patient)
    [twice] = _refused(doctor, record, medication=drugs["Co-amoxiclav"])
    assert twice["kind"] == "duplicate"
    again = actions.prescribe(encounter=record, medication=drugs["Amoxicillin"], days=5, by=doctor.user)
    assert [each["kind"] for each in again.warnings] == ["duplicate"]
    assert again.warning_overridden == ""
    _refused(doctor, record, name="آموکسی سیلین 250")
    actions.prescribe(encounter=record, medication=drugs["Ibuprofen"], by=doctor.user)
    assert [each["kind"] for each in _refused(doctor, record, medication=drugs["Naproxen"])] == ["group"]


def test_interactions_meet_by_group_in_either_order_and_the_reason_stays(
    doctor: Doctor, drugs: dict[str, Medication], page: Any
) -> None:
    actions.save_interaction(
        first="warfarin", second="NSAIDs", second_atc="M01A", severity="major", effect="خونریزی", advice="INR",
        by=doctor.user,
    )  # fmt: skip
    record = doctor.record()
    actions.prescribe(encounter=record, medication=drugs["Warfarin"], by=doctor.user)
    [caution] = _refused(doctor, record, medication=drugs["Ibuprofen"])
    assert (caution["kind"], caution["severity"], caution["advice"]) == ("interaction", "major", "INR")
    client, address = page(doctor.user), f"/doctor/record/{record.pk}/lines/"
    asked = client.post(address, {"medication": drugs["Ibuprofen"].pk}, headers=HX)
    assert asked.status_code == 422
    assert "خونریزی" in asked.content.decode()
    assert "override_reason" in asked.content.decode()
    told = {"medication": drugs["Ibuprofen"].pk, "override_reason": "سه روز با پایش"}
    assert "سه روز با پایش" in client.post(address, told, headers=HX).content.decode()
    line = record.prescriptions.get(name__contains="ایبوپروفن")
    assert line.warning_overridden == "سه روز با پایش"
    assert line.warnings[0]["text"].endswith("خونریزی")
    other = doctor.record()
    actions.prescribe(encounter=other, medication=drugs["Ibuprofen"], by=doctor.user)
    assert _refused(doctor, other, medication=drugs["Warfarin"])[0]["kind"] == "interaction"


def test_a_minor_interaction_is_told_and_asks_nothing(doctor: Doctor, drugs: dict[str, Medication]) -> None:
    row = actions.save_interaction(
        first="warfarin", second="paracetamol", severity="minor", effect="کمی", by=doctor.user
    )
    record = doctor.record()
    actions.prescribe(encounter=record, medication=drugs["Paracetamol"], by=doctor.user)
    line = actions.prescribe(encounter=record, medication=drugs["Warfarin"], by=doctor.user)
    assert [each["severity"] for each in line.warnings] == ["minor"]
    actions.save_interaction(interaction=row, is_active=False, by=doctor.user)
    other = doctor.record()
    actions.prescribe(encounter=other, medication=drugs["Paracetamol"], by=doctor.user)
    assert actions.prescribe(encounter=other, medication=drugs["Warfarin"], by=doctor.user).warnings == []


def test_the_table_takes_a_file_and_gives_the_same_back(doctor: Doctor, page: Any) -> None:
    content = (
        "first;first_atc;second;second_atc;severity;effect;advice\n"
        "وارفارین;B01AA03;آسپرین;B01AC06;شدید;خونریزی;دوری\n"
        "digoxin;;verapamil;;major;slow pulse;\n"
        ";;x;;major;y;\n"
        "a;99;b;;major;y;\n"
    ).encode()
    done = actions.import_interactions(content=content, by=doctor.user)
    assert (done.added, done.changed, len(done.wrong)) == (2, 0, 2)
    assert done.wrong[0].split(":")[0].endswith(("4", "۴"))
    again = actions.import_interactions(content=content.replace(b"slow pulse", b"block"), by=doctor.user)
    assert (again.added, again.changed, again.same) == (0, 1, 1)
    client = page("manager")
    given = client.get("/set-up/record/interactions/export/").content
    back = actions.import_interactions(content=given, by=doctor.user)
    assert (back.added, back.changed, back.same, back.wrong) == (0, 0, 2, [])
    for bad in (b"\x00\x01", b"a,b\n1,2", b"first" * 300_000):
        with pytest.raises(Invalid):
            actions.import_interactions(content=bad, by=doctor.user)
    with pytest.raises(Invalid):  # the other way round is the same pair
        actions.save_interaction(
            first="آسپرین", first_atc="B01AC06", second="وارفارین", second_atc="B01AA03", effect="x", by=doctor.user
        )
    with pytest.raises(Forbidden):
        actions.import_starter(by=doctor.make.user("secretary"))


def test_the_list_we_bring_warns_at_once_and_can_be_added_twice(doctor: Doctor, drugs: dict[str, Medication]) -> None:
    first = actions.import_starter(by=doctor.user)
    assert first.added == Interaction.objects.count() > 60
    assert first.wrong == []
    assert actions.import_starter(by=doctor.user).same == first.added
    record = doctor.record()
    actions.prescribe(encounter=record, medication=drugs["Warfarin"], by=doctor.user)
    assert _refused(doctor, record, medication=drugs["Naproxen"])[0]["kind"] == "interaction"


def test_a_picked_dose_is_read_in_both_languages_and_counts_the_pieces(
    doctor: Doctor, drugs: dict[str, Medication], page: Any
) -> None:
    record, client = doctor.record(), page(doctor.user)
    picked = {"dose_amount": "۱", "dose_often": "8h", "dose_when": "pc", "days": "۷", "dose": "با آب"}
    answer = client.post(
        f"/doctor/record/{record.pk}/lines/", {"medication": drugs["Amoxicillin"].pk, **picked}, headers=HX
    )
    assert answer.status_code == 200
    line = record.prescriptions.get()
    assert line.dosing == {"amount": "1", "unit": "tablet", "often": "8h", "when": "pc"}
    assert line.quantity == "21"
    with translation.override("en"):
        assert line.dose_words == "1 × tablet, every 8 hours, after food, با آب"
    actions.sign(encounter=record, by=doctor.user)
    for language, word in (("en", "every 8 hours"), ("fa", "هر ۸ ساعت")):
        assert word in client.get(f"/prescriptions/{record.pk}/print/?language={language}").content.decode()
    for wrong in ({"dose_amount": "many"}, {"dose_often": "now"}, {"dose_amount": "0"}, {"dose_amount": "nan"}):
        fresh = doctor.record()
        bad = client.post(f"/doctor/record/{fresh.pk}/lines/", {"name": "x", **wrong}, headers=HX)
        assert bad.status_code == 422
        assert not fresh.prescriptions.exists()


def test_quantities_follow_only_where_pieces_are_counted() -> None:
    assert counted_quantity({"amount": "0.5", "unit": "tablet", "often": "2nd"}, 10) == "3"
    assert counted_quantity({"amount": "5", "unit": "ml", "often": "1d"}, 10) == ""
    assert counted_quantity({"amount": "1", "unit": "tablet", "often": "prn"}, 10) == ""
    assert dose_words({}) == ""


def test_the_last_prescription_comes_back_as_it_was(doctor: Doctor, page: Any) -> None:
    patient = doctor.make.patient()
    with pytest.raises(Conflict):
        actions.repeat_prescription(encounter=doctor.record(patient), by=doctor.user)
    doctor.signed(patient, days_ago=2)
    record, client = doctor.record(patient), page(doctor.user)
    shown = client.get(f"/doctor/visit/{record.visit_id}/").content.decode()
    assert f"/doctor/record/{record.pk}/repeat/" in shown
    assert client.post(f"/doctor/record/{record.pk}/repeat/", headers=HX).status_code == 200
    line = record.prescriptions.get()
    assert (line.name, line.days) == ("استامینوفن 500", 5)
    asked = client.post(f"/doctor/record/{record.pk}/repeat/", headers=HX)  # now it would stand there twice
    assert asked.status_code == 409
    assert f'hx-post="/doctor/record/{record.pk}/repeat/"' in asked.content.decode()


def test_sets_and_favourites_are_one_press_and_belong_to_their_doctor(doctor: Doctor, page: Any) -> None:
    record, client = doctor.record(), page(doctor.user)
    with pytest.raises(Conflict):
        actions.save_set(encounter=record, name="سرماخوردگی", by=doctor.user)
    line = actions.prescribe(encounter=record, name="شربت", dose="شب", by=doctor.user)
    actions.set_advice(encounter=record, version=record.version, advice="مایعات", by=doctor.user)
    base = f"/doctor/record/{record.pk}"
    assert client.post(f"{base}/sets/", {"name": "سرماخوردگی"}, headers=HX).status_code == 200
    assert client.post(f"{base}/sets/", {"name": " "}, headers=HX).status_code == 422
    assert 'aria-pressed="true"' in client.post(f"{base}/lines/{line.pk}/star/", headers=HX).content.decode()
    mine, star = PrescriptionSet.objects.get(), FavouriteDrug.objects.get()
    fresh = doctor.record()
    assert client.post(f"/doctor/record/{fresh.pk}/sets/{mine.pk}/", headers=HX).status_code == 200
    fresh.refresh_from_db()
    assert (fresh.advice, [each.name for each in fresh.prescriptions.all()]) == ("مایعات", ["شربت"])
    third = doctor.record()
    assert client.post(f"/doctor/record/{third.pk}/favourites/{star.pk}/", headers=HX).status_code == 200
    other = doctor.make.user("doctor")
    assert page(other).post(f"/doctor/record/{third.pk}/favourites/{star.pk}/", headers=HX).status_code == 404
    with pytest.raises(Forbidden):
        actions.use_set(encounter=third, of_set=mine, by=other)
    actions.drop_set(of_set=mine, by=doctor.user)
    assert client.post(f"/doctor/record/{third.pk}/sets/{mine.pk}/", headers=HX).status_code == 404


def send_to_service(*, encounter: Any, lines: Any) -> dict[str, Any]:
    """What a plugged-in service answers."""
    return {"tracking_code": f"IR{encounter.pk:06}", "lines": len(lines)}


def test_the_tracking_code_is_typed_or_asked_of_a_service(doctor: Doctor, page: Any, settings: Any) -> None:
    record, client = doctor.record(), page(doctor.user)
    with pytest.raises(Conflict):
        actions.hand_off(encounter=record, tracking_code="12345", by=doctor.user)
    signed = doctor.signed()
    address = f"/doctor/record/{signed.pk}/tracking/"
    assert client.post(address, {"tracking_code": "؟"}, headers=HX).status_code == 422
    assert client.post(address, {"tracking_code": "۱۲۳ ۴۵۶"}, headers=HX).status_code == 200
    assert signed.hand_off.tracking_code == "123456"
    assert "123456" in client.get(f"/prescriptions/{signed.pk}/print/?language=en").content.decode()
    settings.E_PRESCRIPTION = "tests.emr.test_prescribing.send_to_service"
    other = doctor.signed()
    kept = actions.hand_off(encounter=other, by=doctor.user)
    assert (kept.tracking_code, kept.answer["lines"]) == (f"IR{other.pk:06}", 1)


def test_a_stopped_medicine_is_current_no_more(doctor: Doctor, page: Any) -> None:
    record = doctor.signed()
    line, client = record.prescriptions.get(), page(doctor.user)
    base = f"/doctor/patients/{record.patient_id}/medicines/"
    assert f"{base}{line.pk}/stop/" in client.get(base).content.decode()
    assert client.post(f"{base}{line.pk}/stop/", {"why": "تهوع"}, headers=HX).status_code == 204
    assert queries.current_medicines(record.patient) == []
    assert "تهوع" in client.get(base).content.decode()
    assert page("nurse").get(base).status_code == 200
    assert page("nurse").post(f"{base}{line.pk}/stop/").status_code == 403
    ongoing = actions.prescribe(encounter=doctor.record(record.patient), name="x", is_ongoing=True, by=doctor.user)
    ongoing.created_at = timezone.now() - dt.timedelta(days=800)
    ongoing.save()
    assert queries.current_medicines(record.patient) == [ongoing]
