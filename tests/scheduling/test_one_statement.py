"""A booking by the API: one question, then one statement that is its whole transaction. Who is second gets nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg.pq import TransactionStatus

from clinic.accounts.actions import give_token
from clinic.accounts.models import Branch
from clinic.patients.actions import own_patient_for
from clinic.shared.actions import together
from clinic.shared.db.prepared import Statement
from clinic.shared.errors import Conflict
from clinic.shared.tenancy import use_clinic
from messaging.models import Message, MessageStatusChange
from scheduling import actions
from scheduling.models import Appointment, AppointmentStatusChange, Occupancy, PolicyAcceptance, WaitlistEntry
from scheduling.queries.asked import asked_for
from tests.scheduling.test_holds import soon

TRIES = 16


class Wish:
    """What a patient of the site asks for, and everything that was read before it is booked."""

    def __init__(self, make: Any, service: Any, doctor: Any, user: Any = None) -> None:
        self.user = user or make.user("patient")
        self.patient = own_patient_for(user=self.user, first_name="Sara", last_name="Karimi", by=self.user)
        self.names = {"service": service.pk, "doctor": doctor.pk, "branch": make.branch().pk}
        self.asked = asked_for(**self.names, starts_at=soon(), user=self.user)

    def book(self) -> Appointment:
        """With what was known when it was asked for."""
        asked = self.asked
        assert asked.service
        assert asked.doctor
        assert asked.branch
        return actions.book_direct(
            service=asked.service, practitioner=asked.doctor, branch=asked.branch, patient=self.patient,
            starts_at=soon(), source="site", as_patient=True, known=asked.known, by=self.user,
        )  # fmt: skip


@pytest.fixture
def at_once(committed: Any) -> Callable[[list[Wish]], list[Any]]:
    """Book all of them at the same time, each on a connection of its own."""

    def one(wish: Wish) -> Any:
        with use_clinic(committed):
            try:
                return wish.book()
            except Conflict as refused:
                return refused
            finally:
                connection.close()

    def run(wishes: list[Wish]) -> list[Any]:
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(one, wishes))

    return run


def _rows() -> dict[str, int]:
    history: Any = Appointment.history  # type: ignore[attr-defined]  # made at run time
    told: Any = Message.history  # type: ignore[attr-defined]  # made at run time
    return {
        "appointments": Appointment.objects.count(), "history": history.count(), "times": Occupancy.objects.count(),
        "moves": AppointmentStatusChange.objects.count(), "agreed": PolicyAcceptance.objects.count(),
        "messages": Message.objects.count(), "their history": told.count(),
        "their moves": MessageStatusChange.objects.count(),
    }  # fmt: skip


ONE = {"appointments": 1, "history": 1, "times": 2, "moves": 1, "agreed": 1, "messages": 1, "their history": 1,
       "their moves": 1}  # fmt: skip


def test_who_asks_what_is_known_and_all_that_is_written_are_three_statements(
    make: Any, api: Any, committed: Any
) -> None:
    service = make.service()
    wanted = {"service": service.pk, "doctor": make.practitioner(service).pk, "branch": make.branch().pk}
    user = make.user("patient")
    own_patient_for(user=user, first_name="Sara", last_name="Karimi", by=user)
    client = api()
    client.credentials(HTTP_AUTHORIZATION=f"Token {give_token(user=user, verified=True, by=user)}")
    with CaptureQueriesContext(connection) as asked:
        answer = client.post("/api/v1/appointments/", {**wanted, "starts_at": soon().isoformat()}, format="json")
    assert answer.status_code == 201, answer.content
    # Django notes where a transaction would begin; none does on the server.
    sent = [each["sql"] for each in asked.captured_queries if not each["sql"].startswith(("SET ", "BEGIN"))]
    assert len(sent) == 3
    assert _rows() == ONE
    booked = Appointment.objects.get()
    message = Message.objects.get()
    assert answer.json()["id"] == booked.pk == message.appointment_id
    assert message.cause == f"appointment:{booked.pk}"
    assert booked.created_at is not None
    assert client.get(f"/api/v1/appointments/{booked.pk}/").json() == answer.json()


def test_one_time_for_many_who_all_saw_it_free(make: Any, at_once: Any) -> None:
    service = make.service()
    doctor = make.practitioner(service)
    answers = at_once([Wish(make, service, doctor) for _each in range(TRIES)])
    losers = [answer for answer in answers if isinstance(answer, Conflict)]
    assert len(losers) == TRIES - 1
    assert {(loser.code, len(loser.details["nearest"])) for loser in losers} == {("taken", 3)}
    assert _rows() == ONE


def test_one_patient_with_many_doctors_who_all_were_free(make: Any, at_once: Any) -> None:
    service = make.service()
    first = Wish(make, service, make.practitioner(service))
    others = [Wish(make, service, make.practitioner(service), first.user) for _each in range(TRIES - 1)]
    answers = at_once([first, *others])
    losers = [answer for answer in answers if isinstance(answer, Conflict)]
    assert [loser.code for loser in losers] == ["patient_busy"] * (TRIES - 1)
    assert _rows() == ONE


def test_the_same_within_a_larger_write(make: Any) -> None:
    service = make.service()
    doctor = make.practitioner(service)
    first, second = Wish(make, service, doctor), Wish(make, service, doctor)
    third = Wish(make, service, make.practitioner(service), first.user)
    booked = first.book()
    assert booked.pk == Appointment.objects.get().pk
    for late, code in ((second, "taken"), (third, "patient_busy")):
        with pytest.raises(Conflict) as refused:
            late.book()
        assert refused.value.code == code
    assert _rows() == ONE


def test_a_refusal_that_somebody_catches_leaves_nothing_behind(make: Any, committed: Any) -> None:
    service = make.service()
    first = Wish(make, service, make.practitioner(service))
    busy = Wish(make, service, make.practitioner(service), first.user)
    first.book()
    with together():
        with pytest.raises(Conflict), transaction.atomic():
            busy.book()
        branch = Branch(name="Vanak")
        branch.save()
    assert Branch.objects.filter(pk=branch.pk).exists()
    assert _rows() == ONE


def test_whoever_asks_meanwhile_finds_the_rows(make: Any) -> None:
    service = make.service()
    wish = Wish(make, service, make.practitioner(service))
    with together():
        booked = wish.book()
        assert booked._state.adding
        assert Message.objects.get().appointment_id == booked.pk
        assert not booked._state.adding
    assert _rows() == ONE


def test_what_fails_before_its_end_is_not_written(make: Any, committed: Any) -> None:
    service = make.service()
    wish = Wish(make, service, make.practitioner(service))
    with pytest.raises(ZeroDivisionError):
        _half_done(wish.book)
    assert set(_rows().values()) == {0}
    wish.book()
    assert _rows() == ONE


def _half_done(write: Callable[[], Any]) -> None:
    with together():
        write()
        raise ZeroDivisionError


def test_an_ended_hold_and_an_override_are_seen_beforehand(make: Any) -> None:
    service = make.service()
    doctor, branch, owner = make.practitioner(service), make.branch(), make.user("owner")
    place = {"service": service, "practitioner": doctor, "branch": branch, "starts_at": soon()}
    assert Wish(make, service, doctor).asked.known.ahead.key  # type: ignore[union-attr]  # it was asked
    hold = actions.hold(**place, by=None)
    assert Wish(make, service, doctor).asked.known.ahead.key is None  # type: ignore[union-attr]  # it was asked
    _expire(hold)
    assert Wish(make, service, doctor).book().status == "booked"
    over = make.practitioner(service)
    patient = make.patient()
    actions.book_direct(
        **{**place, "practitioner": over}, patient=patient, override=True, reason="she is in pain", by=owner
    )
    with pytest.raises(Conflict):
        Wish(make, service, over).book()


def _expire(hold: Appointment) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE scheduling_appointment SET hold_expires_at = now() - interval '1 second' WHERE id = %s", [hold.pk]
        )


def test_who_waits_for_it_waits_for_an_earlier_time_from_now_on(make: Any) -> None:
    service = make.service()
    user = make.user("patient")
    patient = own_patient_for(user=user, first_name="Sara", last_name="Karimi", by=user)
    entry = actions.join_waitlist(patient=patient, service=service, by=user)
    wish = Wish(make, service, make.practitioner(service), user)
    assert wish.asked.known.ahead.waits  # type: ignore[union-attr]  # it was asked
    assert WaitlistEntry.objects.get(pk=entry.pk).instead_of_id is None
    booked = wish.book()
    assert WaitlistEntry.objects.get(pk=entry.pk).instead_of_id == booked.pk


def test_a_transaction_begins_with_the_first_statement_that_may_write(committed: Any) -> None:
    def state() -> Any:
        return connection.connection.info.transaction_status

    with together():
        Statement("SELECT 1", reads=True).rows()
        assert state() == TransactionStatus.IDLE
        Branch.objects.count()
        assert state() == TransactionStatus.INTRANS
    assert state() == TransactionStatus.IDLE
    with pytest.raises(ZeroDivisionError):
        _half_done(Branch(name="Nowhere").save)
    assert not Branch.objects.filter(name="Nowhere").exists()
