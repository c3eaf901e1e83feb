"""One SMS a row: whatever the gateway does, however often the task runs, wherever a worker dies."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from clinic.shared import sms
from clinic.shared.errors import Conflict
from clinic.shared.tenancy import use_clinic
from messaging import actions, tasks
from messaging.models import Message, MessageStatusChange
from messaging.queries import database_now, health, local_id
from messaging.statuses import MessageStatus as S
from messaging.timing import MOST_TRIES


@pytest.fixture
def message(make):
    return actions.queue_message(kind="receipt", patient=make.patient(), cause="payment:1", amount="45", by=None)


def make_due(message):
    """The waiting time is over."""
    message.refresh_from_db()
    message.send_after = database_now() - timedelta(seconds=1)
    message.look_at = message.send_after if message.look_at else None
    message.save()


def status_of(message):
    message.refresh_from_db()
    return message.status


def test_a_message_is_sent_once_though_the_task_runs_twice(gateway, message):
    tasks.send_message.run(message.pk)
    tasks.send_message.run(message.pk)
    tasks.sweep_messages()
    assert len(gateway.sent) == 1
    assert gateway.sent[0]["localid"] == local_id(message)
    assert status_of(message) == S.SENT
    assert message.provider_id == gateway.sent[0]["messageid"]
    moves = MessageStatusChange.objects.filter(subject=message).order_by("pk").values_list("to_status", flat=True)
    assert list(moves) == [S.QUEUED, S.SENDING, S.SENT]


@pytest.mark.parametrize("mode", ["refused", "busy"])
def test_what_was_surely_not_sent_is_tried_again_later_and_then_given_up(gateway, message, mode):
    gateway.mode = mode
    waits = []
    for _try in range(MOST_TRIES):
        make_due(message)
        tasks.send_message.run(message.pk)
        message.refresh_from_db()
        waits.append(message.send_after - database_now())
    assert message.status == S.FAILED
    assert waits[:3] == [timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=8)]
    assert len(gateway.calls) == MOST_TRIES
    gateway.mode = "ok"
    make_due(message)
    tasks.sweep_messages()
    assert gateway.sent == []


def test_a_refused_number_is_not_tried_again(gateway, message):
    gateway.mode = "invalid"
    tasks.send_message.run(message.pk)
    assert status_of(message) == S.FAILED
    assert len(gateway.calls) == 1


@pytest.mark.parametrize("mode", ["slow", "drip", "cut"])
def test_a_message_that_was_taken_without_an_answer_is_found_again_and_not_repeated(gateway, message, mode):
    gateway.mode = mode
    tasks.send_message.run(message.pk)
    assert status_of(message) == S.SENDING
    gateway.mode = "ok"
    tasks.sweep_messages()  # too early to ask
    assert status_of(message) == S.SENDING
    make_due(message)
    tasks.sweep_messages()
    assert status_of(message) == S.SENT
    assert len(gateway.sent) == 1


@pytest.mark.parametrize("mode", ["500", "html", "lost"])
def test_a_message_that_never_arrived_is_asked_for_and_then_sent(gateway, message, mode):
    gateway.mode = mode
    tasks.send_message.run(message.pk)
    assert status_of(message) == S.SENDING
    gateway.mode = "ok"
    make_due(message)
    tasks.sweep_messages()
    assert (status_of(message), gateway.sent) == (S.QUEUED, [])
    tasks.sweep_messages()
    assert (status_of(message), len(gateway.sent)) == (S.SENT, 1)


def test_a_worker_lost_after_the_claim_costs_a_minute_and_no_second_sms(gateway, message):
    actions.claim_message(message_id=message.pk)
    make_due(message)
    tasks.sweep_messages()
    assert status_of(message) == S.QUEUED
    tasks.sweep_messages()
    assert (status_of(message), len(gateway.sent)) == (S.SENT, 1)


def test_a_late_answer_about_an_earlier_try_changes_nothing(gateway, message):
    first = actions.claim_message(message_id=message.pk)
    actions.settle_message(message=first, outcome=sms.NotSent("busy"))
    make_due(message)
    actions.claim_message(message_id=message.pk)
    actions.settle_message(message=first, outcome=sms.NotSent("late"))
    assert status_of(message) == S.SENDING


def test_while_nothing_can_be_asked_nothing_is_repeated(gateway, message):
    gateway.mode, gateway.ask_mode = "cut", "html"
    tasks.send_message.run(message.pk)
    for _again in range(3):
        make_due(message)
        message.look_at = database_now()
        message.save()
        tasks.sweep_messages()
    assert (status_of(message), len(gateway.sent)) == (S.SENDING, 1)
    message.send_after = database_now() - timedelta(hours=25)
    message.look_at = database_now()
    message.save()
    tasks.sweep_messages()
    assert (status_of(message), len(gateway.sent)) == (S.FAILED, 1)


def test_delivery_is_asked_for_and_written_down(gateway, make, message):
    other = actions.queue_message(kind="receipt", patient=make.patient(), cause="payment:2", amount="9", by=None)
    for row in (message, other):
        tasks.send_message.run(row.pk)
        make_due(row)
    gateway.statuses = {message.provider_id: 10, other.provider_id: 14}
    message.refresh_from_db()
    tasks.sweep_delivery()
    assert status_of(message) == S.DELIVERED
    assert status_of(other) == S.FAILED
    assert other.error


def test_a_failed_one_is_sent_again_when_a_person_says_so(gateway, message, make):
    gateway.mode = "invalid"
    tasks.send_message.run(message.pk)
    gateway.mode = "ok"
    message.refresh_from_db()
    actions.retry_message(message=message, by=make.user("secretary"))
    tasks.send_message.run(message.pk)
    assert (status_of(message), len(gateway.sent)) == (S.SENT, 1)
    with pytest.raises(Conflict):
        actions.retry_message(message=message, by=None)


def test_the_light_is_red_when_nothing_went_out_for_an_hour(gateway, message):
    assert not health().is_down
    gateway.mode = "invalid"
    tasks.send_message.run(message.pk)
    assert health().is_down
    gateway.mode = "ok"
    message.refresh_from_db()
    actions.retry_message(message=message, by=None)
    tasks.send_message.run(message.pk)
    assert not health().is_down


def test_many_workers_at_once_send_each_message_once(committed, gateway, make):
    patient = make.patient()
    rows = [
        actions.queue_message(kind="receipt", patient=patient, cause=f"payment:{n}", amount="1", by=None)
        for n in range(12)
    ]

    def work() -> None:
        try:
            with use_clinic(committed):
                for row in rows:
                    tasks.send_message.run(row.pk)
                tasks.sweep_messages()
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    ids = [row["localid"] for row in gateway.sent]
    assert sorted(ids) == sorted(local_id(row) for row in rows)
    assert set(Message.objects.values_list("status", flat=True)) == {S.SENT}
