"""Online visits without a browser: the door, arrival, letting in, the end; sockets for the two ends only."""

import base64
import contextlib
import datetime as dt
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from clinic.shared.errors import Conflict, Invalid, NotFound
from clinic.shared.speaking import speaking
from clinic.shared.tenancy import use_clinic
from messaging.models import Message
from scheduling import actions
from scheduling.models import Appointment, CameBy, Mode, OnlineEvent, RoomStay, Visit
from scheduling.queries import online
from scheduling.statuses import AppointmentStatus
from tests.conftest import HOST_A, HOST_B, clinic_info
from tests.house.test_sockets import cookie_of, socket
from tests.make import Make
from tests.scheduling.floor_make import Floor
from tests.server import serving


@pytest.fixture
def floor(make: Make) -> Floor:
    """A branch at work."""
    return Floor(make)


@pytest.fixture
def booked(floor: Floor) -> Callable[..., Appointment]:
    """An online appointment some minutes from now (default: it began just now)."""

    def build(minutes: float = 0, **fields: Any) -> Appointment:
        starts_at = timezone.now() + dt.timedelta(minutes=minutes)
        return floor.appointment(mode=Mode.ONLINE, starts_at=starts_at, **fields)

    return build


def kinds(appointment: Appointment) -> list[str]:
    """What is on the record, in its order."""
    rows = OnlineEvent.objects.filter(appointment=appointment).order_by("pk")
    return [f"{side}:{kind}" for side, kind in rows.values_list("side", "kind")]


@pytest.mark.parametrize(("minutes", "step"), [(16, "early"), (14, "open"), (-49, "open"), (-51, "over")], ids=str)
def test_the_door_opens_a_quarter_before_and_closes_half_an_hour_after(booked: Any, minutes: int, step: str) -> None:
    appointment = booked(minutes)
    assert online.step_of(appointment) == step
    if step == "open":
        actions.join_online(appointment=appointment, side="patient", by=None)
    else:
        with pytest.raises(Conflict):
            actions.join_online(appointment=appointment, side="patient", by=None)
        assert not OnlineEvent.objects.exists()


def test_coming_in_is_arrival_and_never_a_no_show(booked: Any, floor: Floor) -> None:
    appointment = booked(-3)
    actions.join_online(appointment=appointment, side="clinic", by=floor.clerk)
    assert not Visit.objects.exists()
    actions.join_online(appointment=appointment, side="patient", by=None)
    visit = Visit.objects.get()
    assert (visit.came_by, visit.status, visit.room_id) == (CameBy.ONLINE, "arrived", None)
    actions.leave_online(appointment=appointment, side="patient", by=None)
    actions.leave_online(appointment=appointment, side="patient", by=None)
    with pytest.raises(Conflict):
        actions.no_show(appointment=Appointment.objects.get(pk=appointment.pk), by=floor.clerk)
    assert online.was_there(appointment)
    actions.join_online(appointment=appointment, side="patient", by=None)
    assert kinds(appointment) == ["clinic:joined", "patient:joined", "patient:left", "patient:reconnected"]


def test_late_is_told_with_its_minutes(booked: Any, floor: Floor) -> None:
    appointment = booked(-12)
    actions.join_online(appointment=appointment, side="patient", by=None)
    actions.join_online(appointment=appointment, side="patient", by=None)
    late = OnlineEvent.objects.get(kind="late")
    assert (late.side, late.minutes) == ("patient", 12)
    with speaking("fa"):
        told = next(row for row in online.online_story(appointment) if row["icon"] == "clock-alert")
    assert "۱۲" in told["text"]
    assert str(appointment.patient.full_name) in told["text"]


def test_let_in_without_a_room_talk_end_and_finish(booked: Any, floor: Floor) -> None:
    appointment, doctor = booked(), floor.make.user("doctor")
    with pytest.raises(Conflict):
        actions.admit_online(appointment=appointment, by=doctor)
    with pytest.raises(Conflict):
        actions.end_online(appointment=appointment, by=doctor)
    actions.join_online(appointment=appointment, side="patient", by=None)
    visit = actions.call(visit=Visit.objects.get(), by=doctor)
    assert visit.room_id is None
    for _twice in range(2):
        visit = actions.admit_online(appointment=appointment, by=doctor)
    assert (visit.status, visit.room_id, RoomStay.objects.count()) == ("in_room", None, 0)
    assert online.step_of(Appointment.objects.get(pk=appointment.pk)) == "inside"
    for _twice in range(2):
        visit = actions.end_online(appointment=appointment, by=doctor)
    assert visit.status == "checkout"
    actions.finish_visit(visit=visit, by=doctor)
    assert Appointment.objects.get(pk=appointment.pk).status == AppointmentStatus.FULFILLED
    assert kinds(appointment) == ["patient:joined", "clinic:admitted", "clinic:ended"]
    assert online.step_of(Appointment.objects.get(pk=appointment.pk)) == "over"


def test_what_one_end_tells_of_itself(booked: Any, floor: Floor) -> None:
    appointment = booked()
    for _twice in range(2):
        actions.note_online(appointment=appointment, side="patient", kind="fallback", reason="denied", by=None)
    reason = online.wants_call(appointment)
    assert reason
    assert reason.reason == "denied"
    for wrong in ({"kind": "ended"}, {"kind": "fallback"}, {"kind": "connected", "reason": "denied"}, {"kind": "x"}):
        with pytest.raises(Invalid):
            actions.note_online(appointment=appointment, side="patient", by=None, **wrong)
    actions.note_online(appointment=appointment, side="patient", kind="connected", by=None)
    assert online.wants_call(appointment) is None
    assert kinds(appointment) == ["patient:fallback", "patient:connected"]


def test_events_are_written_once(booked: Any) -> None:
    actions.join_online(appointment=booked(), side="patient", by=None)
    for change in (OnlineEvent.objects.all().delete, lambda: OnlineEvent.objects.update(kind="left")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_broken_line_fills_no_table(booked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduling.actions.online.MOST_EVENTS", 5)
    appointment = booked()
    for _time in range(6):
        actions.join_online(appointment=appointment, side="patient", by=None)
        actions.leave_online(appointment=appointment, side="patient", by=None)
    assert OnlineEvent.objects.count() == 5


def test_pages_by_link_and_by_permission(booked: Any, floor: Floor, page: Callable[..., Client]) -> None:
    appointment, early, past = booked(), booked(60), booked(-120)
    at_clinic = floor.appointment()
    link = f"/v/{appointment.link_token}/"
    assert page().get(link).status_code == 200
    assert page().get(f"/v/{early.link_token}/").status_code == 200
    assert page().get(f"/v/{past.link_token}/").status_code == 410
    assert page().get(f"/v/{at_clinic.link_token}/")["Location"] == f"/a/{at_clinic.link_token}/"
    assert page().get(f"/v/{secrets.token_urlsafe(32)}/").status_code == 404
    assert page(host=HOST_B).get(link).status_code == 404
    for role, status in (("doctor", 200), ("nurse", 200), ("secretary", 403), ("owner", 403), ("patient", 403)):
        assert page(role).get(f"/online/{appointment.pk}/").status_code == status, role
    assert page("doctor").get(f"/online/{at_clinic.pk}/").status_code == 404
    elsewhere = floor.make.user("doctor", branch=floor.make.branch(name="far"))
    assert page(elsewhere).get(f"/online/{appointment.pk}/").status_code == 404
    with pytest.raises(NotFound):
        online.online_for(elsewhere, appointment.pk)


def test_the_panel_and_the_record_tell_the_story(booked: Any, floor: Floor, page: Callable[..., Client]) -> None:
    floor.through_the_night()
    appointment = booked(-12)
    actions.join_online(appointment=appointment, side="patient", by=None)
    doctor = page("doctor")
    panel = doctor.get(f"/desk/appointments/{appointment.pk}/").content.decode()
    assert "وارد اتاق انتظار شد" in panel
    assert f'href="/online/{appointment.pk}/"' in panel
    visit = Visit.objects.get()
    assert f'hx-get="/online/{appointment.pk}/story/"' in doctor.get(f"/doctor/visit/{visit.pk}/").content.decode()
    assert (
        f'hx-get="/online/{appointment.pk}/story/"'
        in doctor.get(f"/doctor/patients/{appointment.patient_id}/").content.decode()
    )
    assert "دیر آمد" in doctor.get(f"/online/{appointment.pk}/story/").content.decode()
    assert f'href="/online/{appointment.pk}/"' in doctor.get("/doctor/").content.decode()


def test_the_way_in_is_sent_when_the_door_opens(floor: Floor) -> None:
    starts_at = (timezone.now() + dt.timedelta(days=2)).replace(hour=9, minute=0, second=0, microsecond=0)
    from messaging.actions import tell_of_appointment, withdraw_for

    for mode in (Mode.ONLINE, Mode.IN_PERSON):
        appointment = floor.appointment(mode=mode, starts_at=starts_at)
        tell_of_appointment(kind="booking_confirmed", appointment=appointment, by=None)
        sent = Message.objects.filter(appointment=appointment, kind="online_soon").first()
        if mode == Mode.IN_PERSON:
            assert sent is None
            continue
        assert sent
        assert f"/v/{appointment.link_token}/" in sent.text
        assert sent.send_after == starts_at - online.OPENS_BEFORE
        withdraw_for(appointment=appointment, by=None)
        sent.refresh_from_db()
        assert sent.status == "withdrawn"


def test_servers_for_the_way_between_browsers(booked: Any, settings: Any) -> None:
    appointment, now = booked(), timezone.now()
    assert online.ice_servers(appointment.pk) == []
    settings.STUN_URLS, settings.TURN_URLS = ["stun:t.example:3478"], ["turns:t.example:5349"]
    settings.TURN_SECRET, settings.TURN_HOURS = "shared with coturn", 2
    stun, turn = online.ice_servers(appointment.pk, now)
    assert stun == {"urls": ["stun:t.example:3478"]}
    ends, _colon, name = turn["username"].partition(":")
    assert int(ends) == int((now + dt.timedelta(hours=2)).timestamp())
    assert name == f"c_a-{appointment.pk}"
    right = hmac.new(b"shared with coturn", turn["username"].encode(), hashlib.sha1).digest()
    assert base64.b64decode(turn["credential"]) == right
    settings.TURN_SECRET, settings.TURN_USERNAME, settings.TURN_PASSWORD = "", "clinic", "fixed"
    assert online.ice_servers(appointment.pk)[1] == {
        "urls": ["turns:t.example:5349"], "username": "clinic", "credential": "fixed",
    }  # fmt: skip


# --- sockets -------------------------------------------------------------------------------------------------------


@pytest.fixture
def port(committed: Any) -> Iterator[int]:
    with serving(workers=1) as number:
        yield number


@contextlib.contextmanager
def end(port: int, key: str, host: str = HOST_A, who: Any = None, peer: str = "") -> Iterator[ClientConnection]:
    """One end on a socket that has asked to join."""
    headers = cookie_of(who) if who else {}
    with socket(port, host=host, origin=f"http://{host}:{port}", headers=headers) as opened:
        opened.send(json.dumps({"join": "online", "key": key, "id": peer or secrets.token_hex(8)}))
        yield opened


def hear(opened: ClientConnection, kind: str = "") -> Any:
    """The next message (of a kind)."""
    for _each in range(12):
        found = json.loads(opened.recv(timeout=15))
        if not kind or found.get("online") == kind:
            return found
    raise AssertionError(f"No {kind} came.")


def silent(opened: ClientConnection) -> None:
    """Nothing comes but word that something changed, which says nothing."""
    with contextlib.suppress(TimeoutError):
        while True:
            assert json.loads(opened.recv(timeout=1.5)).get("topic") == "online"


def error_of(socket: Any) -> str:
    """The next refusal, whatever notices come before it."""
    while "error" not in (answer := hear(socket)):
        pass
    return str(answer["error"])


def test_only_the_two_ends_hear_each_other(port: int) -> None:
    make = Make()
    floor = Floor(make)
    mine = floor.appointment(mode=Mode.ONLINE)
    other = floor.appointment(mode=Mode.ONLINE, starts_at=timezone.now() - dt.timedelta(minutes=5))
    past = floor.appointment(mode=Mode.ONLINE, starts_at=timezone.now() - dt.timedelta(hours=3))
    doctor, desk = make.user("doctor"), make.user("secretary")
    with use_clinic(clinic_info(HOST_B)):
        Floor(Make()).appointment(mode=Mode.ONLINE)
    refused = [
        (past.link_token, HOST_A, None), (mine.link_token, HOST_B, None), (str(mine.pk), HOST_A, None),
        (str(mine.pk), HOST_A, desk), (str(mine.pk), HOST_B, doctor), ("guess", HOST_A, doctor), ("", HOST_A, doctor),
        ("9" * 30, HOST_A, doctor),
    ]  # fmt: skip
    for key, host, who in refused:
        with end(port, key, host, who) as stranger:
            assert hear(stranger) == {"error": "refused", "join": "online"}, (key, host)
    assert not OnlineEvent.objects.exists()
    with end(port, mine.link_token, peer="patient-1") as patient, end(port, other.link_token) as neighbour:
        assert hear(patient, "joined")["step"] == "waiting"
        hear(neighbour, "joined")
        with end(port, str(mine.pk), who=doctor, peer="doctor-01") as room:
            hear(room, "joined")
            assert hear(patient, "peer") == {"online": "peer", "from": "doctor-01", "side": "clinic"}
            room.send(json.dumps({"signal": {"description": {"type": "offer", "sdp": "x" * 9000}}, "to": "patient-1"}))
            assert error_of(room) == "not_admitted"
            actions.admit_online(appointment=mine, by=doctor)
            assert hear(patient, "step")["step"] == "inside"
            room.send(json.dumps({"signal": {"description": {"type": "offer", "sdp": "x" * 9000}}, "to": "patient-1"}))
            heard = hear(patient, "signal")
            assert (heard["from"], len(heard["data"]["description"]["sdp"])) == ("doctor-01", 9000)
            for wrong in ({"signal": {"run": 1}}, {"signal": []}, {"signal": {"hello": 1}, "to": 5}):
                room.send(json.dumps(wrong))
                assert error_of(room) == "signal"
            silent(neighbour)
    ends = time.monotonic() + 10
    while (rows := [row for row in kinds(mine) if "left" in row or "joined" in row]) and len(rows) < 4:
        assert time.monotonic() < ends, rows
        time.sleep(0.05)
    assert sorted(rows) == ["clinic:joined", "clinic:left", "patient:joined", "patient:left"]
    assert OnlineEvent.objects.filter(appointment=mine, side="clinic", kind="joined", by=doctor).exists()


def test_too_much_cuts_the_line(port: int) -> None:
    appointment = Floor(Make()).appointment(mode=Mode.ONLINE)
    with end(port, appointment.link_token) as patient:
        hear(patient, "joined")
        patient.send(json.dumps({"signal": {"description": "x" * 40_000}}))
        with pytest.raises(ConnectionClosed):
            _drain(patient)


def _drain(opened: ClientConnection) -> None:
    for _each in range(5):
        opened.recv(timeout=10)


def test_another_window_takes_the_place(port: int) -> None:
    appointment = Floor(Make()).appointment(mode=Mode.ONLINE)
    with end(port, appointment.link_token, peer="window-1") as first:
        hear(first, "joined")
        with end(port, appointment.link_token, peer="window-2") as second:
            hear(second, "joined")
            assert hear(first, "replaced") == {"online": "replaced"}
            first.close()
            second.send(json.dumps({"ping": 1}))
            while "pong" not in hear(second):
                pass
            assert "patient:left" not in kinds(appointment)


def test_a_visit_that_nobody_came_to_ends_in_a_decision(booked: Any, floor: Floor, page: Any) -> None:
    missed = booked(-90)
    client = page("nurse")
    room = client.get(f"/online/{missed.pk}/").content.decode()
    assert f'href="/desk/appointments/{missed.pk}/"' in room
    assert "data-call" not in room
    assert "گذشته" in page().get(f"/a/{missed.link_token}/").content.decode()
    assert "data-call" in client.get(f"/online/{booked(-3).pk}/").content.decode()
