"""The queue under hasty fingers, a session that ends behind an open page, and what the waiting room hears."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from scheduling import actions
from scheduling.models import Display, Visit
from scheduling.statuses import VisitStatus as V
from tests.browser.stage import Stage
from tests.conftest import HOST_A
from tests.scheduling.floor_make import Floor

HEAR = "() => { window.said = []; SpeechSynthesis.prototype.speak = (voice) => window.said.push(voice.text); }"


@pytest.fixture
def floor(live: Any, make: Any) -> Floor:
    return Floor(make)


def is_live(page: Page) -> Page:
    expect(page.locator("[data-live-dot]").first).to_have_attribute("data-state", "on")
    return page


def spoken(page: Page, times: int) -> None:
    for _again in range(200):
        if len(page.evaluate("window.said")) == times:
            return
        page.wait_for_timeout(100)
    raise AssertionError(page.evaluate("window.said"))


def states() -> list[str]:
    return list(Visit.objects.order_by("pk").values_list("status", flat=True))


def test_a_held_key_and_a_double_click_call_one_each(stage: Stage, floor: Floor) -> None:
    for _five in range(5):
        floor.visit()
    page = is_live(stage.open(HOST_A, "/desk/queue/", floor.clerk))
    for _held in range(15):
        page.keyboard.down("c")
        page.wait_for_timeout(40)
    page.keyboard.up("c")
    expect(page.locator(".c-toast").first).to_be_visible()
    assert states() == [V.CALLED, V.ARRIVED, V.ARRIVED, V.ARRIVED, V.ARRIVED]
    page.locator("form[hx-post*='/desk/queue/next/'] button").dblclick()
    expect(page.locator(".c-toast").nth(1)).to_be_visible()
    page.wait_for_timeout(500)
    assert states() == [V.CALLED, V.CALLED, V.ARRIVED, V.ARRIVED, V.ARRIVED]


def test_a_page_whose_session_ended_does_not_look_alive(stage: Stage, floor: Floor) -> None:
    visit = floor.visit()
    page = is_live(stage.open(HOST_A, "/desk/queue/", floor.clerk))
    stage.complaints.expected |= {401, 403}
    Session.objects.all().delete()
    actions.call(visit=visit, by=floor.clerk)
    page.wait_for_url("**/sign-in/**")


def test_the_screen_speaks_once_for_each_call(stage: Stage, floor: Floor) -> None:
    page = stage.open(HOST_A, f"/tv/{floor.branch.pk}/", size="tv")
    actions.pair_display(branch=floor.branch, code=Display.objects.get().code, by=floor.clerk)
    expect(page.locator("[data-chime]")).to_be_visible()
    is_live(page)
    page.evaluate(HEAR)
    first, second = floor.visit("call"), floor.visit()
    spoken(page, 1)
    actions.call(visit=second, by=floor.clerk)
    spoken(page, 2)
    for visit in (second, first):
        actions.enter_room(visit=visit, by=floor.clerk)
        actions.leave_room(visit=visit, by=floor.clerk)
    expect(page.locator("[data-call]")).to_have_count(0)
    page.wait_for_timeout(2000)
    assert len(page.evaluate("window.said")) == 2
