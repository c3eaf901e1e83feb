"""Files: who sees which, what is noted, and the phone that hands them over."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from clinic.patients.models import AccessLog, Patient, PatientAccess
from clinic.shared.errors import Conflict, Forbidden, Invalid, NotFound
from emr import actions, queries
from emr.models import File, PhoneLink
from tests.emr.hostile_files import cheek, pdf, picture
from tests.make import Make

HX = {"HX-Request": "true"}


def upload(content: bytes | None = None) -> SimpleUploadedFile:
    """A picture as a form sends it."""
    return SimpleUploadedFile("a.png", content or picture("PNG"), content_type="image/png")


@pytest.fixture
def patient(make: Make) -> Patient:
    return make.patient()


@pytest.fixture
def keep(make: Make, patient: Patient) -> Callable[..., File]:
    """A file of the patient, added by a doctor."""
    doctor = make.user("doctor")

    def add(**more: Any) -> File:
        return actions.add_file(patient=patient, upload=upload(), by=doctor, **more)

    return add


@pytest.mark.parametrize(
    ("role", "clinical", "desk"),
    [("doctor", 200, 200), ("nurse", 200, 200), ("secretary", 404, 200), ("cashier", 404, 200), ("manager", 404, 200),
     ("owner", 404, 200), ("patient", 403, 403)],
)  # fmt: skip
def test_who_sees_which_file(role: str, clinical: int, desk: int, keep: Callable[..., File], page: Any) -> None:
    files = [keep(audience="clinical"), keep(audience="desk")]
    client = page(role)
    for file, status in zip(files, (clinical, desk), strict=True):
        for what in ("", "content/", "thumb/"):
            assert client.get(f"/files/{file.pk}/{what}").status_code == status
    if role != "patient":
        shown = client.get(f"/files/of/{files[0].patient_id}/").content.decode()
        assert (f'data-file="{files[0].pk}"' in shown) == (clinical == 200)
        assert f'data-file="{files[1].pk}"' in shown


def test_every_reading_is_noted(keep: Callable[..., File], page: Any) -> None:
    file, client = keep(), page("doctor")
    AccessLog.objects.all()
    before = AccessLog.objects.count()
    client.get(f"/files/of/{file.patient_id}/")
    client.get(f"/files/{file.pk}/content/")
    for _again in range(3):
        client.get(f"/files/{file.pk}/thumb/")
    rows = AccessLog.objects.order_by("pk")[before:]
    assert [row.what for row in rows] == ["files", f"file {file.pk}", "pictures"]
    assert {(row.user, row.patient) for row in rows} == {(client.user, file.patient)}


def test_the_patient_sees_what_was_released_until_it_is_taken_back(
    keep: Callable[..., File], page: Any, patient: Patient
) -> None:
    file, client = keep(), page("patient")
    PatientAccess(user=client.user, patient=patient).save()
    stranger = page("patient")
    assert client.get(f"/my/files/{file.pk}/").status_code == 404
    actions.release_file(file=file, by=file.uploaded_by)
    assert client.get(f"/my/files/{file.pk}/").status_code == 200
    assert f"/my/files/{file.pk}/" in client.get("/my/files/").content.decode()
    assert stranger.get(f"/my/files/{file.pk}/").status_code == 404
    actions.hold_back_file(file=file, by=file.uploaded_by)
    assert client.get(f"/my/files/{file.pk}/").status_code == 404
    actions.release_file(file=file, by=file.uploaded_by)
    actions.remove_file(file=file, by=file.uploaded_by)
    assert client.get(f"/my/files/{file.pk}/").status_code == 404


def test_reception_changes_its_own_files_only(keep: Callable[..., File], make: Make) -> None:
    clerk = make.user("secretary")
    desk, clinical = keep(audience="desk"), keep()
    values = {"kind": "card", "title": "کارت", "taken_on": timezone.localdate(), "audience": "desk"}
    assert actions.describe_file(file=desk, by=clerk, **values).title == "کارت"
    with pytest.raises(Forbidden):
        actions.describe_file(file=clinical, by=clerk, **values)
    with pytest.raises(Forbidden):
        actions.release_file(file=clinical, by=clerk)
    with pytest.raises(Forbidden):
        actions.add_file(patient=desk.patient, upload=upload(), by=make.user("cashier"))


def test_a_removed_file_is_gone_and_comes_back(keep: Callable[..., File], page: Any) -> None:
    file, client = keep(), page("doctor")
    answer = client.post(f"/files/{file.pk}/remove/", headers=HX)
    assert f"/files/{file.pk}/restore/" in answer["HX-Trigger"]
    assert client.get(f"/files/{file.pk}/content/").status_code == 404
    assert b"/restore/" in client.get(f"/files/{file.pk}/").content
    assert not queries.files_of(file.patient, client.user)
    client.post(f"/files/{file.pk}/restore/", headers=HX)
    assert client.get(f"/files/{file.pk}/content/").status_code == 200
    assert [row.removed_at is None for row in file.history.order_by("history_id")] == [True, False, True]


@pytest.mark.parametrize(
    ("field", "value"),
    [("kind", "virus"), ("audience", "everybody"), ("title", "ا" * 121), ("taken_on", dt.date(2999, 1, 1))],
)
def test_what_is_said_of_a_file_is_checked(field: str, value: Any, keep: Callable[..., File]) -> None:
    with pytest.raises(Invalid) as refused:
        keep(**{field: value})
    assert refused.value.field == field
    assert not File.objects.exists()


def test_the_gallery_asks_the_same_number_of_questions_for_one_and_for_many(
    keep: Callable[..., File], make: Make, allow_queries: Any
) -> None:
    first, doctor = keep(), make.user("doctor")
    assert doctor.can("record.view")
    with allow_queries(1):
        queries.gallery_of(first.patient, doctor)
    for _number in range(4):
        keep()
    with allow_queries(1):
        assert len(queries.gallery_of(first.patient, doctor)) == 5


def test_several_files_at_once_keep_the_good_and_name_the_bad(page: Any, patient: Patient) -> None:
    client = page("doctor")
    client.cookies["language"] = "en"
    sent = {"kind": "photo", "audience": "clinical", "file": [upload(), upload(b"<svg onload=x>"), upload(cheek(200))]}
    answer = client.post(f"/files/of/{patient.pk}/add/", sent, headers=HX)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "2 files were kept." in text
    assert "a.png: Web pages and SVG drawings are not kept" in text
    assert File.objects.count() == 2


def test_drawing_makes_a_copy_and_leaves_the_original(keep: Callable[..., File], page: Any) -> None:
    file, client = keep(audience="clinical", title="گونه"), page("doctor")
    before = default_storage.open(file.stored).read()
    answer = client.post(f"/files/{file.pk}/draw/", {"file": upload(picture("JPEG", colour=(1, 2, 3)))})
    copy = File.objects.get(drawn_on=file)
    assert answer.json() == {"url": f"/files/{copy.pk}/"}
    assert (copy.title, copy.audience, copy.patient) == (file.title, "clinical", file.patient)
    assert default_storage.open(file.stored).read() == before
    assert f"/files/{copy.pk}/".encode() in client.get(f"/files/{file.pk}/").content
    assert page("secretary").post(f"/files/{file.pk}/draw/", {"file": upload()}).status_code == 404


def test_only_pictures_are_drawn_on_and_compared(make: Make, patient: Patient, page: Any) -> None:
    doctor = make.user("doctor")
    letter = actions.add_file(patient=patient, upload=upload(pdf()), kind="letter", by=doctor)
    assert page("doctor").get(f"/files/{letter.pk}/draw/").status_code == 400
    days = [timezone.localdate() - dt.timedelta(days=each) for each in (2, 60)]
    new, old = [actions.add_file(patient=patient, upload=upload(), taken_on=day, by=doctor) for day in days]
    assert queries.pictures_of(patient, doctor) == [old, new]
    shown = page("doctor").get(f"/files/of/{patient.pk}/compare/?a=x&b={new.pk}").content.decode()
    assert shown.index(f"/files/{new.pk}/content/") < shown.index(f"/files/{old.pk}/content/")


class Phones:
    """A code for a patient, and phones that open it."""

    def __init__(self, make: Make, page: Callable[..., Client], patient: Patient) -> None:
        self.page, self.doctor = page, make.user("doctor")
        self.link, self.token = actions.open_phone_link(patient=patient, branch=make.branch(), by=self.doctor)

    def open(self) -> Client:
        """A phone at the page."""
        client = self.page()
        client.answer = client.get(f"/phone/{self.token}/")  # type: ignore[attr-defined]  # put there by the tests
        return client

    def send(self, client: Client, content: bytes | None = None) -> Any:
        """A phone sends one picture."""
        return client.post(f"/phone/{self.token}/send/", {"file": upload(content)})


@pytest.fixture
def phones(make: Make, page: Callable[..., Client], patient: Patient) -> Phones:
    return Phones(make, page, patient)


def test_a_phone_hands_several_files_over(phones: Phones, patient: Patient) -> None:
    phone: Any = phones.open()
    assert phone.answer.status_code == 200
    assert patient.last_name not in phone.answer.content.decode()
    assert [phones.send(phone).status_code for _each in range(2)] == [200, 200]
    refused = phones.send(phone, b"<svg>")
    assert refused.status_code == 422
    assert refused.json()["message"]
    files = File.objects.filter(patient=patient, came_by="phone", uploaded_by=phones.doctor)
    assert files.count() == PhoneLink.objects.get().received == 2
    assert phone.get(f"/phone/{phones.token}/").status_code == 200  # the same phone, loaded anew
    assert phone.post(f"/phone/{phones.token}/done/").status_code == 200
    assert phones.send(phone).status_code == 404


def test_a_code_works_for_one_phone(phones: Phones) -> None:
    assert phones.send(phones.page()).status_code == 409  # nobody has opened it yet
    first: Any = phones.open()
    second: Any = phones.open()
    assert (first.answer.status_code, second.answer.status_code) == (200, 409)
    assert phones.send(second).status_code == 409
    assert phones.send(first).status_code == 200
    assert File.objects.count() == 1


@pytest.mark.parametrize("minutes", [11, 31])
def test_a_code_ends(phones: Phones, minutes: int) -> None:
    phone: Any = phones.open() if minutes > 20 else None
    link = PhoneLink.objects.get()
    link.expires_at -= dt.timedelta(minutes=minutes)
    link.save()
    assert phones.open().answer.status_code == 404  # type: ignore[attr-defined]  # put there by the tests
    if phone:
        assert phones.send(phone).status_code == 404


def test_a_new_code_ends_the_one_before_and_none_is_kept_in_plain(phones: Phones, make: Make, patient: Patient) -> None:
    actions.open_phone_link(patient=patient, branch=make.branch(), by=phones.doctor)
    with pytest.raises(NotFound):
        actions.take_phone_link(token=phones.token, holder="", by=None)
    assert phones.token not in str(PhoneLink.objects.values())


def test_whose_right_ends_sends_no_more(phones: Phones) -> None:
    phone = phones.open()
    phones.doctor.is_active = False
    phones.doctor.save()
    assert phones.send(phone).status_code == 404


def test_a_code_takes_forty_files(phones: Phones) -> None:
    phone = phones.open()
    link = PhoneLink.objects.get()
    link.received = 40
    link.save()
    answer = phones.send(phone)
    assert answer.status_code == 409
    assert not File.objects.exists()


def test_the_panel_shows_a_code_and_how_far_the_phone_is(page: Any, patient: Patient) -> None:
    desk = page("secretary")
    shown = desk.post(f"/files/of/{patient.pk}/phone/", {"kind": "card", "audience": "desk"}, headers=HX)
    link = PhoneLink.objects.get()
    assert (link.kind, link.audience, link.by) == ("card", "desk", desk.user)
    text = shown.content.decode()
    assert "<svg" in text
    assert f"/files/codes/{link.pk}/" in text
    assert desk.get(f"/files/codes/{link.pk}/").status_code == 200
    assert page("secretary").get(f"/files/codes/{link.pk}/").status_code == 404


def test_erasing_destroys_the_contents(keep: Callable[..., File], patient: Patient) -> None:
    file = keep(title="گونه")
    names = [file.stored, file.stored_thumb]
    assert actions.erase_files(patient=patient, by=None) == 1
    assert not [name for name in names if default_storage.exists(name)]
    assert File.objects.get().title == ""


def test_a_full_patient_is_told(keep: Callable[..., File], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emr.actions.files.FILES_AT_MOST", 1)
    keep()
    with pytest.raises(Conflict):
        keep()
