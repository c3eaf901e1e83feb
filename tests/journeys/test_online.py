"""An online visit: two browsers with drawn cameras see each other, write, lose the line and find each other again."""

import datetime as dt
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, WebSocketRoute, expect

from clinic.shared.tenancy import use_clinic
from messaging.models import ChatMessage
from scheduling.models import Appointment, Mode, OnlineEvent, Visit
from scheduling.queries import online
from tests.browser.stage import Stage
from tests.conftest import HOST_A, HOST_B, clinic_info
from tests.make import Make
from tests.scheduling.floor_make import Floor

# Keeps every connection between browsers where the test can ask it for numbers.
KEEP = """window.kept = []; const Real = RTCPeerConnection;
window.RTCPeerConnection = class extends Real { constructor(...given) { super(...given); window.kept.push(this); } };"""
FRAMES = """async () => { let frames = 0;
for (const each of window.kept) for (const row of (await each.getStats()).values())
  if (row.type === "inbound-rtp" && row.kind === "video") frames += row.framesDecoded || 0;
return frames; }"""
PLAYING = """() => { const video = document.querySelector("[data-remote]"), now = video.currentTime;
return new Promise((done) => setTimeout(() => done(video.videoWidth > 0 && video.currentTime > now), 400)); }"""


@dataclass
class Call:
    """The two windows of one visit."""

    appointment: Appointment
    patient: Page
    doctor: Page
    lines: list[WebSocketRoute]

    @property
    def ends(self) -> tuple[Page, Page]:
        """Both windows."""
        return self.patient, self.doctor


@pytest.fixture(params=[HOST_A, HOST_B], ids=["fa", "en"])
def floor(request: pytest.FixtureRequest, live: Any) -> Iterator[Floor]:
    """A clinic with a doctor who has an account."""
    with use_clinic(clinic_info(request.param)):
        floor = Floor(Make())
        floor.doctor.user = floor.make.user("doctor")
        floor.doctor.save()
        yield floor


@pytest.fixture
def call(floor: Floor, stage: Stage, request: pytest.FixtureRequest) -> Call:
    """A visit that began two minutes ago; both have their page open, nobody has come in."""
    host = request.getfixturevalue("floor") and request.node.callspec.params["floor"]
    appointment = floor.appointment(mode=Mode.ONLINE, starts_at=timezone.now() - dt.timedelta(minutes=2))
    lines: list[WebSocketRoute] = []
    windows = []
    for who, size, path in (
        (None, "phone", f"/v/{appointment.link_token}/"),
        (floor.doctor.user, "desk", f"/online/{appointment.pk}/"),
    ):
        context = stage.context(host, who, size=size)
        context.add_init_script(KEEP)
        page = context.new_page()
        if who is None:
            page.route_web_socket(re.compile("/ws/"), lambda line: (lines.append(line), line.connect_to_server())[0])
        page.goto(path)
        windows.append(page)
    return Call(appointment, *windows, lines)


def state(page: Page, name: str) -> None:
    """The call in this window is there (waits for it)."""
    expect(page.locator("[data-call]")).to_have_attribute("data-state", name)


def sees_the_other(page: Page) -> None:
    """The other's picture moves: it has a size, its clock runs, frames arrive and are decoded."""
    state(page, "live")
    page.wait_for_function(PLAYING)
    before = page.evaluate(FRAMES)
    page.wait_for_function(f"async () => (await ({FRAMES})()) > {before} + 3")


def kinds(appointment: Appointment) -> list[str]:
    """What is on the record."""
    rows = OnlineEvent.objects.filter(appointment=appointment).order_by("pk")
    return [f"{side}:{kind}" for side, kind in rows.values_list("side", "kind")]


def wait_for(true: Callable[[], bool], seconds: float = 20) -> None:
    """Until something is written."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "It was not written."
        time.sleep(0.1)


def come_together(call: Call) -> None:
    """She comes into the waiting room, the doctor lets her in."""
    call.patient.locator("[data-do=test]").click()
    expect(call.patient.locator("[data-self]")).to_be_visible()
    call.patient.locator("[data-do=enter]").click()
    state(call.patient, "waiting")
    call.doctor.locator("[data-admit]").click()
    for page in call.ends:
        sees_the_other(page)


def they_write(call: Call) -> None:
    """Both ways, live, each message once; who has seen what is told."""
    for writer, reader, text in ((call.patient, call.doctor, "سلام دکتر"), (call.doctor, call.patient, "Salam")):
        field = writer.locator("[data-chat] textarea")
        field.fill(text)
        writer.locator("[data-chat] button").click()
        expect(field).to_have_value("")
        expect(reader.locator(".c-bubble:not(.c-bubble--mine) p").last).to_have_text(text)
        expect(writer.locator(".c-bubble--mine p").last).to_have_text(text)
    expect(call.patient.locator(".c-bubble--mine time")).to_contain_text(re.compile("Seen|خوانده شد"))
    assert list(ChatMessage.objects.order_by("pk").values_list("side", flat=True)) == ["patient", "clinic"]


def test_two_people_meet(call: Call, stage: Stage) -> None:
    come_together(call)
    they_write(call)
    visit = Visit.objects.get()
    assert (visit.status, visit.came_by, visit.room_id) == ("in_room", "online", None)
    call.doctor.locator("#online-state form[action$='/end/'] button").click()
    for page in call.ends:
        state(page, "over")
    assert Visit.objects.get().status == "checkout"
    written = kinds(call.appointment)
    assert written[:3] == ["patient:joined", "clinic:joined", "clinic:admitted"]
    assert {"patient:connected", "clinic:connected", "clinic:ended"} <= set(written)
    stage.complaints.expected.add(410)
    answer = call.patient.reload()
    assert answer
    assert answer.status == 410
    expect(call.patient.locator("[data-call]")).to_have_count(0)


def test_a_line_that_breaks_is_found_again(call: Call) -> None:
    """The patient's socket is cut: the picture goes on, the socket comes back by itself; a reload comes back too."""
    come_together(call)
    for line in call.lines:
        line.close(code=4000)
    call.patient.wait_for_function("() => document.querySelector('[data-line]').hidden")
    sees_the_other(call.doctor)
    wait_for(lambda: kinds(call.appointment)[-1] == "patient:reconnected" and "patient:left" in kinds(call.appointment))
    call.patient.reload()
    for page in call.ends:
        sees_the_other(page)
    call.patient.locator("[data-chat] textarea").fill("باز آمدم")
    call.patient.locator("[data-chat] button").click()
    expect(call.doctor.locator(".c-bubble:not(.c-bubble--mine) p").last).to_have_text("باز آمدم")


@pytest.mark.parametrize("floor", [HOST_A], indirect=True, ids=["fa"])
def test_without_camera_the_visit_goes_on(call: Call) -> None:
    """Nothing was allowed and nothing connects: chat and phone stand there, the doctor sees why."""
    call.patient.add_init_script(
        "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));"
        "window.RTCPeerConnection = class extends RTCPeerConnection {"
        " async setRemoteDescription() { throw new Error('cut'); } };"
    )
    call.patient.reload()
    call.patient.locator("[data-do=enter]").click()
    expect(call.patient.locator("[data-problem=denied]")).to_be_visible()
    state(call.patient, "waiting")
    call.doctor.locator("[data-admit]").click()
    for page in call.ends:
        expect(page.locator("[data-call]")).to_have_attribute("data-state", "fallback", timeout=60_000)
    expect(call.doctor.locator(".c-call__cover a[href^='tel:+98']")).to_be_visible()
    call.patient.locator(".c-call__cover [data-do=call]").click()
    expect(call.doctor.locator("#online-state .c-alert")).to_be_visible()
    wait_for(lambda: online.wants_call(call.appointment).reason == "asked_call")
    assert Visit.objects.get().status == "in_room"
    they_write(call)
