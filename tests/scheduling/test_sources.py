"""Where an appointment came from: kept from the click on a campaign's link to the visit, and chosen at the desk."""

import datetime as dt
from typing import Any

import pytest

from scheduling import actions
from scheduling.models import Appointment
from scheduling.queries.origins import source_words
from tests.scheduling.test_holds import soon
from tests.scheduling.test_overrides import HTMX, typed

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
