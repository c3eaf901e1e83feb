"""Forms before the visit: built without code, sent by the clock, filled by link, looked at beside the card."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from clinic.patients.models import AccessLog, Consent, Patient
from clinic.shared.errors import Conflict, Invalid, NotFound
from clinic.shared.strokes import drawn_strokes, read_strokes
from emr import actions, queries
from emr.models import File, Intake, IntakeDraft, IntakeForm
from messaging.actions.intake import tell_of_intakes
from messaging.models import Message
from scheduling.models import Appointment
from scheduling.queries.marks import signs_of
from tests.emr.hostile_files import picture
from tests.make import Make
from tests.scheduling.floor_make import Floor

HX = {"HX-Request": "true"}
NAME = [[10, 100], [200, 40], [380, 160]]
STROKES = json.dumps([NAME])
CONTENT = [
    {"kind": "section", "label": {"fa": "مشخصات", "en": "Details"}},
    {"kind": "card", "field": "insurer"},
    {"kind": "card", "field": "birth_date"},
    {"kind": "long", "label": {"fa": "داروها", "en": "Medicines"}, "clinical": True},
    {"kind": "choice", "label": {"fa": "سیگار", "en": "Smoking"}, "required": True,
     "options": [{"fa": "هرگز", "en": "Never"}, {"fa": "روزانه", "en": "Daily"}]},
    {"kind": "consent", "label": {"fa": "رضایت", "en": "Consent"}, "required": True, "text": {"fa": "می‌پذیرم که …"}},
]  # fmt: skip
ANSWERS = {"q2": "تأمین اجتماعی", "q3": "1370/05/21", "q4": "آسپرین", "q5": "1", "q6": "yes"}


@pytest.fixture
def form(make: Make) -> IntakeForm:
    return actions.save_intake_form(name="فرم پذیرش", content=CONTENT, by=None)


@pytest.fixture
def intake(form: IntakeForm, make: Make) -> Intake:
    return actions.send_intake(form=form, patient=make.patient(), by=None)


def soon(make: Make, *, hours: int = 30, **fields: Any) -> Appointment:
    """An appointment of a patient, some hours ahead."""
    return Floor(make).appointment(
        patient=make.patient(), starts_at=timezone.now() + dt.timedelta(hours=hours), **fields
    )


# Building


def test_changed_questions_are_a_new_version_and_what_was_sent_keeps_its_own(form: IntakeForm, intake: Intake) -> None:
    actions.save_intake_form(form=form, name="نام تازه", content=CONTENT, by=None)
    assert form.versions.count() == 1
    actions.save_intake_form(form=form, name="نام تازه", content=CONTENT[:2], by=None)
    assert [len(each.content) for each in form.versions.order_by("number")] == [6, 2]
    assert len(Intake.objects.get().asked.content) == 6


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ({"kind": "virus"}, "Choose one"),
        ({"kind": "card", "field": "note"}, "detail of the card"),
        ({"kind": "text", "label": {}}, "what number 1 asks"),
        ({"kind": "choice", "label": {"en": "x"}, "options": [{"en": "one"}]}, "at least two"),
        ({"kind": "consent", "label": {"en": "x"}}, "text that number 1"),
    ],
)
def test_a_form_that_cannot_be_asked_is_refused(item: Any, words: str, make: Make) -> None:
    from django.utils import translation

    with translation.override("en"), pytest.raises(Invalid, match=words) as refused:
        actions.save_intake_form(name="x", content=[item], by=None)
    assert refused.value.field == "content"


def test_a_manager_builds_a_form_without_code(page: Callable[..., Client]) -> None:
    client = page("manager")
    assert client.get("/set-up/intake/new/").status_code == 200
    row = {"kind": ["text"], "field": [""], "fa": ["شغل"], "en": ["Job"], "options_fa": [""], "options_en": [""],
           "text_fa": [""], "text_en": [""], "required": ["1"], "clinical": [""]}  # fmt: skip
    frame = {"name": "کوتاه", "days_before": "2", "fresh_months": "6", "is_active": "on", "country": "ir"}
    grown = client.post("/set-up/intake/new/", {**frame, **row, "do": "add:choice"}, headers=HX).content.decode()
    assert grown.count('name="kind"') == 2
    assert not IntakeForm.objects.exists()
    two = {
        key: [*values, {"kind": "choice", "fa": "سیگار", "options_fa": "بله\nنه"}.get(key, "")]
        for key, values in row.items()
    }
    swapped = client.post("/set-up/intake/new/", {**frame, **two, "do": "up:1"}, headers=HX).content.decode()
    assert swapped.index('value="choice"') < swapped.index('value="text"')
    saved = client.post("/set-up/intake/new/", {**frame, **two, "do": "save"})
    built = IntakeForm.objects.get()
    assert saved["Location"] == f"/set-up/intake/{built.pk}/"
    assert (built.country, built.days_before, built.fresh_months) == ("IR", 2, 6)
    content = built.versions.get().content
    assert [item["kind"] for item in content] == ["text", "choice"]
    assert content[0] | {"key": ""} == {
        "key": "",
        "kind": "text",
        "label": {"fa": "شغل", "en": "Job"},
        "required": True,
        "clinical": False,
    }
    bad = client.post("/set-up/intake/new/", {**frame, **two, "fa": ["", ""], "en": ["", ""], "do": "save"})
    assert bad.status_code == 422
    assert page("secretary").get("/set-up/intake/new/").status_code == 403


# Sending


def test_the_clock_sends_once_to_whom_a_visit_is_near(form: IntakeForm, make: Make) -> None:
    near, far = soon(make), soon(make, hours=24 * 9)
    assert tell_of_intakes() == 1
    assert tell_of_intakes() == 0
    sent = Intake.objects.get()
    assert (sent.appointment, sent.patient) == (near, near.patient)
    message = Message.objects.get(kind="intake")
    assert f"/in/{sent.token}/" in message.text
    assert len(message.text) <= 160
    assert not far.intakes.exists()
    assert "intake_sent" in signs_of(Appointment.objects.get(pk=near.pk))


def test_only_the_services_and_countries_of_the_form(form: IntakeForm, make: Make) -> None:
    other = make.service()
    actions.save_intake_form(form=form, name="x", content=CONTENT, services=[other], by=None)
    soon(make)
    assert tell_of_intakes() == 0
    actions.save_intake_form(form=form, name="x", content=CONTENT, country="GB", by=None)
    assert tell_of_intakes() == 0
    actions.save_intake_form(form=form, name="x", content=CONTENT, country="IR", by=None)
    assert tell_of_intakes() == 1


def test_who_answered_lately_is_not_asked_again(form: IntakeForm, make: Make) -> None:
    appointment = soon(make)
    done = actions.send_intake(form=form, patient=appointment.patient, by=None)
    actions.fill_intake(intake=done, given=ANSWERS, signature=STROKES, by=None)
    assert actions.sweep_intakes() == 0
    filled = Intake.objects.get()
    filled.filled_at -= dt.timedelta(days=400)
    filled.save()
    assert actions.sweep_intakes() == 1


def test_a_cancelled_visit_takes_its_form_and_message_back(form: IntakeForm, make: Make) -> None:
    from scheduling import actions as scheduling

    appointment = soon(make, hours=60)
    tell_of_intakes()
    scheduling.cancel(appointment=appointment, by=None)
    tell_of_intakes()
    assert Intake.objects.get().status == "withdrawn"
    assert Message.objects.get(kind="intake").status == "withdrawn"


def test_what_is_not_filled_in_time_ends(intake: Intake, page: Callable[..., Client]) -> None:
    intake.expires_at = timezone.now() - dt.timedelta(minutes=1)
    intake.save()
    assert b"c-sign__pad" not in page().get(f"/in/{intake.token}/").content
    with pytest.raises(NotFound):
        actions.fill_intake(intake=intake, given=ANSWERS, signature=STROKES, by=None)
    actions.sweep_intakes()
    assert Intake.objects.get().status == "expired"


# Filling


def test_a_patient_fills_it_without_signing_in(intake: Intake, page: Callable[..., Client]) -> None:
    phone = page()
    shown = phone.get(f"/in/{intake.token}/")
    assert shown.status_code == 200
    assert intake.patient.last_name not in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    answer = phone.post(f"/in/{intake.token}/", {**ANSWERS, "signature": STROKES}, headers={"user-agent": "Phone 9"})
    assert answer.status_code == 200
    filled = Intake.objects.get()
    assert filled.status == "filled"
    assert filled.answers == {"q2": "تأمین اجتماعی", "q3": "1991-08-12", "q4": "آسپرین", "q5": 1, "q6": "yes"}
    assert (filled.device, filled.ip, filled.signature) == ("Phone 9", "127.0.0.1", [NAME])
    consent = Consent.objects.get()
    assert (consent.kind, consent.version, consent.device) == (f"form:{filled.asked.form_id}:q6", "1", "Phone 9")
    assert "می‌پذیرم که" in consent.text
    assert consent.signature == [NAME]
    assert [(move.from_status, move.to_status) for move in filled.moves.order_by("pk")] == [
        ("", "sent"),
        ("sent", "filled"),
    ]
    again = phone.post(f"/in/{intake.token}/", {**ANSWERS, "q4": "دیگر", "signature": STROKES})
    assert again.status_code == 200
    assert Intake.objects.get().answers["q4"] == "آسپرین"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"q5": ""}, "q5_error"), ({"q5": "7"}, "q5_error"), ({"q6": ""}, "q6_error"),
        ({"q3": "1404/12/40"}, "q3_error"),
        ({"signature": ""}, "signature_error"), ({"signature": "[[[1,1]]]"}, "signature_error"),
        ({"signature": '[[["x",1]]]'}, "signature_error"), ({"q4": "ا" * 4001}, "q4_error"),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_said_at_its_place_and_nothing_is_lost(
    change: dict[str, str], place: str, intake: Intake, page: Callable[..., Client]
) -> None:
    answer = page().post(f"/in/{intake.token}/", {**ANSWERS, "signature": STROKES, **change})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="{place}"' in text
    assert "تأمین اجتماعی" in text
    assert Intake.objects.get().status == "sent"
    assert not Consent.objects.exists()


def test_a_typed_name_signs_where_nobody_can_draw(intake: Intake) -> None:
    filled = actions.fill_intake(intake=intake, given=ANSWERS, signed_name=" مینا شریفی ", by=None)
    assert filled.signed_name == "مینا شریفی"
    assert Consent.objects.get().signed_name == "مینا شریفی"


def test_the_draft_is_kept_comes_back_and_is_not_overwritten_by_an_old_one(
    intake: Intake, page: Callable[..., Client]
) -> None:
    phone = page()
    saved = phone.post(f"/in/{intake.token}/draft/", {"version": "0", "q4": "نیمه", "q3": "13"})
    assert saved.json()["version"] == 1
    assert saved.json()["saved_at"]
    assert "نیمه" in page().get(f"/in/{intake.token}/").content.decode()
    stale = phone.post(f"/in/{intake.token}/draft/", {"version": "0", "q4": "کهنه"})
    assert stale.status_code == 409
    assert IntakeDraft.objects.get().answers["q4"] == "نیمه"
    actions.fill_intake(intake=intake, given=ANSWERS, signature=STROKES, by=None)
    assert not IntakeDraft.objects.exists()
    assert phone.post(f"/in/{intake.token}/draft/", {"version": "1", "q4": "x"}).status_code == 409


@pytest.mark.parametrize(
    "given", ["{", "[[1]]", "[[[1.5,2]]]", "[[[601,2]]]", "[[[-1,2]]]", "5", '{"a":1}', "[" * 9000, "[[[true,1]]]"]
)
def test_strokes_that_are_none_are_refused(given: str) -> None:
    with pytest.raises(Invalid):
        read_strokes(given)


def test_strokes_are_drawn_as_numbers_only() -> None:
    assert str(drawn_strokes([NAME], 'a"<b>')).count("<b>") == 0
    assert "M10 100L200 40L380 160" in drawn_strokes([NAME], "x")
    assert read_strokes("") == read_strokes(None) == []
    with pytest.raises(Invalid):
        read_strokes([[[0, 0], [600, 200]] * 4000])


# Looking at it


@pytest.fixture
def filled(intake: Intake) -> Intake:
    return actions.fill_intake(intake=intake, given=ANSWERS, signature=STROKES, by=None)


def test_the_desk_sees_the_differences_and_takes_the_chosen_ones(filled: Intake, page: Callable[..., Client]) -> None:
    desk = page("secretary")
    assert f"/desk/intake/{filled.pk}/" in desk.get("/desk/intake/").content.decode()
    shown = desk.get(f"/desk/intake/{filled.pk}/").content.decode()
    assert [each.field for each in queries.differences(filled)] == ["insurer", "birth_date"]
    assert shown.count('name="field"') == 2
    answer = desk.post(f"/desk/intake/{filled.pk}/", {"field": ["insurer"]})
    assert answer["Location"] == f"/patients/{filled.patient_id}/"
    patient = Patient.objects.get(pk=filled.patient_id)
    assert (patient.insurer, patient.birth_date) == ("تأمین اجتماعی", None)
    reviewed = Intake.objects.get()
    assert (reviewed.status, reviewed.reviewed_by) == ("accepted", desk.user)  # type: ignore[attr-defined]  # put there by the tests
    with pytest.raises(Conflict):
        actions.accept_intake(intake=filled, fields=set(), by=None)


def test_what_is_clinical_is_for_those_who_treat(filled: Intake, page: Callable[..., Client]) -> None:
    for role, sees in (("doctor", True), ("nurse", True), ("secretary", False), ("cashier", False), ("owner", False)):
        shown = page(role).get(f"/desk/intake/{filled.pk}/").content.decode()
        assert ("آسپرین" in shown) == sees, role
        assert "تأمین اجتماعی" in shown
    assert AccessLog.objects.filter(what="intake").count() == 5
    assert page("cashier").post(f"/desk/intake/{filled.pk}/").status_code == 403
    assert page("patient").get(f"/desk/intake/{filled.pk}/").status_code == 403


def test_the_board_shows_how_far_the_form_is(form: IntakeForm, make: Make) -> None:
    appointment = soon(make)
    intake = actions.send_intake(form=form, patient=appointment.patient, appointment=appointment, by=None)
    assert intake == actions.send_intake(form=form, patient=appointment.patient, appointment=appointment, by=None)
    for act, sign in (
        (lambda: None, "intake_sent"),
        (lambda: actions.fill_intake(intake=intake, given=ANSWERS, signature=STROKES, by=None), "intake_filled"),
        (lambda: actions.accept_intake(intake=intake, fields=set(), by=None), "intake_done"),
    ):
        act()
        assert sign in signs_of(Appointment.objects.get(pk=appointment.pk))


def test_the_desk_gives_a_form_at_the_counter(form: IntakeForm, make: Make, page: Callable[..., Client]) -> None:
    patient, desk = make.patient(), page("secretary")
    assert desk.post(f"/desk/intake/send/{patient.pk}/", {"which": "x"}, headers=HX).status_code == 422
    shown = desk.post(f"/desk/intake/send/{patient.pk}/", {"which": str(form.pk)}, headers=HX).content.decode()
    intake = Intake.objects.get(patient=patient)
    assert f"/in/{intake.token}/" in shown
    assert form.name in desk.get(f"/intake/for-patient/{patient.pk}/", headers=HX).content.decode()
    assert desk.post(f"/desk/intake/{intake.pk}/withdraw/", headers=HX).status_code == 204
    assert Intake.objects.get().status == "withdrawn"


# Photos


ASKS_PHOTOS = [
    {"kind": "photo", "label": {"fa": "کارت بیمه", "en": "Insurance card"}, "required": True},
    {"kind": "photo", "label": {"fa": "عکس پوست", "en": "Your skin"}, "clinical": True},
]


@pytest.fixture
def asking(make: Make) -> Intake:
    """A form that asks for two photos, one of them for those who treat."""
    form = actions.save_intake_form(name="عکس‌ها", content=ASKS_PHOTOS, by=None)
    return actions.send_intake(form=form, patient=make.patient(), by=None)


def sent(client: Client, intake: Intake, key: str, *contents: bytes) -> Any:
    """Files for one question, as a phone sends them."""
    files = [SimpleUploadedFile("p.png", content, content_type="image/png") for content in contents]
    return client.post(f"/in/{intake.token}/photos/{key}/", {"file": files}, headers=HX)


def test_photos_of_a_form_are_seen_in_its_review_by_who_may(asking: Intake, page: Callable[..., Client]) -> None:
    phone = page()
    link = f"/in/{asking.token}/"
    assert phone.post(link, {"q1": "7", "signed_name": "Sara"}).status_code == 422
    shown = sent(phone, asking, "q1", picture("PNG")).content.decode()
    assert shown.count("data:image/") == 1
    assert sent(phone, asking, "q2", picture("PNG"), picture("PNG")).status_code == 200
    card, skin, other = File.objects.order_by("pk")
    assert (card.audience, card.kind, card.came_by, card.intake) == ("desk", "card", "intake", asking)
    assert (skin.audience, skin.kind) == ("clinical", "photo")
    dropped = phone.post(f"{link}photos/q2/", {"drop": other.pk}, headers=HX).content.decode()
    assert dropped.count("data:image/") == 1
    assert phone.get(link).content.decode().count("data:image/") == 2
    assert "سپاس" in phone.post(link, {"q1": str(other.pk), "signed_name": "Sara"}).content.decode()
    asking.refresh_from_db()
    assert asking.answers == {"q1": [card.pk], "q2": [skin.pk]}
    desk = page("secretary").get(f"/desk/intake/{asking.pk}/").content.decode()
    assert f"/files/{card.pk}/" in desk
    assert f"/files/{skin.pk}/" not in desk
    assert f"/files/{skin.pk}/" in page("doctor").get(f"/desk/intake/{asking.pk}/").content.decode()
    assert sent(phone, asking, "q1", picture("PNG")).status_code == 404
    assert phone.post(f"{link}photos/q1/", {"drop": card.pk}, headers=HX).status_code == 404


def test_what_is_no_photo_or_too_many_is_refused_at_the_question(
    asking: Intake, make: Make, page: Callable[..., Client]
) -> None:
    phone = page()
    bad = sent(phone, asking, "q1", b"<svg onload=alert(1)>")
    assert bad.status_code == 422
    assert 'id="q1_error"' in bad.content.decode()
    assert sent(phone, asking, "q9", picture("PNG")).status_code == 404
    assert phone.post(f"/in/{asking.token}/photos/q9/").status_code == 404
    assert phone.post(f"/in/{asking.token}/photos/q1/").status_code == 422
    for wrong in ("", "x", "9" * 30, "۱\x00", "-1"):
        assert phone.post(f"/in/{asking.token}/photos/q1/", {"drop": wrong}).status_code == 404
    foreign = actions.add_file(patient=asking.patient, upload=SimpleUploadedFile("a.png", picture("PNG")), by=None)
    assert phone.post(f"/in/{asking.token}/photos/q1/", {"drop": foreign.pk}, headers=HX).status_code == 404
    for name in range(6):
        File.objects.create(
            patient=asking.patient, intake=asking, asked_for="q1", taken_on=timezone.localdate(), mime="image/png",
            stored=f"s{name}", size=1, sha256="0",
        )  # fmt: skip
    with pytest.raises(Conflict):
        actions.add_intake_photo(intake=asking, key="q1", upload=SimpleUploadedFile("a.png", picture("PNG")), by=None)
    assert File.objects.filter(intake=asking).count() == 6


@pytest.mark.parametrize("ends", ["late", "withdrawn"])
def test_what_was_never_sent_stays_in_nobodys_sight(asking: Intake, ends: str) -> None:
    photo = actions.add_intake_photo(
        intake=asking, key="q1", upload=SimpleUploadedFile("a.png", picture("PNG")), by=None
    )
    actions.save_intake_draft(intake=asking, given={"q1": str(photo.pk)}, version=0, by=None)
    if ends == "late":
        asking.expires_at = timezone.now()
        asking.save()
        assert actions.end_intakes() == 1
    else:
        actions.withdraw_intake(intake=asking, by=None)
    photo.refresh_from_db()
    assert photo.removed_at is not None
    assert not IntakeDraft.objects.filter(intake=asking).exists()


def test_photos_of_a_form_that_was_sent_stay(asking: Intake) -> None:
    photo = actions.add_intake_photo(
        intake=asking, key="q1", upload=SimpleUploadedFile("a.png", picture("PNG")), by=None
    )
    actions.fill_intake(intake=asking, given={"q1": str(photo.pk)}, signed_name="Sara", by=None)
    assert actions.end_intakes() == 0
    photo.refresh_from_db()
    assert photo.removed_at is None
