"""What only a browser shows of files and forms: a phone beside the screen, drawing, comparing, signing."""

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Page, expect

from emr import actions
from emr.models import File, Intake
from tests.browser.stage import Stage
from tests.conftest import HOST_A
from tests.emr.hostile_files import cheek
from tests.make import Make


def _photos(make: Make, doctor: Any, count: int) -> Any:
    patient = make.patient()
    for red in range(count):
        upload = SimpleUploadedFile("a.jpg", cheek(90 + red * 100))
        actions.add_file(patient=patient, upload=upload, by=doctor)
    return patient


def test_a_phone_sends_photos_and_they_appear_on_the_screen(stage: Stage, make: Make) -> None:
    doctor, patient = make.user("doctor"), make.patient()
    desk = stage.open(HOST_A, f"/files/of/{patient.pk}/", doctor, language="en")
    desk.get_by_role("link", name="From the phone").click()
    address = desk.locator("[data-copy]").get_attribute("data-copy")
    assert address
    expect(desk.locator("#phone-state")).to_contain_text("Waiting")
    phone = stage.open(HOST_A, re.sub(r"^https?://[^/]+", "", address), size="phone", language="en")
    expect(desk.locator("#phone-state")).to_contain_text("connected")
    good = {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": cheek(180)}
    bad = {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"<svg onload=alert(1)>"}
    stage.complaints.expected.add(422)
    phone.locator("input[type=file]").nth(1).set_input_files([good, bad])
    expect(phone.locator("[data-state=ok]")).to_have_count(1)
    expect(phone.locator("[data-state=bad]")).to_contain_text("SVG drawings are not kept")
    expect(desk.locator("#phone-state")).to_contain_text("1 file has arrived")
    expect(desk.locator(".c-file")).to_have_count(1)
    phone.get_by_role("button", name="I am done").click()
    expect(phone.get_by_text("Thank you")).to_be_visible()


def _drag(page: Page, selector: str, *points: tuple[float, float]) -> None:
    box = page.locator(selector).bounding_box()
    assert box
    for at, (x, y) in enumerate(points):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=4)
        if not at:
            page.mouse.down()
    page.mouse.up()


def test_drawing_by_mouse_and_by_keys_makes_a_copy(stage: Stage, make: Make) -> None:
    doctor = make.user("doctor")
    patient = _photos(make, doctor, 1)
    original = File.objects.get()
    page = stage.open(HOST_A, f"/files/{original.pk}/draw/", doctor, language="en")
    page.wait_for_function("document.querySelector('canvas').getContext('2d').getImageData(5, 5, 1, 1).data[3] === 255")
    before = page.evaluate("document.querySelector('canvas').toDataURL()")
    _drag(page, "canvas", (0.2, 0.2), (0.6, 0.5), (0.7, 0.2))
    page.get_by_role("radio", name="Arrow").check()
    page.locator("canvas").focus()
    for key in ("Enter", "Shift+ArrowRight", "Shift+ArrowDown", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate("document.querySelector('canvas').toDataURL()") != before
    page.get_by_role("button", name="Keep the copy").click()
    page.wait_for_url(re.compile(r"/files/\d+/$"))
    copy = File.objects.get(drawn_on=original)
    assert copy.patient == patient
    assert copy.sha256 != original.sha256
    expect(page.get_by_text("The picture below the drawing")).to_be_visible()


def test_photos_are_compared_by_keys_in_both_directions(stage: Stage, make: Make) -> None:
    doctor = make.user("doctor")
    patient = _photos(make, doctor, 2)
    for language, key in (("en", "ArrowLeft"), ("fa", "ArrowRight")):
        page = stage.open(HOST_A, f"/files/of/{patient.pk}/compare/", doctor, language=language)
        slider = page.locator(".c-compare__range")
        slider.focus()
        for _press in range(5):
            page.keyboard.press(key)
        cut = page.evaluate("document.querySelector('[data-compare]').style.getPropertyValue('--cut')")
        assert cut == "45%", language


def test_a_form_is_filled_signed_and_sent_on_a_phone(stage: Stage, make: Make) -> None:
    content = [
        {"kind": "long", "label": {"fa": "داروها"}},
        {"kind": "consent", "label": {"fa": "رضایت"}, "text": {"fa": "می‌پذیرم"}, "required": True},
    ]
    form = actions.save_intake_form(name="فرم پذیرش", content=content, by=None)
    intake = actions.send_intake(form=form, patient=make.patient(), by=None)
    stage.complaints.expected.add(422)
    phone = stage.open(HOST_A, f"/in/{intake.token}/", size="phone", language="fa")
    phone.locator("#q1").fill("آسپرین")
    expect(phone.locator("[data-autosave-state]")).to_have_attribute("data-state", "saved")
    phone.reload()
    expect(phone.locator("#q1")).to_have_value("آسپرین")
    send = phone.get_by_role("button", name="فرستادن به کلینیک")
    send.click()
    expect(phone.locator("#q2_error")).to_be_visible()
    phone.locator("#q2").check()
    phone.locator(".c-sign__pad").scroll_into_view_if_needed()
    _drag(phone, ".c-sign__pad", (0.1, 0.5), (0.4, 0.2), (0.7, 0.8))
    phone.locator("#q1").fill("آسپرین و ویتامین")
    send.click()  # what is still being saved must not arrive behind it
    expect(phone.get_by_text("سپاس")).to_be_visible()
    phone.wait_for_function("!JSON.stringify(localStorage).includes('آسپرین')")
    filled = Intake.objects.get()
    assert filled.answers["q1"] == "آسپرین و ویتامین"
    assert filled.status == "filled"
    assert len(filled.signature[0]) > 3


def test_photos_of_a_form_arrive_while_it_is_filled(stage: Stage, make: Make) -> None:
    content = [
        {"kind": "long", "label": {"en": "Medicines", "fa": "داروها"}},
        {"kind": "photo", "label": {"en": "Insurance card", "fa": "کارت بیمه"}, "required": True},
    ]
    form = actions.save_intake_form(name="Before", content=content, by=None)
    intake = actions.send_intake(form=form, patient=make.patient(), by=None)
    phone = stage.open(HOST_A, f"/in/{intake.token}/", size="phone", language="en")
    phone.locator("#q1").fill("Aspirin")
    good = {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": cheek(180)}
    bad = {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"<svg onload=alert(1)>"}
    stage.complaints.expected.add(422)
    phone.locator("#q2").set_input_files([good])
    expect(phone.locator("#photos-q2 img")).to_have_count(1)
    phone.locator("#q2").set_input_files([bad])
    expect(phone.locator("#q2_error")).to_contain_text("SVG drawings are not kept")
    phone.locator("#q2").set_input_files([good])
    expect(phone.locator("#photos-q2 img")).to_have_count(2)
    phone.get_by_role("button", name="Take photo 2 away").click()
    expect(phone.locator("#photos-q2 img")).to_have_count(1)
    expect(phone.locator("#q1")).to_have_value("Aspirin")
    phone.get_by_label("Full name").fill("Sara")
    phone.get_by_role("button", name="Send to the clinic").click()
    expect(phone.get_by_text("Thank you")).to_be_visible()
    [kept] = File.objects.filter(removed_at=None)
    assert Intake.objects.get().answers == {"q1": "Aspirin", "q2": [kept.pk]}
    desk = stage.open(HOST_A, f"/desk/intake/{intake.pk}/", make.user("secretary"), language="en")
    expect(desk.locator(f"a[href='/files/{kept.pk}/'] img")).to_be_visible()
