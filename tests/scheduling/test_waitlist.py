"""The waitlist's rules: who is asked, in which order, until when; what each answer and each undo does."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from clinic.shared.errors import Conflict, Forbidden, Invalid
from messaging.models import Message
from scheduling import actions
from scheduling.models import (
    Appointment,
    FreedTime,
    Occupancy,
    PolicyAcceptance,
    PractitionerService,
    WaitlistOffer,
    WaitlistSkip,
)
from scheduling.queries.slots import free_slots
from scheduling.statuses import AppointmentStatus as A
from scheduling.tasks import sweep_entries, sweep_holds, sweep_waitlist
from tests.scheduling.waiting import Waiting, lapse, told


@pytest.fixture
def hall(make: Any) -> Waiting:
    return Waiting(make)


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def messages(kind: str) -> list[Message]:
    return list(Message.objects.filter(kind=kind).order_by("pk"))


def test_a_freed_time_is_held_and_offered_in_one_transaction(hall: Waiting) -> None:
    entry = hall.joins()
    freed = hall.frees()
    offer = hall.offer
    assert (offer.entry, offer.status, offer.hold.status) == (entry, "offered", A.HELD)
    assert (offer.hold.starts_at, offer.hold.practitioner) == (freed.starts_at, hall.doctor)
    assert offer.hold.held_by.startswith("offer:")
    assert offer.hold.hold_expires_at > offer.expires_at
    assert fresh(entry).status == "offered"
    begin = hall.at()
    slots = free_slots(service=hall.service, since=begin, until=begin + dt.timedelta(minutes=15))
    assert slots == []
    message = messages("waitlist_offer")[0]
    assert f"/o/{offer.token}/" in message.text
    assert message.send_after == offer.tell_at
    assert offer.tell_at - timezone.now() > dt.timedelta(minutes=2)  # the time for an undo
    assert offer.expires_at - offer.tell_at == dt.timedelta(minutes=30)


def test_nobody_waits_and_the_time_is_public(hall: Waiting) -> None:
    freed = hall.frees()
    assert (hall.time.outcome, hall.time.freed) == ("nobody", freed)
    assert not Occupancy.objects.exists()


def test_accepting_books_in_one_tap_and_only_once(hall: Waiting) -> None:
    entry = hall.joins()
    hall.frees()
    told(hall.time)
    offer = hall.offer
    booked = actions.accept_offer(offer=offer, by=None)
    assert (booked.status, booked.patient, booked.pk) == (A.BOOKED, entry.patient, offer.hold_id)
    assert actions.accept_offer(offer=offer, by=None) == booked
    assert (fresh(offer).status, fresh(entry).status, fresh(entry).booked) == ("accepted", "booked", booked)
    assert hall.time.outcome == "filled"
    assert Appointment.objects.filter(patient=entry.patient, status=A.BOOKED).count() == 1
    assert len([m for m in messages("booking_confirmed") if m.patient == entry.patient]) == 1


def test_accepting_moves_the_old_visit_and_starts_the_next_chain(hall: Waiting) -> None:
    hers = hall.booked(hall.at(9))
    earlier = hall.joins(patient=hers.patient, instead_of=hers)
    next_one = hall.joins(first_day=hall.at(8).date())
    hall.frees(hall.at(3))
    told(hall.time)
    booked = actions.accept_offer(offer=hall.offer, by=None)
    assert (booked.starts_at, booked.status, booked.patient) == (hall.at(3), A.BOOKED, hers.patient)
    assert (fresh(hers).status, fresh(hers).successor) == (A.RESCHEDULED, booked)
    assert fresh(earlier).booked == booked
    assert [m.appointment for m in messages("appointment_moved")] == [booked]
    chain = hall.offer
    assert (chain.entry, chain.hold.starts_at, chain.time.freed) == (next_one, hall.at(9), hers)
    assert Appointment.objects.filter(patient=hers.patient, status=A.BOOKED).count() == 1


def test_accept_then_cancel_frees_at_once_and_asks_the_next(hall: Waiting) -> None:
    first, second = hall.joins(), hall.joins()
    hall.frees()
    booked = actions.accept_offer(offer=hall.offer, by=None)
    actions.cancel(appointment=booked, by_patient=True, by=None)
    assert (fresh(first).status, fresh(second).status) == ("booked", "offered")
    assert hall.offer.hold.starts_at == booked.starts_at
    with pytest.raises(Conflict):
        actions.decline_offer(offer=WaitlistOffer.objects.get(entry=first), by=None)


def test_declined_goes_to_the_next_and_she_keeps_her_place(hall: Waiting) -> None:
    first, second = hall.joins(), hall.joins()
    hall.frees()
    offer = hall.offer
    actions.decline_offer(offer=offer, by=None)
    actions.decline_offer(offer=offer, by=None)
    assert (fresh(first).status, fresh(second).status, hall.offer.entry) == ("waiting", "offered", second)
    actions.decline_offer(offer=hall.offer, by=None)
    assert hall.time.outcome == "nobody"
    assert not Occupancy.objects.exists()
    assert "asked_before" in set(WaitlistSkip.objects.filter(entry=first).values_list("reason", flat=True))


def test_an_unanswered_offer_passes_on_by_the_sweep(hall: Waiting) -> None:
    first, second = hall.joins(), hall.joins()
    hall.frees()
    offer = hall.offer
    sweep_waitlist()
    assert hall.offer == offer
    lapse(offer)
    with pytest.raises(Conflict) as refused:
        actions.accept_offer(offer=offer, by=None)
    assert (refused.value.code, len(refused.value.details["nearest"])) == ("gone", 3)
    sweep_waitlist()
    assert (fresh(offer).status, fresh(first).status) == ("expired", "waiting")
    assert (hall.offer.entry, hall.offer.round) == (second, 2)
    sweep_waitlist()
    assert WaitlistOffer.objects.count() == 2


def test_the_hold_outlives_the_offer_until_a_sweep_comes(hall: Waiting) -> None:
    hall.joins()
    hall.frees()
    lapse(hall.offer)
    sweep_holds()
    assert fresh(hall.offer.hold).status == A.HELD
    with pytest.raises(Conflict):
        hall.booked()


def test_after_a_long_standstill_nothing_is_blocked_and_nothing_is_lost(hall: Waiting) -> None:
    first, second = hall.joins(), hall.joins()
    hall.frees()
    offer = hall.offer
    lapse(offer)
    hold = fresh(offer.hold)
    hold.hold_expires_at = timezone.now() - dt.timedelta(minutes=1)
    hold.save()
    other = hall.booked()  # nobody looked after it: it is anybody's
    sweep_waitlist()
    assert (hall.time.outcome, fresh(first).status, fresh(second).status) == ("taken", "waiting", "waiting")
    assert fresh(other).status == A.BOOKED


def test_several_are_asked_at_once_and_the_first_wins(hall: Waiting) -> None:
    hall.rules(waitlist_mode="several", waitlist_at_once=2)
    first, second, third = hall.joins(), hall.joins(), hall.joins()
    hall.frees()
    told(hall.time)
    offers = list(WaitlistOffer.objects.order_by("pk"))
    assert [offer.entry for offer in offers] == [first, second]
    assert len({offer.hold_id for offer in offers}) == 1
    booked = actions.accept_offer(offer=offers[1], by=None)
    assert booked.patient == second.patient
    assert (fresh(offers[0]).status, fresh(first).status, fresh(third).status) == ("lost", "waiting", "waiting")
    with pytest.raises(Conflict) as refused:
        actions.accept_offer(offer=offers[0], by=None)
    assert refused.value.code == "gone"
    gone = messages("waitlist_gone")
    assert [message.patient for message in gone] == [first.patient]


def test_the_next_several_are_asked_when_all_have_said_no(hall: Waiting) -> None:
    hall.rules(waitlist_mode="several", waitlist_at_once=2)
    entries = [hall.joins() for _each in range(3)]
    hall.frees()
    for offer in WaitlistOffer.objects.filter(round=1):
        assert fresh(entries[2]).status == "waiting"
        actions.decline_offer(offer=offer, by=None)
    assert (hall.offer.entry, hall.offer.round) == (entries[2], 2)


@pytest.mark.parametrize(
    ("wishes", "reason"),
    [
        (lambda hall: {"practitioner": hall.make.practitioner(hall.service)}, "doctor"),
        (lambda hall: {"branch": hall.make.branch(name="other")}, "branch"),
        (lambda hall: {"weekdays": [(hall.at().weekday() + 1) % 7]}, "weekday"),
        (lambda _hall: {"from_time": dt.time(11)}, "hours"),
        (lambda _hall: {"until_time": dt.time(9, 30)}, "hours"),
        (lambda hall: {"first_day": hall.at(3).date()}, "days"),
        (lambda hall: {"last_day": hall.at(1).date()}, "days"),
        (lambda _hall: {"notice_minutes": 3 * 24 * 60}, "notice"),
        (lambda hall: {"patient": hall.make.patient(phone="")}, "no_phone"),
    ],
)
def test_who_cannot_is_passed_over_with_a_reason(hall: Waiting, wishes: Any, reason: str) -> None:
    entry, suits = hall.joins(**wishes(hall)), hall.joins()
    hall.frees()
    assert hall.offer.entry == suits
    skip = WaitlistSkip.objects.get(entry=entry)
    assert (skip.reason, skip.time) == (reason, hall.time)


def test_busy_not_earlier_too_long_and_behind(hall: Waiting) -> None:
    long = hall.make.service(minutes=120)
    PractitionerService(practitioner=hall.doctor, service=long).save()
    elsewhere = hall.make.service()
    visit = hall.booked(service=elsewhere, practitioner=hall.make.practitioner(elsewhere))
    busy = hall.joins(patient=visit.patient)
    soon = hall.booked(hall.at(1))
    not_earlier = hall.joins(patient=soon.patient, instead_of=soon)
    hall.booked(hall.at(2, 9)), hall.booked(hall.at(2, 11))
    too_long, first, behind = hall.joins(service=long), hall.joins(), hall.joins()
    hall.frees()
    found = dict(WaitlistSkip.objects.values_list("entry", "reason"))
    assert found == {
        busy.pk: "busy", not_earlier.pk: "not_earlier", too_long.pk: "length", behind.pk: "behind",
    }  # fmt: skip
    assert hall.offer.entry == first


def test_another_service_that_fits_is_offered_too(hall: Waiting) -> None:
    short = hall.make.service(minutes=15)
    PractitionerService(practitioner=hall.doctor, service=short).save()
    entry = hall.joins(service=short)
    hall.frees()
    assert (hall.offer.entry, hall.offer.hold.service) == (entry, short)
    later = hall.at() + dt.timedelta(minutes=15)
    slots = free_slots(service=short, since=hall.at(), until=later + dt.timedelta(minutes=15))
    assert [slot.starts_at for slot in slots] == [later]


def test_order_is_urgency_then_not_lately_then_joined(hall: Waiting) -> None:
    lately, first, urgent = hall.joins(), hall.joins(), hall.joins(priority=1)
    lately.last_offered_at = timezone.now() - dt.timedelta(hours=2)
    lately.save()
    hall.frees()
    asked = []
    for _each in range(3):
        asked.append(hall.offer.entry)
        actions.decline_offer(offer=hall.offer, by=None)
    assert asked == [urgent, first, lately]


def test_a_party_gets_times_for_all_or_none(hall: Waiting) -> None:
    child = hall.make.patient()
    party = hall.joins(companions=[child])
    assert party.party_size == 2
    hall.booked(hall.at(2, 9, 30))
    hall.booked(hall.at(2, 10, 30))
    hall.frees()  # half an hour between two visits: too little for two
    assert WaitlistSkip.objects.get(entry=party).reason == "party"
    assert not WaitlistOffer.objects.exists()
    hall.frees(hall.at(3))
    told(hall.time)
    booked = actions.accept_offer(offer=hall.offer, by=None)
    both = Appointment.objects.filter(bundle=booked.bundle, status=A.BOOKED).order_by("starts_at")
    assert [visit.patient for visit in both] == [party.patient, child]
    assert both[0].ends_at == both[1].starts_at
    assert booked.bundle


def test_a_party_that_declines_lets_all_times_go(hall: Waiting) -> None:
    hall.joins(companions=[hall.make.patient(), hall.make.patient()])
    hall.frees()
    assert Occupancy.objects.filter(resource=f"d:{hall.doctor.pk}").count() == 3
    actions.decline_offer(offer=hall.offer, by=None)
    assert not Occupancy.objects.exists()


def test_never_below_the_notice_and_the_stop(hall: Waiting) -> None:
    hall.rules(waitlist_stop_minutes=0)
    entry = hall.joins(notice_minutes=60)
    soon = timezone.now() + dt.timedelta(minutes=80)
    soon = soon.replace(minute=soon.minute // 15 * 15, second=0, microsecond=0) + dt.timedelta(minutes=15)
    hall.frees(soon)
    assert hall.offer.entry == entry
    assert hall.offer.expires_at <= soon - dt.timedelta(minutes=60)
    actions.decline_offer(offer=hall.offer, by=None)
    hall.rules(waitlist_stop_minutes=120)
    hall.joins(notice_minutes=0)
    hall.frees(soon)
    assert hall.time.outcome == "too_late"


def test_service_notice_adds_to_the_way(make: Any) -> None:
    hall = Waiting(make, min_notice_minutes=24 * 60)
    entry = hall.joins(notice_minutes=24 * 60)
    hall.frees(hall.at(1, 12))
    assert WaitlistSkip.objects.get(entry=entry).reason == "notice"
    hall.frees(hall.at(4))
    assert hall.offer.entry == entry


def test_at_night_nobody_is_asked_and_the_time_is_public(make: Any) -> None:
    hall = Waiting(make, hour=23)
    hall.day_and_night()
    entry = hall.joins()
    hall.frees()
    assert not WaitlistOffer.objects.exists()
    assert not Occupancy.objects.exists()
    assert hall.time.look_at.astimezone(hall.at().tzinfo).hour == 8
    sweep_waitlist()
    assert not WaitlistOffer.objects.exists()
    hall.clock(11)  # morning has come
    FreedTime.objects.update(look_at=timezone.now())
    sweep_waitlist()
    assert hall.offer.entry == entry


def test_in_the_evening_the_deadline_is_nine_at_the_latest(make: Any) -> None:
    hall = Waiting(make, hour=20)
    hall.rules(waitlist_minutes=600)
    hall.joins()
    hall.frees()
    night = hall.at(0, 21)
    if WaitlistOffer.objects.exists():  # a run in the last ten minutes of an hour meets the night itself
        assert hall.offer.expires_at == night
    else:
        assert hall.time.look_at == hall.at(1, 8)


def test_an_undo_within_three_minutes_takes_the_offer_back_untold(hall: Waiting) -> None:
    entry = hall.joins()
    freed = hall.frees()
    offer = hall.offer
    assert actions.restore(appointment=freed, by=hall.desk).status == A.BOOKED
    assert (fresh(offer).status, fresh(entry).status, hall.time.outcome) == ("withdrawn", "waiting", "undone")
    assert fresh(entry).last_offered_at is None
    assert messages("waitlist_offer")[0].status == "withdrawn"
    assert messages("waitlist_gone") == []


def test_a_later_undo_finds_the_time_promised(hall: Waiting) -> None:
    hall.joins()
    freed = hall.frees()
    told(hall.time)
    with pytest.raises(Conflict) as refused:
        actions.restore(appointment=freed, by=hall.desk)
    assert (refused.value.code, fresh(hall.offer).status) == ("taken", "offered")
    actions.stop_offering(time=hall.time, by=hall.desk)
    assert actions.restore(appointment=freed, by=hall.desk).status == A.BOOKED
    assert [message.patient for message in messages("waitlist_gone")] == [hall.offer.entry.patient]


def test_a_move_frees_its_old_time_and_can_be_taken_back(hall: Waiting) -> None:
    hall.joins()
    visit = hall.booked()
    moved = actions.reschedule(appointment=visit, starts_at=hall.at(5), by=hall.desk)
    assert hall.offer.hold.starts_at == visit.starts_at
    back = actions.move_back(appointment=moved, by=hall.desk)
    assert back.starts_at == visit.starts_at
    assert fresh(WaitlistOffer.objects.get(time__freed=visit)).status == "withdrawn"
    assert hall.offer.hold.starts_at == moved.starts_at  # and now the other one is offered


def test_one_live_entry_a_patient_and_service(hall: Waiting) -> None:
    entry = hall.joins()
    with pytest.raises(Conflict) as refused:
        hall.joins(patient=entry.patient)
    assert (refused.value.code, refused.value.details["entry"]) == ("already", entry.pk)
    actions.withdraw_entry(entry=entry, by=None)
    assert hall.joins(patient=entry.patient).status == "waiting"
    for _each in range(4):
        hall.joins(patient=entry.patient, service=hall.make.service())
    with pytest.raises(Conflict):
        hall.joins(patient=entry.patient, service=hall.make.service())


@pytest.mark.parametrize(
    ("wishes", "field"),
    [
        ({"weekdays": [7]}, "weekdays"),
        ({"from_time": dt.time(12), "until_time": dt.time(11)}, "until_time"),
        ({"last_day": dt.date(2020, 1, 1)}, "last_day"),
        ({"first_day": dt.date(2999, 1, 1)}, "first_day"),
        ({"notice_minutes": 10**6}, "notice_minutes"),
        ({"priority": 9}, "priority"),
    ],
)
def test_wishes_that_cannot_be(hall: Waiting, wishes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        hall.joins(**wishes)
    assert refused.value.field == field


def test_only_the_desk_makes_it_urgent(hall: Waiting) -> None:
    with pytest.raises(Forbidden):
        hall.joins(priority=1, by=hall.make.user())


def test_withdrawing_hands_the_held_time_on(hall: Waiting) -> None:
    first, second = hall.joins(), hall.joins()
    hall.frees()
    actions.withdraw_entry(entry=first, by=None)
    actions.withdraw_entry(entry=first, by=None)
    assert (fresh(first).status, fresh(second).status, hall.offer.entry) == ("withdrawn", "offered", second)
    with pytest.raises(Conflict):
        actions.change_entry(entry=first, weekdays=[1], by=None)


def test_changed_wishes_count_for_the_next_time(hall: Waiting) -> None:
    entry = hall.joins(from_time=dt.time(15))
    hall.frees()
    assert not WaitlistOffer.objects.exists()
    actions.change_entry(entry=entry, from_time=None, weekdays=list(range(7)), by=None)
    assert fresh(entry).weekdays == []
    hall.frees(hall.at(4))
    assert hall.offer.entry == entry


def test_a_visit_booked_elsewhere_turns_the_wish_into_an_earlier_one(hall: Waiting) -> None:
    entry = hall.joins()
    visit = hall.booked(hall.at(5), patient=entry.patient)
    assert fresh(entry).instead_of == visit
    hall.frees(hall.at(3))
    actions.accept_offer(offer=hall.offer, by=None)
    assert Appointment.objects.filter(patient=entry.patient, status=A.BOOKED).count() == 1


def test_entries_end_with_their_time(hall: Waiting) -> None:
    entry, stays = hall.joins(last_day=hall.at(1).date()), hall.joins()
    assert entry.expires_on == hall.at(1).date()
    entry = fresh(entry)
    entry.expires_on = hall.at(-2).date()
    entry.save()
    sweep_entries()
    assert (fresh(entry).status, fresh(stays).status) == ("expired", "waiting")


def test_wishes_end_with_the_visit_they_wanted_earlier(hall: Waiting) -> None:
    by_her, by_clinic = hall.booked(hall.at(5)), hall.booked(hall.at(6))
    hers = hall.joins(patient=by_her.patient, instead_of=by_her)
    stays = hall.joins(patient=by_clinic.patient, instead_of=by_clinic)
    hall.rules(waitlist_on=False)
    actions.cancel(appointment=by_her, by_patient=True, by=None)
    actions.cancel(appointment=by_clinic, by=hall.desk)
    sweep_entries()
    assert fresh(hers).status == "waiting"  # she may take it back
    assert actions.expire_entries(now=timezone.now() + dt.timedelta(minutes=4)) == 1
    assert (fresh(hers).status, fresh(stays).status) == ("withdrawn", "waiting")


def test_the_desk_offers_or_books_an_empty_time(hall: Waiting) -> None:
    first, second = hall.joins(), hall.joins(from_time=dt.time(15))
    place = {"practitioner": hall.doctor, "branch": hall.branch, "by": hall.desk}
    with pytest.raises(Conflict) as refused:
        actions.offer_time(entry=second, starts_at=hall.at(), **place)
    assert refused.value.code == "not_fitting"
    actions.offer_time(entry=first, starts_at=hall.at(), **place)
    assert (hall.offer.entry, hall.offer.hold.starts_at) == (first, hall.at())
    booked = actions.book_entry(entry=second, starts_at=hall.at(2, 16), **place)
    assert (fresh(second).status, fresh(second).booked) == ("booked", booked)
    with pytest.raises(Conflict):
        actions.book_entry(entry=first, starts_at=hall.at(2, 17), **place)


def test_the_desk_books_all_of_a_party_or_nobody(hall: Waiting) -> None:
    child = hall.make.patient()
    entry = hall.joins(companions=[child])
    place = {"practitioner": hall.doctor, "branch": hall.branch, "by": hall.desk}
    first = hall.at(2, 16)
    hall.booked(first + dt.timedelta(minutes=hall.service.minutes))
    with pytest.raises(Conflict) as refused:
        actions.book_entry(entry=entry, starts_at=first, **place)
    assert (refused.value.code, fresh(entry).status) == ("party", "waiting")
    booked = actions.book_entry(entry=entry, starts_at=hall.at(2, 10), **place)
    both = actions.together_with(booked)
    assert [each.patient for each in both] == [entry.patient, child]
    assert both[1].starts_at == both[0].ends_at
    assert fresh(entry).booked == booked


def test_switched_off_nothing_is_offered(hall: Waiting) -> None:
    hall.rules(waitlist_on=False)
    hall.joins()
    hall.frees()
    assert not FreedTime.objects.exists()


def test_she_is_told_once_that_she_waits(hall: Waiting) -> None:
    entry = hall.joins()
    assert [f"/w/{entry.link_token}/" in message.text for message in messages("waitlist_joined")] == [True]


def test_the_rules_are_kept_within_bounds(make: Any) -> None:
    owner = make.user("owner")
    row = actions.save_waitlist_rules(waitlist_mode="several", waitlist_minutes=45, by=owner)
    assert (row.waitlist_mode, row.waitlist_minutes) == ("several", 45)
    for wrong in ({"waitlist_minutes": 1}, {"waitlist_mode": "x"}, {"waitlist_at_once": 1}):
        with pytest.raises(Invalid):
            actions.save_waitlist_rules(by=owner, **wrong)
    with pytest.raises(Forbidden):
        actions.save_waitlist_rules(waitlist_on=False, by=make.user("manager", branch=make.branch(name="b")))


def test_who_left_a_time_is_not_asked_for_it(hall: Waiting) -> None:
    booked = hall.booked(hall.at())
    entry, other = hall.joins(patient=booked.patient), hall.joins()
    actions.cancel(appointment=booked, by=hall.desk)
    assert hall.offer.entry == other
    skip = WaitlistSkip.objects.get(entry=entry)
    assert skip.reason == "had_it"


def test_what_she_agreed_to_is_kept_with_the_time_she_took(hall: Waiting) -> None:
    hers = hall.booked(hall.at(9))
    hall.joins(patient=hers.patient, instead_of=hers)
    hall.frees(hall.at(3))
    told(hall.time)
    moved = actions.accept_offer(offer=hall.offer, device="phone", by=None)
    assert PolicyAcceptance.objects.get(appointment=moved).device == "phone"
