"""The desk's drawer, alive: nothing typed is lost by a slip, and any day can be booked from it."""

import datetime as dt

from django.utils import timezone
from playwright.sync_api import expect

from scheduling.models import Appointment
from tests.browser.stage import Stage
from tests.conftest import HOST_A
from tests.make import Make


def test_what_is_typed_stays_and_another_day_is_booked(stage: Stage, make: Make) -> None:
    branch, service = make.branch(), make.service()
    make.practitioner(service, branch=branch)
    day = timezone.localdate() + dt.timedelta(days=9)
    page = stage.open(HOST_A, "/desk/", make.user("secretary"), language="en")
    page.keyboard.press("n")
    drawer, who = page.locator("#drawer"), page.locator("#drawer [name=who]")
    who.fill("Sara Karimi 09121110000")
    page.mouse.click(640, 400)  # beside the drawer
    expect(page.locator(".c-toast")).to_contain_text("not saved")
    expect(who).to_have_value("Sara Karimi 09121110000")
    page.keyboard.press("Escape")
    expect(drawer).to_be_visible()
    drawer.get_by_label("Day").select_option(day.isoformat())
    drawer.get_by_label("Time").fill("10")
    drawer.get_by_role("button", name="Book it").click()
    expect(drawer).to_be_hidden()
    booked = Appointment.objects.get()
    assert timezone.localdate(booked.starts_at) == day
    page.keyboard.press("n")
    expect(who).to_be_visible()
    page.mouse.click(640, 400)  # nothing was typed: it closes
    expect(drawer).to_be_hidden()


def test_several_services_and_the_way_to_meet_are_chosen_there(stage: Stage, make: Make) -> None:
    branch, first, second = make.branch(), make.service(mode="either"), make.service(minutes=20)
    doctor = make.practitioner(first, second, branch=branch)
    patient = make.patient()
    page = stage.open(HOST_A, "/desk/", make.user("secretary"), language="en")
    page.keyboard.press("n")
    drawer = page.locator("#drawer")
    drawer.get_by_label("Service", exact=True).select_option(str(second.pk))
    expect(drawer.get_by_text("Online, by video")).to_have_count(0)
    drawer.get_by_label("Service", exact=True).select_option(str(first.pk))
    expect(drawer.get_by_text("Online, by video")).to_be_visible()
    with page.expect_response(lambda answer: "mode=online" in answer.url):
        drawer.locator("#mode-online").click()
    expect(drawer.locator("[data-fill]").first).to_have_attribute("aria-pressed", "true")
    drawer.locator("[name=who]").fill(patient.last_name)
    page.locator("[role=option]").first.click()
    drawer.get_by_text("More services, room, note").click()
    expect(drawer.locator(".c-then")).to_have_count(3)
    expect(drawer.locator(".c-then").nth(1)).to_be_hidden()
    drawer.locator("[name=then_1]").select_option(str(second.pk))
    expect(drawer.locator(".c-then").nth(1)).to_be_visible()
    drawer.get_by_role("button", name="Book it").click()
    expect(drawer).to_be_hidden()
    one, two = Appointment.objects.order_by("starts_at")
    assert (one.mode, one.service, two.service, one.bundle) == ("online", first, second, two.bundle)
    assert {one.practitioner, two.practitioner} == {doctor}
