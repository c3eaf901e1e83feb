"""Conversations: who takes part, what is refused, what is unread; the API; nothing for owners and neighbours."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from clinic.patients.actions import link_account
from clinic.patients.models import Relation
from clinic.shared.errors import Conflict, Invalid, NotFound, TooMany
from clinic.sockets import allowed_group
from messaging import actions, queries
from messaging.models import ChatMessage, ChatSide, Conversation
from messaging.permissions import chat_of_key, side_of, visible_conversations
from scheduling.models import Mode
from tests.make import Make
from tests.scheduling.floor_make import Floor

P, C = ChatSide.PATIENT, ChatSide.CLINIC


@pytest.fixture
def floor(make: Make) -> Floor:
    """A branch at work."""
    return Floor(make)


@pytest.fixture
def beside(floor: Floor) -> Conversation:
    """The conversation beside an online visit of now."""
    return actions.conversation_beside(appointment=floor.appointment(mode=Mode.ONLINE), by=None)


def say(conversation: Conversation, text: str, side: str = P, by: Any = None, **more: Any) -> ChatMessage:
    """Something written."""
    return actions.write_message(conversation=conversation, side=side, text=text, by=by, **more)


def test_one_beside_a_visit_and_one_with_the_clinic(beside: Conversation) -> None:
    assert actions.conversation_beside(appointment=beside.appointment, by=None) == beside
    clinic = actions.conversation_with_clinic(patient=beside.patient, by=None)
    assert actions.conversation_with_clinic(patient=beside.patient, by=None) == clinic != beside
    assert Conversation.objects.count() == 2


def test_who_takes_part(beside: Conversation, make: Make) -> None:
    """Doctor and nurse beside a visit, the desk with the clinic, never the owner; her own account as the patient."""
    clinic = actions.conversation_with_clinic(patient=beside.patient, by=None)
    sides = {
        role: (side_of(make.user(role), beside), side_of(make.user(role), clinic))
        for role in ("doctor", "nurse", "secretary", "manager", "cashier", "owner", "patient")
    }
    assert sides == {
        "doctor": (C, C), "nurse": (C, C), "secretary": ("", C), "manager": ("", C),
        "cashier": ("", ""), "owner": ("", ""), "patient": ("", ""),
    }  # fmt: skip
    for role, both in sides.items():
        user = make.user(role)
        seen = set(visible_conversations(user))
        assert seen == {each for each, side in zip((beside, clinic), both, strict=True) if side}, role
    elsewhere = make.user("doctor", branch=make.branch(name="far"))
    assert not visible_conversations(elsewhere).exists()
    own = make.user("patient")
    link_account(patient=beside.patient, phone=own.phone, relation=Relation.SELF, by=make.user("secretary"))
    assert {side_of(own, beside), side_of(own, clinic)} == {P}


def test_what_is_written_stays_and_is_written_once(beside: Conversation) -> None:
    first = say(beside, " سلام ", key="k1")
    assert (first.text, say(beside, "سلام", key="k1").pk) == ("سلام", first.pk)
    assert ChatMessage.objects.count() == 1
    for change in (ChatMessage.objects.all().delete, lambda: ChatMessage.objects.update(text="x")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_what_is_refused(beside: Conversation, floor: Floor) -> None:
    for wrong in ("", "  \n ", "x" * 2001):
        with pytest.raises(Invalid):
            say(beside, wrong)
    say(beside, "x" * 2000)
    for number in range(29):
        say(beside, str(number))
    with pytest.raises(TooMany):
        say(beside, "one more")
    say(beside, "the other side", C, floor.clerk)
    old = floor.appointment(mode=Mode.ONLINE, starts_at=timezone.now() - dt.timedelta(hours=25))
    with pytest.raises(Conflict):
        say(actions.conversation_beside(appointment=old, by=None), "late")


def test_unread_and_seen(beside: Conversation, make: Make) -> None:
    doctor, nurse = make.user("doctor"), make.user("nurse")
    say(beside, "a")
    last = say(beside, "b")
    assert queries.unread_in(beside, side=C, reader=doctor) == 2
    assert queries.with_unread(visible_conversations(doctor), doctor).get().unread == 2
    assert not queries.chat_lines(beside, side=P, reader=None)[-1].was_seen
    actions.mark_seen(conversation=beside, side=C, last=last.pk + 1000, by=doctor)
    actions.mark_seen(conversation=beside, side=C, last=1, by=doctor)
    assert queries.unread_in(beside, side=C, reader=doctor) == 0
    assert queries.with_unread(visible_conversations(nurse), nurse).get().unread == 2
    assert queries.chat_lines(beside, side=P, reader=None)[-1].was_seen
    say(beside, "c", C, doctor)
    assert queries.unread_in(beside, side=P, reader=None) == 1
    assert queries.unread_in(beside, side=C, reader=doctor) == 0


def test_a_link_opens_its_own_conversation_only(
    beside: Conversation, floor: Floor, page: Callable[..., Client]
) -> None:
    other = floor.appointment(mode=Mode.ONLINE)
    at_clinic = floor.appointment()
    say(beside, "فقط برای پزشک")
    link = f"/v/{beside.appointment.link_token}/chat/"
    assert "فقط برای پزشک" in page().get(link).content.decode()
    assert "فقط برای پزشک" not in page().get(f"/v/{other.link_token}/chat/").content.decode()
    assert page().get(f"/v/{at_clinic.link_token}/chat/").status_code == 404
    answer = page().post(f"{link}write/", {"text": "پاسخ", "key": "a"})
    assert answer.status_code == 200
    assert "chat:sent" in answer["HX-Trigger"]
    assert page().post(f"{link}write/", {"text": " "}).status_code == 400
    assert page().post(f"{link}write/", {"text": "x", "key": "a\x00"}).status_code == 400
    assert page().post(f"{link}seen/", {"last": "x"}).status_code == 400
    for role, status in (("doctor", 200), ("secretary", 404), ("owner", 404), ("patient", 404)):
        assert page(role).get(f"/chat/{beside.pk}/").status_code == status, role
    token = beside.appointment.link_token
    assert chat_of_key(token, None) == beside.pk
    nobody = ("session", "")
    assert allowed_group(nobody, {"subscribe": "chat", "key": token}) == f"c_a.chat.{beside.pk}"
    assert allowed_group(nobody, {"subscribe": "chat", "key": str(beside.pk)}) is None
    assert chat_of_key(str(beside.pk), page("owner").user) is None  # type: ignore[attr-defined]  # set by the fixture


def test_one_colleague_takes_it_over(beside: Conversation, make: Make) -> None:
    doctor = make.user("doctor")
    assert actions.assign_conversation(conversation=beside, to=doctor, by=doctor).assigned_to == doctor
    with pytest.raises(NotFound):
        actions.assign_conversation(conversation=beside, to=make.user("owner"), by=doctor)
    assert actions.assign_conversation(conversation=beside, to=None, by=doctor).assigned_to is None


def test_the_api(beside: Conversation, make: Make, api: Callable[..., APIClient]) -> None:
    own = make.user("patient")
    link_account(patient=beside.patient, phone=own.phone, relation=Relation.SELF, by=make.user("secretary"))
    patient, doctor, desk, owner = api(own), api("doctor"), api("secretary"), api("owner")
    begun = patient.post("/api/v1/conversations/", {}, format="json").json()
    assert (begun["kind"], begun["patient"]) == ("clinic", beside.patient_id)
    body = {"conversation": begun["id"], "text": "می‌توانم زودتر بیایم؟"}
    first = patient.post("/api/v1/messages/", body, format="json", headers={"Idempotency-Key": "one"})
    again = patient.post("/api/v1/messages/", body, format="json", headers={"Idempotency-Key": "one"})
    assert (first.status_code, again.json()) == (201, first.json())
    row = desk.get(f"/api/v1/conversations/{begun['id']}/").json()
    assert row["unread"] == 1
    seen = desk.post(f"/api/v1/conversations/{begun['id']}/seen/", {"last": first.json()["id"]}, format="json")
    assert seen.status_code == 204
    assert desk.get("/api/v1/conversations/").json()["results"][0]["unread"] == 0
    assert {row["kind"] for row in doctor.get("/api/v1/conversations/").json()["results"]} == {"clinic", "visit"}
    assert doctor.get(f"/api/v1/messages/?conversation={begun['id']}").json()["results"][0]["side"] == "patient"
    assert doctor.get("/api/v1/messages/?conversation=x").status_code == 400
    stranger = api("patient")
    for client in (owner, stranger):
        assert client.get("/api/v1/conversations/").json()["results"] == []
        assert client.get("/api/v1/messages/").json()["results"] == []
        assert client.post("/api/v1/messages/", body, format="json").status_code == 404
        wanted = {"patient": beside.patient_id}
        assert client.post("/api/v1/conversations/", wanted, format="json").status_code in {403, 404}


def test_a_patient_writes_and_the_desk_answers(floor: Floor, make: Make, page: Callable[..., Client]) -> None:
    patient, own = make.patient(), make.user("patient")
    link_account(patient=patient, phone=own.phone, relation=Relation.SELF, by=floor.clerk)
    hers, desk, other = page(own), page(floor.clerk), page("manager")
    assert "/my/chat/" in hers.get("/my/").content.decode()
    assert hers.get("/my/chat/").status_code == 200
    chat = Conversation.objects.get(patient=patient)
    assert desk.get("/desk/chat/").context["rows"] == []
    hers.post(f"/chat/{chat.pk}/write/", {"text": "سلام، زودتر جا دارید؟", "key": "a"})
    listed = desk.get("/desk/chat/")
    assert listed.context["unread"] == 1
    assert "زودتر جا دارید" in listed.content.decode()
    desk.post(f"/desk/chat/{chat.pk}/take/")
    chat.refresh_from_db()
    assert chat.assigned_to == floor.clerk
    assert str(floor.clerk) in other.get(f"/desk/chat/{chat.pk}/").context["open"].assigned_to.full_name
    desk.post(f"/chat/{chat.pk}/write/", {"text": "بله، ساعت ۱۰", "key": "b"})
    assert "ساعت ۱۰" in hers.get(f"/chat/{chat.pk}/").content.decode()
    desk.post(f"/desk/chat/{chat.pk}/take/")
    chat.refresh_from_db()
    assert chat.assigned_to is None
    begun = desk.get(f"/desk/chat/?patient={make.patient().pk}")
    assert begun["Location"].startswith("/desk/chat/")
    for role in ("owner", "cashier", "patient"):
        assert page(role).get("/desk/chat/").status_code == 403, role
    far = page(make.user("secretary", branch=make.branch(name="far")))
    assert far.get(f"/desk/chat/{chat.pk}/").status_code == 404
    assert far.get("/desk/chat/").context["rows"] == []
