"""The rules of booking: who may, how near, how often; approval, deposits, what was agreed to."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from clinic.shared.actor import from_where
from clinic.shared.errors import Conflict, Forbidden, Invalid
from clinic.shared.speaking import speaking
from messaging.models import Message
from scheduling import actions
from scheduling.models import Appointment, BookingRules, Occupancy, PolicyAcceptance, PolicyText, TimeOff, WhoMayBook
from scheduling.queries.agreed import acceptance_of
from scheduling.queries.policy import agreement_for, problems
from scheduling.statuses import AppointmentStatus as A
from tests.scheduling.test_booking import begun
from tests.scheduling.test_holds import over, soon


@pytest.fixture
def place(make: Any) -> dict[str, Any]:
    service, branch = make.service(), make.branch()
    branch.phone = "+982122334455"
    branch.save()
    return {"service": service, "practitioner": make.practitioner(service), "branch": branch}


@pytest.fixture
def book(make: Any, place: dict[str, Any]) -> Any:
    """Book as a patient on the site would: hold, then book."""

    def go(patient: Any = None, starts_at: dt.datetime | None = None, **more: Any) -> Appointment:
        user = make.user()
        held = actions.hold(**{**place, **more.pop("place", {})}, starts_at=starts_at or soon(), by=user)
        return actions.book(hold=held, patient=patient or make.patient(), by=user, **more)

    return go


def rule(service: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(service, name, value)
    service.save()


def been_here(make: Any, place: dict[str, Any], patient: Any, service: Any = None) -> None:
    """A visit of hers that is over."""
    service = service or place["service"]
    if service != place["service"]:
        place = {**place, "service": service, "practitioner": make.practitioner(service)}
    visit = actions.walk_in(**place, patient=patient, by=make.user("secretary"))
    for step in (actions.call, actions.enter_room, actions.finish_visit):
        step(visit=visit, by=make.user("secretary"))


def kinds(appointment: Appointment) -> set[str]:
    rows = Message.objects.filter(appointment=appointment).exclude(status="withdrawn")
    return set(rows.values_list("kind", flat=True))


# --- who may book ------------------------------------------------------------------------------------------------


def test_new_patients_only(make: Any, place: dict[str, Any], book: Any) -> None:
    rule(place["service"], who_may_book=WhoMayBook.NEW)
    known = make.patient()
    been_here(make, place, known)
    with pytest.raises(Invalid) as refused:
        book(known)
    assert (refused.value.field, refused.value.code) == ("patient", "new_only")
    assert known.full_name in refused.value.message
    assert book(starts_at=soon(3)).status == A.BOOKED


def test_known_patients_only(make: Any, place: dict[str, Any], book: Any) -> None:
    rule(place["service"], who_may_book=WhoMayBook.KNOWN)
    known = make.patient()
    been_here(make, place, known)
    with pytest.raises(Invalid) as refused:
        book()
    assert refused.value.code == "known_only"
    assert book(known, soon(3)).status == A.BOOKED


def test_a_service_that_comes_after_another(make: Any, place: dict[str, Any], book: Any) -> None:
    first = make.service(name="مشاوره")
    rule(place["service"], requires=first)
    patient = make.patient()
    with pytest.raises(Invalid) as refused:
        book(patient)
    assert refused.value.code == "requires"
    assert "مشاوره" in refused.value.message
    been_here(make, place, patient, first)
    assert book(patient, soon(3)).status == A.BOOKED


def test_staff_are_warned_and_may_go_on(make: Any, place: dict[str, Any]) -> None:
    rule(place["service"], who_may_book=WhoMayBook.KNOWN)
    secretary, wanted = make.user("secretary"), {**place, "patient": make.patient(), "starts_at": soon()}
    with pytest.raises(Conflict) as warned:
        actions.book_direct(**wanted, by=secretary)
    assert warned.value.code == "warned"
    assert actions.book_direct(**wanted, despite=True, by=secretary).status == A.BOOKED


def test_the_patient_cannot_go_on_despite(make: Any, place: dict[str, Any], book: Any) -> None:
    rule(place["service"], who_may_book=WhoMayBook.KNOWN)
    with pytest.raises(Invalid):
        book(despite=True)


# --- how near and how often --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "refused"), [(6, True), (7, False), (8, False)])
def test_days_between_two_visits(make: Any, place: dict[str, Any], book: Any, days: int, refused: bool) -> None:
    rule(place["service"], min_gap_days=7)
    patient = make.patient()
    first = book(patient, soon(2))
    if not refused:
        assert book(patient, soon(2 + days)).status == A.BOOKED
        return
    with pytest.raises(Conflict) as error:
        book(patient, soon(2 + days))
    assert (error.value.code, error.value.details["other"]) == ("gap", first.pk)
    assert book(make.patient(), soon(2 + days, 11)).status == A.BOOKED  # somebody else's visit is not in the way


def test_keep_or_replace(make: Any, place: dict[str, Any], book: Any) -> None:
    rule(place["service"], min_gap_days=7)
    patient, user = make.patient(), make.user()
    first = book(patient, soon(2))
    held = actions.hold(**place, starts_at=soon(4), by=user)
    new = actions.replace(appointment=first, hold=held, by=user)
    first.refresh_from_db()
    held.refresh_from_db()
    assert (first.status, first.successor, held.status) == (A.RESCHEDULED, new, A.CANCELLED)
    assert (new.starts_at, new.patient, new.moves_by_patient) == (soon(4), patient, 1)
    assert Occupancy.objects.filter(appointment=new).count() == 2


def test_a_move_keeps_the_distance_too(make: Any, place: dict[str, Any], book: Any) -> None:
    rule(place["service"], min_gap_days=7)
    patient = make.patient()
    book(patient, soon(2))
    second = book(patient, soon(10))
    with pytest.raises(Conflict) as error:
        actions.reschedule(appointment=second, starts_at=soon(7), by_patient=True, by=None)
    assert error.value.code == "gap"
    assert actions.reschedule(appointment=second, starts_at=soon(11), by_patient=True, by=None).starts_at == soon(11)
    staff = actions.reschedule(appointment=Appointment.objects.get(starts_at=soon(11)), starts_at=soon(7), by=None)
    assert staff.starts_at == soon(7)


def test_who_misses_often_calls_the_clinic(make: Any, place: dict[str, Any], book: Any) -> None:
    BookingRules(no_show_limit=2, no_show_days=90).save()
    patient = make.patient()
    for day in (2, 3):
        actions.no_show(appointment=begun(book(patient, soon(day))), by=make.user("secretary"))
        if day == 2:
            actions.cancel(appointment=book(patient, soon(5)), by=None)  # once is not often
    with pytest.raises(Invalid) as refused:
        book(patient, soon(4))
    assert refused.value.code == "no_shows"
    assert "021" in refused.value.message.replace("۰", "0").replace("۲", "2").replace("۱", "1")
    secretary = make.user("secretary")
    booked = actions.book_direct(**place, patient=patient, starts_at=soon(6), despite=True, by=secretary)
    assert booked.status == A.BOOKED
    long_ago = soon() - dt.timedelta(days=120)
    for row in Appointment.objects.filter(patient=patient, status=A.NO_SHOW):
        row.starts_at, row.ends_at = long_ago, long_ago + dt.timedelta(minutes=30)
        row.save()
    found = problems(service=place["service"], patient=patient, branch=place["branch"], starts_at=soon(9))
    assert found == []


def test_moves_are_counted_over_successors(place: dict[str, Any], book: Any) -> None:
    rule(place["service"], move_limit=2)
    visit = book()
    for day in (3, 4):
        visit = actions.reschedule(appointment=visit, starts_at=soon(day), by_patient=True, by=None)
    with pytest.raises(Conflict) as refused:
        actions.reschedule(appointment=visit, starts_at=soon(5), by_patient=True, by=None)
    assert refused.value.code == "move_limit"
    visit = actions.reschedule(appointment=visit, starts_at=soon(6), by=None)  # the desk may
    assert visit.moves_by_patient == 2


def test_taking_a_move_back_gives_the_move_back(place: dict[str, Any], book: Any) -> None:
    rule(place["service"], move_limit=1)
    moved = actions.reschedule(appointment=book(), starts_at=soon(3), by_patient=True, by=None)
    back = actions.undo_own(appointment=moved, by=None)
    assert (back.starts_at, back.moves_by_patient) == (soon(), 0)


def test_only_her_own_move_is_taken_back_and_only_once(place: dict[str, Any], book: Any) -> None:
    by_the_clinic = actions.reschedule(appointment=book(), starts_at=soon(3), by=None)
    with pytest.raises(Conflict) as refused:
        actions.undo_own(appointment=by_the_clinic, by=None)
    assert refused.value.code == "nothing_to_undo"
    moved = actions.reschedule(appointment=by_the_clinic, starts_at=soon(4), by_patient=True, by=None)
    back = actions.undo_own(appointment=moved, by=None)
    assert back.starts_at == soon(3)
    with pytest.raises(Conflict):
        actions.undo_own(appointment=back, by=None)


def test_a_second_press_on_undo_does_not_move_her_back(place: dict[str, Any], book: Any, page: Any) -> None:
    moved = actions.reschedule(appointment=book(), starts_at=soon(4), by_patient=True, by=None)
    client, link = page(), f"/a/{moved.link_token}/"
    client.post(f"{link}cancel/")
    for _press in range(3):
        assert client.post(f"{link}undo/").status_code == 302
    moved.refresh_from_db()
    assert (moved.status, moved.starts_at) == ("booked", soon(4))


def test_staff_move_only_to_branches_of_theirs(place: dict[str, Any], book: Any, make: Any) -> None:
    elsewhere = make.branch(name="Vanak")
    doctor = make.practitioner(place["service"], branch=elsewhere)
    to = {"practitioner": doctor, "branch": elsewhere, "starts_at": soon(3)}
    visit = book()
    with pytest.raises(Forbidden):
        actions.reschedule(appointment=visit, **to, by=make.user("secretary", branch=place["branch"]))
    assert actions.reschedule(appointment=visit, **to, by=make.user("owner")).branch == elsewhere


# --- approval ----------------------------------------------------------------------------------------------------


def test_a_booking_waits_for_approval(make: Any, place: dict[str, Any], book: Any) -> None:
    rule(place["service"], needs_approval=True, approve_within_hours=5)
    waiting = book()
    assert (waiting.status, waiting.needs_approval) == (A.PENDING, True)
    assert waiting.hold_expires_at
    left = waiting.hold_expires_at - waiting.moves.latest("pk").at
    assert abs(left - dt.timedelta(hours=5)) < dt.timedelta(seconds=5)
    assert kinds(waiting) == {"booking_requested"}
    with pytest.raises(Conflict) as taken:  # C4: a waiting booking is seen by everybody
        actions.hold(**place, starts_at=soon(), by=None)
    assert taken.value.code == "taken"
    booked = actions.approve(appointment=waiting, by=make.user("secretary"))
    assert (booked.status, booked.hold_expires_at, booked.needs_approval) == (A.BOOKED, None, False)
    assert kinds(booked) >= {"booking_confirmed"}
    assert actions.approve(appointment=waiting, by=make.user("secretary")).pk == booked.pk
    assert booked.moves.filter(to_status=A.BOOKED).count() == 1


def test_it_waits_no_longer_than_its_beginning(make: Any, place: dict[str, Any], book: Any) -> None:
    rule(place["service"], needs_approval=True, approve_within_hours=2000)
    waiting = book()
    assert waiting.hold_expires_at == waiting.starts_at


def test_a_patient_does_not_approve_herself(make: Any, place: dict[str, Any], book: Any) -> None:
    rule(place["service"], needs_approval=True)
    waiting = book()
    for who in (None, waiting.booked_by, make.user("doctor")):
        with pytest.raises(Forbidden):
            actions.confirm(appointment=waiting, by=who)
    assert actions.confirm(appointment=waiting, by=make.user("secretary")).status == A.BOOKED


def test_staff_book_without_waiting(make: Any, place: dict[str, Any]) -> None:
    rule(place["service"], needs_approval=True, deposit=100_000)
    direct = actions.book_direct(**place, patient=make.patient(), starts_at=soon(), by=make.user("secretary"))
    assert (direct.status, direct.deposit, direct.needs_approval) == (A.BOOKED, 0, False)
    assert not direct.acceptances.exists()


def test_a_refusal_has_a_reason_and_frees_the_time(make: Any, place: dict[str, Any], book: Any) -> None:
    rule(place["service"], needs_approval=True)
    waiting, secretary = book(), make.user("secretary")
    with pytest.raises(Invalid) as refused:
        actions.reject(appointment=waiting, reason=" ", by=secretary)
    assert refused.value.field == "reason"
    with pytest.raises(Forbidden):
        actions.reject(appointment=waiting, reason="no", by=None)
    gone = actions.reject(appointment=waiting, reason="پرونده لازم است", by=secretary)
    assert (gone.status, gone.cancelled_by_patient, gone.was_late_cancel) == (A.CANCELLED, False, False)
    assert gone.moves.latest("pk").reason == "پرونده لازم است"
    assert kinds(gone) == {"booking_rejected"}
    assert actions.hold(**place, starts_at=soon(), by=None).status == A.HELD


def test_a_refusal_is_taken_back_to_waiting(make: Any, place: dict[str, Any], book: Any) -> None:
    rule(place["service"], needs_approval=True)
    waiting, secretary = book(), make.user("secretary")
    actions.reject(appointment=waiting, reason="no", by=secretary)
    again = actions.undo_appointment(appointment=waiting, by=secretary)
    assert (again.status, again.needs_approval) == (A.PENDING, True)
    assert again.hold_expires_at
    assert "booking_rejected" not in kinds(again)


def test_a_cancelled_request_does_not_come_back_approved(place: dict[str, Any], book: Any) -> None:
    rule(place["service"], needs_approval=True, cancel_until_hours=500, late_fee_percent=50)
    waiting = book()
    gone = actions.cancel(appointment=waiting, by_patient=True, by=None)
    assert not gone.was_late_cancel  # nothing had been promised to her
    assert not hasattr(gone, "fee")
    assert actions.undo_own(appointment=waiting, by=None).status == A.PENDING


def test_a_request_lapses_and_the_patient_is_told(make: Any, place: dict[str, Any], book: Any) -> None:
    rule(place["service"], needs_approval=True)
    waiting = book()
    over(waiting)
    assert actions.expire_holds(by=None) == 1
    waiting.refresh_from_db()
    assert waiting.status == A.EXPIRED
    assert kinds(waiting) == {"booking_lapsed"}
    assert not waiting.occupancies.exists()
    with pytest.raises(Conflict) as late:
        actions.approve(appointment=waiting, by=make.user("secretary"))
    assert late.value.code == "waits_no_more"


def test_who_takes_the_time_of_a_lapsed_request_tells_her_too(place: dict[str, Any], book: Any) -> None:
    rule(place["service"], needs_approval=True)
    waiting = book()
    over(waiting)
    assert actions.hold(**place, starts_at=soon(), by=None).status == A.HELD
    assert kinds(waiting) == {"booking_lapsed"}


def test_approval_looks_at_the_time_once_more(make: Any, place: dict[str, Any], book: Any) -> None:
    rule(place["service"], needs_approval=True)
    waiting = book()
    day = dt.timedelta(hours=8)
    TimeOff(practitioner=place["practitioner"], starts_at=soon() - day, ends_at=soon() + day).save()
    with pytest.raises(Conflict) as refused:
        actions.approve(appointment=waiting, by=make.user("secretary"))
    assert refused.value.code == "away"


def test_a_time_chosen_anew_is_approved_anew(make: Any, place: dict[str, Any], book: Any) -> None:
    rule(place["service"], needs_approval=True)
    booked = actions.approve(appointment=book(), by=make.user("secretary"))
    moved = actions.reschedule(appointment=booked, starts_at=soon(3), by_patient=True, by=None)
    assert (moved.status, kinds(moved)) == (A.PENDING, {"booking_requested"})
    assert actions.undo_own(appointment=moved, by=None).status == A.BOOKED
    by_desk = actions.reschedule(
        appointment=Appointment.objects.get(status=A.BOOKED), starts_at=soon(4), by=make.user("secretary")
    )
    assert by_desk.status == A.BOOKED


# --- deposit -----------------------------------------------------------------------------------------------------


def test_a_deposit_is_waited_for_thirty_minutes(make: Any, place: dict[str, Any], book: Any) -> None:
    rule(place["service"], deposit=Decimal(100_000))
    waiting = book()
    assert (waiting.status, waiting.deposit, waiting.deposit_settled_at) == (A.PENDING, 100_000, None)
    assert waiting.hold_expires_at
    left = waiting.hold_expires_at - waiting.moves.latest("pk").at
    assert abs(left - dt.timedelta(minutes=30)) < dt.timedelta(seconds=5)
    assert kinds(waiting) == {"deposit_asked"}
    booked = actions.deposit_paid(appointment=waiting, by=None)
    assert booked.status == A.BOOKED
    assert booked.deposit_settled_at
    assert actions.deposit_paid(appointment=waiting, by=None).moves.count() == booked.moves.count()


def test_a_deposit_is_never_more_than_the_price(place: dict[str, Any], book: Any) -> None:
    rule(place["service"], deposit=Decimal(9_000_000))
    assert book().deposit == place["service"].price


def test_a_deposit_that_comes_too_late_goes_back(place: dict[str, Any], book: Any) -> None:
    rule(place["service"], deposit=Decimal(100_000))
    waiting = book()
    over(waiting)
    actions.expire_holds(by=None)
    with pytest.raises(Conflict) as late:
        actions.deposit_paid(appointment=waiting, by=None)
    assert late.value.code == "too_late"
    assert kinds(waiting) == {"booking_lapsed"}


def test_first_the_deposit_then_the_approval(make: Any, place: dict[str, Any], book: Any) -> None:
    rule(place["service"], deposit=Decimal(100_000), needs_approval=True, approve_within_hours=6)
    waiting = book()
    paid = actions.deposit_paid(appointment=waiting, by=None)
    assert (paid.status, kinds(paid)) == (A.PENDING, {"booking_requested"})
    assert paid.hold_expires_at
    assert waiting.hold_expires_at
    assert paid.hold_expires_at - waiting.hold_expires_at > dt.timedelta(hours=5)
    assert actions.approve(appointment=paid, by=make.user("secretary")).status == A.BOOKED


def test_first_the_approval_then_the_deposit(make: Any, place: dict[str, Any], book: Any) -> None:
    rule(place["service"], deposit=Decimal(100_000), needs_approval=True)
    approved = actions.approve(appointment=book(), by=make.user("secretary"))
    assert (approved.status, approved.needs_approval) == (A.PENDING, False)
    assert actions.deposit_paid(appointment=approved, by=None).status == A.BOOKED


def test_the_desk_does_without_a_deposit(make: Any, place: dict[str, Any], book: Any) -> None:
    rule(place["service"], deposit=Decimal(100_000))
    waiting, secretary = book(), make.user("secretary")
    with pytest.raises(Invalid):
        actions.waive_deposit(appointment=waiting, reason="", by=secretary)
    with pytest.raises(Forbidden):
        actions.waive_deposit(appointment=waiting, reason="old friend", by=waiting.booked_by)
    booked = actions.waive_deposit(appointment=waiting, reason="old friend", by=secretary)
    assert (booked.status, booked.deposit, booked.moves.latest("pk").reason) == (A.BOOKED, 0, "old friend")


def test_a_deposit_goes_with_the_visit(place: dict[str, Any], book: Any) -> None:
    rule(place["service"], deposit=Decimal(100_000))
    booked = actions.deposit_paid(appointment=book(), by=None)
    moved = actions.reschedule(appointment=booked, starts_at=soon(3), by_patient=True, by=None)
    assert (moved.status, moved.deposit, moved.deposit_settled_at) == (A.BOOKED, 100_000, booked.deposit_settled_at)


# --- what was agreed to ------------------------------------------------------------------------------------------


def test_what_was_agreed_to_is_kept_with_time_and_address(make: Any, place: dict[str, Any], book: Any) -> None:
    policy = PolicyText(version=1, text_fa="لطفاً ده دقیقه زودتر بیایید.", text_en="Please come ten minutes early.")
    policy.save()
    rule(place["service"], cancel_until_hours=24, late_fee_percent=20, no_show_fee_percent=50, move_limit=2)
    with from_where(ip="10.1.2.3", request_id="r"), speaking("fa"):
        booked = book(device="Firefox on a phone")
    kept = PolicyAcceptance.objects.get()
    assert (kept.appointment, kept.policy, kept.by, kept.ip) == (booked, policy, booked.booked_by, "10.1.2.3")
    assert (kept.device, kept.at is not None) == ("Firefox on a phone", True)
    assert kept.text.startswith(policy.text_fa)
    assert "۱۰۰٬۰۰۰\xa0ریال" in kept.text  # 20 % of 500,000 rials
    assert "۲۵۰٬۰۰۰\xa0ریال" in kept.text
    moved = actions.reschedule(appointment=booked, starts_at=soon(4), by_patient=True, by=None)
    assert acceptance_of(moved) == kept


def test_other_words_than_those_shown_are_not_agreed_to(place: dict[str, Any], book: Any) -> None:
    shown = agreement_for(place["service"], place["service"].price).mark
    rule(place["service"], late_fee_percent=10)
    with pytest.raises(Conflict) as changed:
        book(agreed=shown)
    assert changed.value.code == "terms_changed"
    assert not PolicyAcceptance.objects.exists()
    now = agreement_for(place["service"], place["service"].price).mark
    assert book(agreed=now, starts_at=soon(3)).status == A.BOOKED


def test_the_terms_in_english(make: Any) -> None:
    service = make.service(cancel_until_hours=0, move_limit=0, needs_approval=True, deposit=50_000)
    with translation.override("en"):
        words = agreement_for(service, Decimal(500_000)).text
    assert "until it begins" in words
    assert "call the clinic" in words
    assert "deposit of" in words
    assert "approves the booking within 24 hours" in words
