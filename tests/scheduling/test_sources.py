"""Where an appointment came from: kept from the click on a campaign's link to the visit, and chosen at the desk."""

import datetime as dt
from typing import Any

import pytest

from scheduling import actions
from scheduling.models import Appointment, WaitlistOffer
from scheduling.queries.origins import source_words
from tests.scheduling.floor_make import Floor
from tests.scheduling.test_holds import soon
from tests.scheduling.test_overrides import HTMX, typed
from tests.scheduling.waiting import Waiting, told

LINK = {"utm_source": "instagram", "utm_medium": "story", "utm_campaign": "spring"}


@pytest.fixture
def place(make: Any) -> dict[str, Any]:
    service = make.service()
    return {"service": service, "practitioner": make.practitioner(service), "branch": make.branch()}


def test_a_campaigns_link_is_kept_through_hold_booking_and_move(make: Any, page: Any, place: dict[str, Any]) -> None:
    client, patient = page("patient"), make.patient()
    client.get("/", LINK)
    slot = f"{place['practitioner'].pk}-{place['branch'].pk}-{int(soon().timestamp())}"
    client.post(f"/book/{place['service'].pk}/take/", {"slot": slot})
    held = Appointment.objects.get()
    assert (held.status, held.source, held.campaign) == ("held", "campaign", LINK)
    booked = actions.book(hold=held, patient=patient, by=client.user)
    moved = actions.reschedule(appointment=booked, starts_at=soon() + dt.timedelta(days=1), by=None)
    assert (moved.source, moved.campaign) == ("campaign", LINK)
    assert source_words(moved).endswith("instagram / story / spring")


def test_a_wish_from_a_campaigns_link_keeps_it(make: Any, page: Any) -> None:
    hall = Waiting(make)
    client = page("patient")
    client.get("/", LINK)
    assert client.post(f"/book/{hall.service.pk}/wait/", {"name": "سارا محمدی"}).status_code == 302
    hall.joins()  # asked with her at once, of the desk: the first for whom the time is held
    hall.rules(waitlist_mode="several", waitlist_at_once=2)
    hall.frees()
    told(hall.time)
    offers = {offer.entry.source: offer for offer in WaitlistOffer.objects.select_related("entry")}
    booked = actions.accept_offer(offer=offers["campaign"], by=None)
    assert (booked.source, booked.campaign) == ("campaign", LINK)


def test_who_waits_at_the_desk_came_by_the_desk(make: Any) -> None:
    hall = Waiting(make)
    hall.joins()
    hall.frees()
    told(hall.time)
    booked = actions.accept_offer(offer=hall.offer, by=None)
    assert (booked.source, booked.campaign) == ("desk", {})


@pytest.mark.parametrize("standing", ["booked", "pending"])
@pytest.mark.parametrize("by_desk", [False, True])
def test_an_earlier_time_keeps_where_the_visit_came_from(make: Any, standing: str, by_desk: bool) -> None:
    hall = Waiting(make)
    hers = hall.booked(hall.at(9), source="referral", referred_by="دکتر کیانی")
    hers.campaign, hers.status = LINK, standing
    hers.save()
    entry = hall.joins(patient=hers.patient, instead_of=hers)
    if by_desk:
        new = actions.book_entry(
            entry=entry, practitioner=hall.doctor, branch=hall.branch, starts_at=hall.at(3), by=hall.desk
        )
    else:
        hall.frees(hall.at(3))
        told(hall.time)
        new = actions.accept_offer(offer=hall.offer, by=None)
    assert (new.source, new.campaign, new.referred_by) == ("referral", LINK, "دکتر کیانی")
    stands = Appointment.objects.filter(patient=hers.patient, status__in=["booked", "pending"])
    assert list(stands) == [new]


def test_without_a_campaign_it_is_the_site(page: Any, place: dict[str, Any]) -> None:
    slot = f"{place['practitioner'].pk}-{place['branch'].pk}-{int(soon().timestamp())}"
    page("patient").post(f"/book/{place['service'].pk}/take/", {"slot": slot})
    assert Appointment.objects.get().source == "site"


def test_the_desk_says_by_whom_she_was_referred(make: Any, page: Any, place: dict[str, Any]) -> None:
    client = page("secretary")
    assert 'value="phone" checked' in client.get("/desk/book/").content.decode()
    values = typed(place, make.patient(), soon(), source="referral", referred_by="دکتر کیانی")
    assert client.post("/desk/book/", values, headers=HTMX).status_code == 204
    booked = Appointment.objects.get()
    assert (booked.source, booked.referred_by) == ("referral", "دکتر کیانی")
    panel = client.get(f"/desk/appointments/{booked.pk}/", headers=HTMX).content.decode()
    assert "دکتر کیانی" in panel
    moved = actions.reschedule(appointment=booked, starts_at=soon() + dt.timedelta(days=1), by=None)
    assert moved.referred_by == "دکتر کیانی"


def test_who_called_was_referred_by_nobody(make: Any, page: Any, place: dict[str, Any]) -> None:
    values = typed(place, make.patient(), soon(), source="phone", referred_by="typed, then changed her mind")
    page("secretary").post("/desk/book/", values, headers=HTMX)
    booked = Appointment.objects.get()
    assert (booked.source, booked.referred_by) == ("phone", "")


def test_the_api_says_where_a_booking_came_from(api: Any, make: Any, place: dict[str, Any]) -> None:
    def body(hour: int, **more: Any) -> dict[str, Any]:
        ids = {"service": place["service"].pk, "doctor": place["practitioner"].pk, "branch": place["branch"].pk}
        return {**ids, "starts_at": soon(hour=hour).isoformat(), **more}

    def kept(number: Any) -> tuple[Any, ...]:
        row = Appointment.objects.get(pk=number)
        return row.source, row.campaign, row.referred_by

    patient, desk, who = api("patient"), api("secretary"), make.patient().pk
    mina = {"first_name": "مینا", "last_name": "شریفی", "utm": {**LINK, "other": "x"}, "source": "phone"}
    booked = patient.post("/api/v1/appointments/", body(9, **mina), format="json")
    assert kept(booked.json()["id"]) == ("campaign", LINK, "")
    held = patient.post("/api/v1/holds/", body(10, utm=LINK), format="json").json()
    booked = patient.post("/api/v1/appointments/", {"hold": held["id"]}, format="json")
    assert kept(booked.json()["id"]) == ("campaign", LINK, "")
    called = desk.post("/api/v1/appointments/", body(11, patient=who, source="phone"), format="json")
    assert kept(called.json()["id"]) == ("phone", {}, "")
    sent = body(12, patient=who, source="referral", referred_by="Dr Kiani")
    assert kept(desk.post("/api/v1/appointments/", sent, format="json").json()["id"]) == ("referral", {}, "Dr Kiani")
    assert desk.post("/api/v1/appointments/", body(13, patient=who, source="x"), format="json").status_code == 400


def test_a_walk_in_was_referred_by_somebody(make: Any) -> None:
    floor = Floor(make)
    who = {"service": floor.service, "practitioner": floor.doctor, "branch": floor.branch, "by": floor.clerk}
    visit = actions.walk_in(patient=make.patient(), referred_by=" Dr Kiani ", **who)
    assert visit.referred_by == "Dr Kiani"
    if visit.appointment is not None:
        assert (visit.appointment.source, visit.appointment.referred_by) == ("walk_in", "Dr Kiani")
