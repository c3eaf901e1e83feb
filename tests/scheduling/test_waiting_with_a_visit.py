"""Who waits and has a visit already never ends up with two, whoever put her on the list, whatever changed since."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from clinic.patients.actions import own_patient_for
from clinic.shared.errors import Conflict, Invalid
from scheduling import actions
from scheduling.models import Appointment, PolicyAcceptance, WaitlistEntry, WaitlistOffer
from scheduling.queries.policy import agreement_for
from scheduling.queries.series import Wish
from scheduling.statuses import AppointmentStatus as A
from tests.scheduling.waiting import Waiting, told

HTMX = {"HX-Request": "true"}


@pytest.fixture
def hall(make: Any) -> Waiting:
    return Waiting(make)


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def upcoming(patient: Any) -> list[dt.datetime]:
    rows = Appointment.objects.filter(patient=patient, status=A.BOOKED).order_by("starts_at")
    return list(rows.values_list("starts_at", flat=True))


def test_she_waits_for_an_earlier_one_by_itself(hall: Waiting) -> None:
    hers = hall.booked(hall.at(9))
    entry = hall.joins(patient=hers.patient)
    assert entry.instead_of == hers
    hall.frees()
    told(hall.time)
    moved = actions.accept_offer(offer=hall.offer, by=None)
    assert upcoming(hers.patient) == [moved.starts_at]
    assert fresh(hers).status == A.RESCHEDULED


def test_no_later_one_is_offered_to_her(hall: Waiting) -> None:
    hers = hall.booked(hall.at(2))
    hall.joins(patient=hers.patient)
    hall.frees(hall.at(9))
    assert not WaitlistOffer.objects.exists()


def test_who_wants_another_one_after_it_gets_another_one(hall: Waiting) -> None:
    hers = hall.booked(hall.at(2))
    entry = hall.joins(patient=hers.patient, first_day=hall.at(5).date())
    assert entry.instead_of is None
    hall.frees(hall.at(9))
    told(hall.time)
    actions.accept_offer(offer=hall.offer, by=None)
    assert upcoming(hers.patient) == [hall.at(2), hall.at(9)]


def test_the_desk_is_told_what_she_has(hall: Waiting, page: Any) -> None:
    desk, hers = page("secretary"), hall.booked(hall.at(9))
    sent = {"patient": hers.patient_id, "service": hall.service.pk, "notice_minutes": 60, "priority": 0}
    answer = desk.post("/desk/waitlist/new/", sent, headers=HTMX)
    assert answer.status_code == 204
    entry = WaitlistEntry.objects.get()
    assert entry.instead_of == hers
    drawer = desk.get(f"/desk/waitlist/{entry.pk}/", headers=HTMX)
    assert drawer.context["standing"] == hers


@pytest.mark.parametrize("same_doctor", [True, False])
def test_the_promise_is_shown_and_kept_when_prices_change(make: Any, page: Any, same_doctor: bool) -> None:
    hall = Waiting(make, price=Decimal(1_000_000), no_show_fee_percent=50)
    hers = hall.booked(hall.at(9))
    hall.joins(patient=hers.patient)
    hall.service.price = Decimal(1_200_000)
    hall.service.save()
    doctor = hall.doctor if same_doctor else make.practitioner(hall.service, branch=hall.branch)
    gone = actions.book_direct(
        service=hall.service,
        practitioner=doctor,
        branch=hall.branch,
        patient=make.patient(),
        starts_at=hall.at(),
        by=hall.desk,
    )
    actions.cancel(appointment=gone, by=hall.desk)
    told(hall.time)
    price = Decimal(1_000_000 if same_doctor else 1_200_000)
    with translation.override("fa"):
        agreement = agreement_for(hall.service, price)
    client, address = page(), f"/o/{hall.offer.token}/"
    assert agreement.mark in client.get(address).content.decode()
    assert client.post(f"{address}accept/", {"agreed": agreement.mark}).status_code == 302
    moved = Appointment.objects.get(patient=hers.patient, status=A.BOOKED)
    assert (moved.price, PolicyAcceptance.objects.get(appointment=moved).text) == (price, agreement.text)


def test_signed_in_she_takes_a_time_in_another_branch(hall: Waiting, make: Any) -> None:
    user = make.user()
    hers = hall.booked(hall.at(9), patient=own_patient_for(user=user, first_name="Sara", last_name="Ahmadi", by=user))
    actions.join_waitlist(patient=hers.patient, service=hall.service, instead_of=hers, by=user)
    there = make.branch()
    doctor = make.practitioner(hall.service, branch=there)
    gone = actions.book_direct(
        service=hall.service, practitioner=doctor, branch=there, patient=make.patient(), starts_at=hall.at(), by=None
    )
    actions.cancel(appointment=gone, by=None)
    told(hall.time)
    moved = actions.accept_offer(offer=hall.offer, by=user)
    assert (moved.branch, upcoming(hers.patient)) == (there, [moved.starts_at])


def test_what_is_given_to_another_patient_is_not_offered(hall: Waiting, make: Any) -> None:
    hall.joins()
    old, who = hall.booked(), make.patient()
    new = actions.give_to(appointment=old, patient=who, by=hall.desk)
    assert (new.patient, new.starts_at) == (who, old.starts_at)
    assert not WaitlistOffer.objects.exists()


def test_several_move_into_each_others_times_before_one_is_offered(hall: Waiting) -> None:
    first = hall.booked(hall.at(9))
    wish = Wish(first.service, first.practitioner, first.branch, first.patient, first.mode)
    second = actions.book_series(
        wish=wish, dates=[(hall.doctor, hall.at(16))], every_days=7, first=first, by=hall.desk
    )[-1]
    hall.joins()
    dates = [(fresh(first), hall.doctor, hall.at(2)), (fresh(second), hall.doctor, hall.at(9))]
    actions.move_following(appointment=fresh(first), dates=dates, by=hall.desk)
    assert upcoming(first.patient) == [hall.at(2), hall.at(9)]
    assert hall.offer.hold.starts_at == hall.at(16)


def test_everybody_who_comes_along_has_a_name(hall: Waiting, make: Any, page: Any) -> None:
    desk, mother, child = page("secretary"), make.patient(), make.patient(first_name="مینا", last_name="شریفی")
    sent = {"patient": mother.pk, "service": hall.service.pk, "notice_minutes": 60, "priority": 0}
    answer = desk.post("/desk/waitlist/new/", sent | {"companions": "رضا"}, headers=HTMX)
    assert "companions" in answer.context["form"].errors
    answer = desk.post("/desk/waitlist/new/", sent | {"companions": "مینا شریفی، نوید تازه‌وارد"}, headers=HTMX)
    assert answer.status_code == 204
    entry = WaitlistEntry.objects.get()
    names = [each.full_name for each in entry.companions.order_by("pk")]
    assert (entry.party_size, names[0], len(names)) == (3, child.full_name, 2)
    hall.frees(hall.at(3))
    told(hall.time)
    booked = actions.accept_offer(offer=hall.offer, by=None)
    assert Appointment.objects.filter(bundle=booked.bundle, status=A.BOOKED).count() == 3


def test_a_party_of_whom_one_may_not_is_not_asked(make: Any) -> None:
    hall = Waiting(make, min_gap_days=30)
    child = make.patient()
    hall.booked(hall.at(9), patient=child)
    hall.joins(companions=[child])
    hall.frees()
    assert not WaitlistOffer.objects.exists()


def test_nobody_comes_along_twice(hall: Waiting, make: Any) -> None:
    child = make.patient()
    for companions in ([child, child], [make.patient() for _each in range(6)]):
        with pytest.raises(Invalid) as refused:
            hall.joins(companions=companions)
        assert refused.value.field == "companions"


def test_the_desk_goes_on_where_the_rules_only_warn(make: Any, page: Any) -> None:
    hall = Waiting(make, min_gap_days=30)
    entry = hall.joins()
    hall.booked(hall.at(9), patient=entry.patient)
    entry.refresh_from_db()
    entry.instead_of = None
    entry.save()
    desk = page("secretary")
    place = f"/desk/waitlist/fits/?branch={hall.branch.pk}&resource={hall.doctor.pk}&start={hall.at():%Y-%m-%dT%H:%M}"
    asked = desk.post(place, {"entry": entry.pk, "do": "book"}, headers=HTMX)
    assert asked.status_code == 409
    assert 'name="despite"' in asked.content.decode()
    assert desk.post(place, {"entry": entry.pk, "do": "book", "despite": "1"}, headers=HTMX).status_code == 204
    with pytest.raises(Conflict):
        actions.book_entry(
            entry=entry, practitioner=hall.doctor, branch=hall.branch, starts_at=hall.at(4), by=hall.desk
        )
