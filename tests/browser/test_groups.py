"""The builder of groups, alive: each condition shows at once who belongs, and a group is kept as it was seen."""

from playwright.sync_api import expect

from clinic.patients.models import Segment
from tests.browser.stage import Stage
from tests.conftest import HOST_A
from tests.make import Make


def test_a_group_is_built_while_its_people_are_seen(stage: Stage, make: Make) -> None:
    for place, sex in enumerate(["female", "female", "male"]):
        make.patient(first_name=f"Person {place}", sex=sex, phone=f"0912100000{place}")
    page = stage.open(HOST_A, "/patients/groups/0/", make.user("manager"), language="en")
    now = page.locator("#group-now")
    page.get_by_label("Name of the group").fill("Women")
    page.get_by_label("First condition").select_option("sex")
    expect(page.locator(".c-term")).to_have_count(1)
    page.get_by_label("Female").check()
    expect(now.locator(".c-kpi__value")).to_have_text("2")
    expect(now).to_contain_text("Person 0")
    page.get_by_label("Male", exact=True).check()
    expect(now.locator(".c-kpi__value")).to_have_text("3")
    page.get_by_label("Male", exact=True).uncheck()
    expect(now.locator(".c-kpi__value")).to_have_text("2")
    page.get_by_label("Another condition").select_option("phone")
    expect(page.locator(".c-term")).to_have_count(2)
    expect(page.get_by_label("Name of the group")).to_have_value("Women")
    page.get_by_role("button", name="Take the condition").nth(1).click()
    expect(page.locator(".c-term")).to_have_count(1)
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.wait_for_url("**/patients/groups/")
    kept = Segment.objects.get()
    assert kept.name == "Women"
    expect(page.get_by_text("Women")).to_be_visible()
