"""The call list and the outbox: who may, one tap, undo."""

from datetime import timedelta

import pytest

from clinic.shared import events
from clinic.shared.errors import Conflict
from messaging import actions, tasks
from messaging.events import FollowUpDone
from messaging.models import FollowUpTask, FollowUpTaskStatusChange
from messaging.queries import database_now
from messaging.statuses import MessageStatus, TaskStatus

HTMX = {"HX-Request": "true"}
ROLES = ["patient", "secretary", "nurse", "doctor", "cashier", "manager", "owner"]
DESK = {"secretary", "manager", "owner"}


def plan(make, **fields):
    day = database_now().date()
    values = {"patient": make.patient(), "branch": make.branch(), "due_on": day, "cause": "visit:1", **fields}
    return actions.plan_follow_up(kind="doctor_asked", why="کنترل پس از دو هفته", by=None, **values)


@pytest.fixture
def heard(monkeypatch):
    told = []
    monkeypatch.setitem(events._handlers, FollowUpDone, told.append)
    return told


def test_a_follow_up_is_planned_once_for_its_cause(make):
    task = plan(make)
    later = plan(make, patient=task.patient, due_on=task.due_on + timedelta(days=7))
    assert (later.pk, later.due_on) == (task.pk, task.due_on + timedelta(days=7))
    assert FollowUpTask.objects.count() == 1


def test_a_call_that_was_made_is_not_planned_again(make, heard):
    task = plan(make)
    actions.complete_follow_up(task=task, by=make.user("secretary"))
    assert plan(make, patient=task.patient).status == TaskStatus.DONE


def test_done_undo_done(make, heard):
    task, user = plan(make), make.user("secretary")
    done = actions.complete_follow_up(task=task, outcome="  نوبت گرفت ", by=user)
    assert (done.status, done.outcome, done.done_by) == (TaskStatus.DONE, "نوبت گرفت", user)
    assert heard == [FollowUpDone(task.pk)]
    with pytest.raises(Conflict):
        actions.complete_follow_up(task=task, by=user)
    reopened = actions.reopen_follow_up(task=task, by=user)
    assert (reopened.status, reopened.outcome, reopened.done_by) == (TaskStatus.OPEN, "", None)
    actions.not_needed(task=task, by=user)
    moves = FollowUpTaskStatusChange.objects.filter(subject=task).order_by("pk").values_list("to_status", flat=True)
    assert list(moves) == ["open", "done", "open", "cancelled"]


@pytest.mark.parametrize("role", ROLES)
def test_each_page_opens_for_its_roles_only(page, make, role):
    task = plan(make)
    pages = ["/follow-ups/", f"/follow-ups/for-patient/{task.patient_id}/"]
    pages += ["/messages/", f"/messages/for-patient/{task.patient_id}/"]
    client = page(role)
    for url in pages:
        assert client.get(url).status_code == (200 if role in DESK else 403), (role, url)
    answer = client.post(f"/follow-ups/{task.pk}/done/", headers=HTMX)
    assert answer.status_code == (204 if role in DESK else 403)


def test_one_tap_with_undo(page, make, heard):
    overdue = plan(make, due_on=database_now().date() - timedelta(days=3))
    plan(make, cause="visit:2", due_on=database_now().date() + timedelta(days=30))
    client = page("secretary")
    text = client.get("/follow-ups/").content.decode()
    assert overdue.patient.full_name in text
    assert "c-chip--danger" in text
    assert f'href="tel:{overdue.patient.phone}"' in text
    assert text.count('id="call-') == 2  # the list itself and one line
    answer = client.post(f"/follow-ups/{overdue.pk}/done/", headers=HTMX)
    assert f"/follow-ups/{overdue.pk}/reopen/" in answer.headers["HX-Trigger"]
    assert client.post(f"/follow-ups/{overdue.pk}/done/", headers=HTMX).status_code == 409
    assert client.post(f"/follow-ups/{overdue.pk}/reopen/").status_code == 204
    overdue.refresh_from_db()
    assert overdue.status == TaskStatus.OPEN


def test_another_branch_has_its_own_list(page, make):
    task = plan(make)
    client = page(make.user("secretary", branch=make.branch(name="Elsewhere")))
    assert task.patient.full_name not in client.get("/follow-ups/").content.decode()
    assert client.post(f"/follow-ups/{task.pk}/done/", headers=HTMX).status_code == 404


def test_the_outbox_shows_and_repeats_what_failed(page, make, gateway):
    message = actions.queue_message(kind="receipt", patient=make.patient(), cause="p:1", amount="45", by=None)
    gateway.mode = "invalid"
    tasks.send_message.run(message.pk)
    client = page("secretary")
    text = client.get("/messages/?status=failed").content.decode()
    assert message.patient.full_name in text
    assert "c-banner--danger" in text
    assert client.post(f"/messages/{message.pk}/retry/", headers=HTMX).status_code == 200
    message.refresh_from_db()
    assert message.status == MessageStatus.QUEUED
    assert client.post(f"/messages/{message.pk}/retry/", headers=HTMX).status_code == 409
    assert message.patient.full_name in client.get(f"/messages/?q={message.patient.last_name}").content.decode()
    assert client.get("/messages/?q=هیچکس&status=nonsense&page=zz").status_code == 200


def test_the_card_says_why_nothing_is_sent(page, make):
    patient = make.patient(phone="")
    assert page("secretary").get(f"/messages/for-patient/{patient.pk}/").status_code == 200
    assert page("secretary").get("/messages/for-patient/999999999/").status_code == 404
