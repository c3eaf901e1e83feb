"""The day pack in a browser that has no network, opened from the disk."""

from pathlib import Path
from typing import Any

import emr.actions as record
from scheduling import actions as diary
from tests.scheduling.floor_make import Floor

WORDS = "گربهٔ سیاه زیر پل"


def test_opened_from_the_disk_without_a_network(make: Any, page: Any, browser: Any, tmp_path: Path) -> None:
    floor, boss = Floor(make), make.user("manager")
    patient = floor.make.patient(first_name="مینا", last_name="شریفی")
    record.add_allergy(patient=patient, substance="پنی‌سیلین", by=floor.make.user("doctor"))
    floor.visit(patient=patient)
    floor.visit(patient=floor.make.patient(first_name="<b>علی</b>", last_name="رضایی"))
    diary.set_passphrase(branch=floor.branch, passphrase=WORDS, by=boss)
    file = tmp_path / "day-pack.html"
    file.write_bytes(page(floor.clerk).get("/desk/pack/file/").content)
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 800})
    window = context.new_page()
    problems: list[str] = []
    window.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    window.on("pageerror", lambda error: problems.append(str(error)))
    window.goto(file.as_uri())
    assert "همین حالا" in window.locator(".age").inner_text()
    assert "شریفی" not in window.content()
    window.fill("#words", "واژه‌های نادرست و دراز")
    window.keyboard.press("Enter")
    window.locator("#problem:not(:empty)").wait_for()
    assert "شریفی" not in window.content()
    window.fill("#words", f"{WORDS} ")
    window.keyboard.press("Enter")
    window.locator("table").first.wait_for()
    assert window.locator("tbody tr").count() == 2
    assert "پنی‌سیلین" in window.locator(".allergy").inner_text()
    assert window.locator("tbody b", has_text="<b>علی</b>").count() == 1  # text, never markup
    window.fill("#search", "شريفي")  # Arabic letters find Persian names
    assert window.locator("tbody tr").count() == 1
    window.get_by_role("button", name="English").click()
    assert window.locator("html").get_attribute("dir") == "ltr"
    assert "Allergy" in window.locator(".allergy").inner_text()
    window.screenshot(path="/tmp/keep-pack-en.png")
    window.set_viewport_size({"width": 360, "height": 740})
    assert window.evaluate("document.documentElement.scrollWidth <= innerWidth")
    window.get_by_role("button", name="فارسی").click()
    window.fill("#search", "")
    window.screenshot(path="/tmp/keep-pack-fa-360.png", full_page=True)
    window.get_by_role("button", name="قفل").click()
    assert "شریفی" not in window.content()
    assert problems == []
    context.close()
