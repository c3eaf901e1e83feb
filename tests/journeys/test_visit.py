"""A common visit from the day's list to the signature: template, one diagnosis, two drugs, advice, finish.

At most twelve interactions and ninety seconds of scripted input; printed with `-s` as in test_taps.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

import emr.actions as record
from emr.models import Encounter, NoteTemplate
from scheduling.models import Visit
from scheduling.queries.opening import zone_of
from tests.browser.counting import Hand
from tests.browser.stage import Stage
from tests.conftest import HOST_A, HOST_B
from tests.journeys.daylight import in_daylight
from tests.scheduling.floor_make import Floor

WORDS: dict[str, dict[str, Any]] = {
    HOST_A: {
        "drugs": [("استامینوفن", "500", "هر شش ساعت یک عدد"), ("سیتریزین", "10", "هر شب یک عدد")],
        "typed": ["استامینو", "سیتریز"], "finding": "سرماخوردگی", "code": "J00", "told": "گلودرد از دو روز پیش",
        "advice": "مایعات فراوان و سه روز استراحت", "phrase": "طبیعی", "phrase_says": "حال عمومی خوب",
    },
    HOST_B: {
        "drugs": [("Paracetamol", "500 mg", "One every six hours"), ("Cetirizine", "10 mg", "One at night")],
        "typed": ["paracet", "cetiri"], "finding": "common cold", "code": "J00", "told": "Sore throat for two days",
        "advice": "Plenty of fluids, three days of rest", "phrase": "normal", "phrase_says": "General condition good",
    },
}  # fmt: skip


@dataclass
class Ward:
    """A doctor with one patient in her room."""

    host: str
    words: dict[str, Any]
    stage: Stage
    doctor: Any
    visit: Visit

    def hand(self, who: Any = None, size: str = "desk") -> Hand:
        """A doctor's hand on a desk's mouse."""
        return Hand(self.stage.context(self.host, who or self.doctor, size=size).new_page())


@pytest.fixture(params=[HOST_A, HOST_B], ids=["fa", "en"])
def ward(request: pytest.FixtureRequest, stage: Stage, worker: None) -> Iterator[Ward]:
    """The clinic, its drugs, and who is in the room."""
    host, words = request.param, WORDS[request.param]
    with in_daylight(host) as (make, branch):
        timezone.activate(zone_of(branch.time_zone))
        floor = Floor(make)
        doctor = make.user("doctor")
        floor.doctor.user = doctor
        floor.doctor.save()
        visit = floor.visit("call", "enter_room", starts_at=timezone.now())
        for name, strength, dose in words["drugs"]:
            record.save_medication(name=name, strength=strength, default_dose=dose, by=doctor)
        yield Ward(host, words, stage, doctor, visit)
        timezone.deactivate()


def _prescribe(hand: Hand, name: str, whole: str) -> None:
    """A drug by its first letters, with its usual dose."""
    page = hand.page
    hand.write(name)
    expect(page.locator("#prescription [role=option]").first).to_contain_text(whole)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")  # part of typing: the one that was found
    hand.tap(page.locator("#prescription form[id^=drug-] .c-btn").first)
    expect(page.locator("#prescription")).to_contain_text(whole)


def test_a_common_visit_in_twelve_interactions(ward: Ward) -> None:
    """From my day to the signature."""
    hand, words = ward.hand(), ward.words
    page = hand.page
    hand.begin("/doctor/")
    began = time.monotonic()
    hand.tap(page.locator(f"#my-day a.c-btn[href='/doctor/visit/{ward.visit.pk}/']").first)
    expect(page.locator("#note-form")).to_be_visible()
    template = NoteTemplate.objects.get(kind="visit")
    hand.tap(page.locator(".c-note-tools button", has_text=template.name))
    expect(page.locator(".c-note-tools button", has_text=template.name)).to_have_attribute("aria-pressed", "true")
    hand.tap(page.locator("#complaint"))
    hand.write(words["told"])
    hand.tap(page.locator("#findings [role=combobox]"))
    hand.write(words["code"])
    expect(page.locator("#findings [role=option]").first).to_contain_text("J00")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")  # part of typing
    expect(page.locator("#findings li:not([role=option])")).to_have_count(1)
    expect(page.locator("#findings [role=combobox]")).to_be_focused()  # ready for another one
    hand.tap(page.locator("#prescription [role=combobox]"))
    _prescribe(hand, words["typed"][0], words["drugs"][0][0])
    expect(page.locator("#prescription [role=combobox]")).to_be_focused()
    _prescribe(hand, words["typed"][1], words["drugs"][1][0])
    hand.tap(page.locator("#advice"))
    hand.write(words["advice"])
    hand.tap(page.locator("[data-key=KeyF]"))
    hand.tap(page.locator("#finish .c-btn--primary"))
    page.wait_for_url("**/doctor/")
    seconds = time.monotonic() - began
    print(f"common visit ({ward.host[0]}): {hand.taps} interactions, {hand.letters} letters, {seconds:.1f} s")
    done = Encounter.objects.select_related("template").get(visit=ward.visit)
    assert (done.status, done.complaint, done.advice) == ("signed", words["told"], words["advice"])
    assert done.template.template == template
    assert done.conditions.get().code == "J00"
    assert [line.dose for line in done.prescriptions.all()] == [dose for _name, _strength, dose in words["drugs"]]
    assert Visit.objects.get(pk=ward.visit.pk).status == "finished"
    assert ward.stage.complaints.take() == []
    assert hand.taps <= 12
    assert seconds <= 90
    hand.check()


def _kept(page: Page) -> None:
    expect(page.locator("[data-autosave-state]")).to_have_attribute("data-state", "saved")


def test_answers_and_phrases_are_kept_and_two_people_lose_nothing(ward: Ward) -> None:
    """Answers save themselves and come back; `/` puts a phrase in; a stale page shows both texts and one is chosen."""
    words, template = ward.words, NoteTemplate.objects.get(kind="therapy")
    opened = record.open_encounter(visit=ward.visit, by=ward.doctor)
    record.use_template(encounter=opened, template=template, by=ward.doctor)
    page = ward.hand().page
    page.goto(f"/doctor/visit/{ward.visit.pk}/")
    page.locator("[name='a.q1'][value='7']").check(force=True)
    page.locator("[name='a.q4']").fill("90")
    page.locator("[name='a.q9']").first.check(force=True)
    page.locator("#note").click()
    page.keyboard.type(f"/{words['phrase'][:3]}")
    expect(page.locator(".c-phrases [role=option]").first).to_contain_text(words["phrase_says"])
    page.keyboard.press("Enter")
    page.locator("#advice").click()
    _kept(page)
    done = Encounter.objects.get(visit=ward.visit)
    assert done.note.startswith(words["phrase_says"])
    assert (done.answers["q1"], done.answers["q4"], len(done.answers["q9"])) == (7, "90", 1)
    page.reload()
    expect(page.locator("[name='a.q1'][value='7']")).to_be_checked()

    other = ward.hand().page
    other.goto(f"/doctor/visit/{ward.visit.pk}/")
    ward.stage.complaints.expected.add(409)
    page.locator("#note").fill("one")
    page.locator("[name='a.q1'][value='3']").check(force=True)
    page.locator("#advice").click()
    _kept(page)
    other.locator("#note").fill("two")
    other.locator("[name='a.q1'][value='9']").check(force=True)
    other.locator("#advice").click()
    clash = other.locator("#conflict form")
    expect(clash).to_contain_text("one")
    expect(clash).to_contain_text("two")
    clash.locator("[data-put=settle-note]").nth(2).click()  # both, one after the other
    expect(clash.locator("#settle-note")).to_have_value("one\ntwo")
    clash.locator("[name='j.q1']").first.check()
    clash.locator(".c-btn--primary").click()
    expect(other.locator("#note")).to_have_value("one\ntwo")
    done = Encounter.objects.get(visit=ward.visit)
    assert (done.note, done.answers["q1"]) == ("one\ntwo", 3)
    assert ward.stage.complaints.take() == []


def _slowly(route: Route) -> None:
    time.sleep(0.7)
    route.continue_()


def test_a_diagnosis_that_is_kept_late_takes_no_focus_away(ward: Ward) -> None:
    """Who is at a button of the next part when the answer comes stays there, and is ready for another drug after it."""
    hand, words = ward.hand(), ward.words
    page = hand.page
    page.goto(f"/doctor/visit/{ward.visit.pk}/")
    page.route("**/diagnoses/", _slowly)
    page.locator("#findings [role=combobox]").fill(words["code"])
    expect(page.locator("#findings [role=option]").first).to_contain_text("J00")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    button = page.locator("#prescription form[id^=drug-] .c-btn").first
    button.focus()
    expect(page.locator("#findings li:not([role=option])")).to_have_count(1)
    expect(button).to_be_focused()
    page.locator("#prescription [role=combobox]").click()
    _prescribe(hand, words["typed"][0], words["drugs"][0][0])
    expect(page.locator("#prescription [role=combobox]")).to_be_focused()


def test_what_is_typed_while_the_note_is_drawn_anew_is_kept(ward: Ward) -> None:
    """A slow answer to a press of a template takes no word away."""
    page = ward.hand().page
    page.goto(f"/doctor/visit/{ward.visit.pk}/")
    page.route("**/template/", _slowly)
    page.locator("#complaint").fill("before")
    chosen = page.locator(".c-note-tools button[aria-pressed=false]").first.inner_text()
    page.get_by_role("button", name=chosen, exact=True).click()
    page.locator("#complaint").fill("before and after")
    expect(page.get_by_role("button", name=chosen, exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#complaint")).to_have_value("before and after")
    with page.expect_response(lambda answer: answer.url.endswith("/note/") and answer.ok):
        page.locator("#advice").click()
    _kept(page)
    assert Encounter.objects.get(visit=ward.visit).complaint == "before and after"
