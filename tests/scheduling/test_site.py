"""The public site as a patient meets it, without a script."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from clinic.accounts.models import SignInCode
from clinic.accounts.queries import code_for
from clinic.patients.models import Patient
from clinic.shared.text import to_persian_digits
from scheduling import actions
from scheduling.models import Appointment, Occupancy, WorkingHours
from scheduling.queries.site_hours import usual_hours
from tests.scheduling.test_holds import over, soon

PHONE = "09351112233"


@pytest.fixture
def place(make: Any) -> dict[str, Any]:
    service = make.service()
    return {"service": service, "practitioner": make.practitioner(service), "branch": make.branch()}


def take(client: Client, place: dict[str, Any], days: int = 2) -> Any:
    value = f"{place['practitioner'].pk}-{place['branch'].pk}-{int(soon(days).timestamp())}"
    return client.post(f"/book/{place['service'].pk}/take/", {"slot": value})


def sent_code() -> str:
    return code_for(SignInCode.objects.latest("pk").challenge)


def shown_name(thing: Any) -> str:
    return to_persian_digits(thing.name)


def text_of(response: Any) -> str:
    return response.content.decode()


def test_home_names_what_there_is(page: Any, place: dict[str, Any]) -> None:
    shown = text_of(page().get("/"))
    for words in (shown_name(place["service"]), shown_name(place["practitioner"]), 'href="/book/"'):
        assert words in shown, words


def test_one_service_needs_no_choice(page: Any, make: Any, place: dict[str, Any]) -> None:
    assert page().get("/book/")["Location"] == f"/book/{place['service'].pk}/"
    second = make.service()
    other = make.practitioner(second)
    assert page().get("/book/").status_code == 200
    assert page().get(f"/book/?doctor={other.pk}")["Location"] == f"/book/{second.pk}/?doctor={other.pk}"


def test_days_and_parts_of_the_day(page: Any, place: dict[str, Any]) -> None:
    shown = text_of(page().get(f"/book/{place['service'].pk}/?day={soon().date()}", headers={"accept-language": "en"}))
    assert shown.count('class="c-day"') in {13, 14}  # in the evening nothing of today is left
    assert shown.count('class="c-slot" name="slot"') == 47
    part = text_of(page().get(f"/book/{place['service'].pk}/", headers={"HX-Request": "true"}))
    assert part.lstrip().startswith("<form")
    assert "<html" not in part


def test_a_new_patient_books(page: Any, place: dict[str, Any]) -> None:
    client = page()
    client.get("/?utm_source=insta&utm_campaign=nowruz&other=1")
    assert take(client, place)["Location"] == "/book/details/"
    assert "data-countdown" in text_of(client.get("/book/details/"))
    typed = {"name": "مینا شریفی", "phone": "۰۹۳۵ ۱۱۱ ۲۲۳۳"}
    assert client.post("/book/details/", typed)["Location"] == "/book/details/"
    asked = client.get("/book/details/")  # also when the phone lets the page go while the message is read
    assert 'data-code="6"' in text_of(asked)
    assert "مینا شریفی" in text_of(asked)
    wrong = client.post("/book/details/", typed | {"code": "1" if sent_code() == "000000" else "000000"})
    assert wrong.status_code == 422
    assert "مینا شریفی" in text_of(wrong)
    done = client.post("/book/details/", typed | {"code": sent_code()})
    visit = Appointment.objects.get()
    assert done["Location"] == f"/a/{visit.link_token}/?new=1"
    assert (visit.status, visit.source) == ("booked", "campaign")
    assert visit.campaign == {"utm_source": "insta", "utm_campaign": "nowruz"}
    assert (visit.patient.full_name, visit.patient.phone) == ("مینا شریفی", "+989351112233")
    assert visit.booked_by
    assert visit.booked_by.phone == "+989351112233"
    assert client.get("/book/details/")["Location"] == f"/a/{visit.link_token}/"  # back again, or a second press
    assert client.post("/book/details/", typed)["Location"] == f"/a/{visit.link_token}/"


def test_a_returning_patient_needs_no_code(page: Any, make: Any, place: dict[str, Any]) -> None:
    user = make.user()
    client = page(user)
    for days, values in (
        (2, {"patient": "new", "name": "مینا شریفی"}),
        (3, None),
        (4, {"patient": "new", "name": "نیکا شریفی", "relation": "parent"}),
    ):
        take(client, place, days)
        mine = Patient.objects.filter(access__user=user).first()
        response = client.post("/book/details/", values or {"patient": mine and mine.pk})
        assert response.status_code == 302, text_of(response)
    names = [visit.patient.full_name for visit in Appointment.objects.order_by("starts_at")]
    assert names == ["مینا شریفی", "مینا شریفی", "نیکا شریفی"]
    assert SignInCode.objects.count() == 0


def test_the_same_name_is_the_same_patient(page: Any, place: dict[str, Any]) -> None:
    for days, name in ((2, "مینا شریفی"), (3, "مينا شريفي"), (4, "نیکا شریفی")):
        client = page()
        take(client, place, days)
        SignInCode.objects.all().delete()
        client.post("/book/details/", {"name": name, "phone": PHONE})
        assert client.post("/book/details/", {"name": name, "phone": PHONE, "code": sent_code()}).status_code == 302
    assert Patient.objects.count() == 2


def test_what_is_missing_is_said_at_the_field(page: Any, place: dict[str, Any]) -> None:
    client = page()
    take(client, place)
    response = client.post("/book/details/", {"name": "مینا", "phone": "12"})
    shown = text_of(response)
    assert response.status_code == 422
    assert 'id="id_name_error"' in shown
    assert 'id="id_phone_error"' in shown
    assert 'value="مینا"' in shown


def test_a_taken_time_names_the_nearest(page: Any, place: dict[str, Any]) -> None:
    actions.hold(**place, starts_at=soon(), by=None)
    response = take(page(), place)
    assert response.status_code == 409
    assert len(re.findall(r"c-slots--wide.*?</div>", text_of(response), re.S)[0].split("<button")) == 4


@pytest.mark.parametrize("slot", ["", "x", "1-2", "1-1-99999999999999999999", "-1--1--1", "1-1-0"])
def test_a_slot_that_no_page_sent(page: Any, place: dict[str, Any], slot: str) -> None:
    assert page().post(f"/book/{place['service'].pk}/take/", {"slot": slot}).status_code == 422


def test_a_hold_that_ended_is_taken_again_if_it_is_free(page: Any, make: Any, place: dict[str, Any]) -> None:
    client = page(make.user())
    take(client, place)
    over(Appointment.objects.get())
    response = client.post("/book/details/", {"patient": "new", "name": "مینا شریفی"})
    assert response.status_code == 302
    assert sorted(Appointment.objects.values_list("status", flat=True)) == ["booked", "expired"]


def test_a_hold_that_was_lost_keeps_what_was_typed(page: Any, make: Any, place: dict[str, Any]) -> None:
    client = page(make.user())
    take(client, place)
    over(Appointment.objects.get())
    actions.hold(**place, starts_at=soon(), by=None)
    assert "c-slots--wide" in text_of(client.get("/book/held/"))
    response = client.post("/book/details/", {"patient": "new", "name": "مینا شریفی"})
    shown = text_of(response)
    assert response.status_code == 409
    assert 'value="مینا شریفی"' in shown
    other = re.findall(r'name="switch" value="([^"]+)"', shown)
    assert len(other) == 3
    again = client.post("/book/details/", {"patient": "new", "name": "مینا شریفی", "switch": other[1]})
    assert again.status_code == 200
    assert 'value="مینا شریفی"' in text_of(again)
    assert client.post("/book/details/", {"patient": "new", "name": "مینا شریفی"}).status_code == 302


def test_choosing_again_lets_the_first_time_go(page: Any, place: dict[str, Any]) -> None:
    client = page()
    take(client, place, 2)
    take(client, place, 3)
    assert Occupancy.objects.count() == 1
    assert take(client, place, 3)["Location"] == "/book/details/"
    assert Occupancy.objects.count() == 1


def test_a_page_books_the_time_that_it_showed_and_no_other(page: Any, make: Any, place: dict[str, Any]) -> None:
    client = page(make.user())
    take(client, place, 2)
    first = Appointment.objects.get()
    take(client, place, 3)
    second = Appointment.objects.exclude(pk=first.pk).get()
    typed = {"patient": "new", "name": "مینا شریفی"}
    refused = client.post("/book/details/", {**typed, "held": first.pk})
    assert refused.status_code == 409
    assert 'value="مینا شریفی"' in text_of(refused)
    assert f'name="held" value="{second.pk}"' in text_of(refused)
    assert client.post("/book/details/", {**typed, "held": second.pk}).status_code == 302
    assert Appointment.objects.get(status="booked").pk == second.pk


@pytest.fixture
def visit(make: Any, place: dict[str, Any]) -> Appointment:
    return actions.book_direct(**place, patient=make.patient(), starts_at=soon(5), by=None)


def test_managing_by_link(page: Any, visit: Appointment) -> None:
    client, link = page(), f"/a/{visit.link_token}/"
    assert visit.patient.full_name in text_of(client.get(link))
    assert client.post(f"{link}confirm/").status_code == 302
    assert client.post(f"{link}cancel/", {"reason": "سفر"}).status_code == 302
    visit.refresh_from_db()
    assert (visit.status, visit.cancelled_by_patient) == ("cancelled", True)
    client.post(f"{link}undo/")
    value = f"{visit.practitioner_id}-{visit.branch_id}-{int(soon(6).timestamp())}"
    moved = client.post(f"{link}move/", {"slot": value})
    new = Appointment.objects.get(status="booked")
    assert moved["Location"] == f"/a/{new.link_token}/?moved=1"
    assert client.get(link)["Location"] == f"/a/{new.link_token}/"  # the old link leads to the new time
    assert client.get("/a/nothing/").status_code == 404


def test_moving_to_a_taken_time(page: Any, make: Any, place: dict[str, Any], visit: Appointment) -> None:
    actions.book_direct(**place, patient=make.patient(), starts_at=soon(6), by=None)
    value = f"{visit.practitioner_id}-{visit.branch_id}-{int(soon(6).timestamp())}"
    response = page().post(f"/a/{visit.link_token}/move/", {"slot": value})
    assert response.status_code == 409
    assert "c-slots--wide" in text_of(response)


def test_moving_to_a_time_that_cannot_be_left_again_is_asked_for_first(
    page: Any, make: Any, place: dict[str, Any], visit: Appointment
) -> None:
    place["service"].cancel_until_hours, place["service"].late_fee_percent = 72, 50
    place["service"].save()
    client, link = page(), f"/a/{visit.link_token}/"
    near = {"slot": f"{visit.practitioner_id}-{visit.branch_id}-{int(soon(2).timestamp())}"}
    asked = client.post(f"{link}move/", near)
    assert asked.status_code == 200
    assert 'name="sure"' in text_of(asked)
    assert "۲۵" in text_of(asked)  # what it may cost
    visit.refresh_from_db()
    assert visit.status == "booked"
    assert client.post(f"{link}move/", {**near, "sure": "1"}).status_code == 302
    moved = Appointment.objects.get(status="booked")
    assert moved.starts_at == soon(2)
    client.post(f"/a/{moved.link_token}/cancel/")
    assert "۲۵" in text_of(client.get(f"/a/{moved.link_token}/"))


def test_calendar_entry(page: Any, visit: Appointment) -> None:
    response = page().get(f"/a/{visit.link_token}/calendar.ics")
    entry = text_of(response)
    assert response["Content-Type"].startswith("text/calendar")
    assert f"DTSTART:{visit.starts_at:%Y%m%dT%H%M%SZ}" in entry
    assert "STATUS:CONFIRMED" in entry


def test_my_visits(page: Any, make: Any, place: dict[str, Any]) -> None:
    user = make.user()
    client = page(user)
    take(client, place)
    client.post("/book/details/", {"patient": "new", "name": "مینا شریفی"})
    shown = text_of(client.get("/my/"))
    assert "مینا شریفی" in shown
    assert shown_name(place["service"]) in shown
    assert 'hx-get="/my/bills/"' in shown
    assert page().get("/my/").status_code == 302


def test_the_home_page_says_when_the_clinic_is_open(make: Any, page: Any) -> None:
    branch, doctor = make.branch(), make.practitioner(make.service(), hours=False)
    other = make.practitioner(make.service(), hours=False)
    for who, weekdays, starts, ends in ((doctor, range(4), 9, 14), (other, range(4), 16, 20), (doctor, [5], 8, 12)):
        for weekday in weekdays:
            WorkingHours.objects.create(
                practitioner=who, branch=branch, weekday=weekday, starts=dt.time(starts), ends=dt.time(ends)
            )
    with translation.override("fa"):
        told = [(each.first, each.last, each.opens.hour, each.closes.hour) for each in usual_hours(branch)]
    assert told == [("شنبه", "", 8, 12), ("دوشنبه", "پنجشنبه", 9, 20)]
    assert "۹:۰۰" in page().get("/").content.decode().replace("۰۹:۰۰", "۹:۰۰")
