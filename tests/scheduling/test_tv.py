"""Displays and phones: numbers only, of one branch only, and nothing before pairing."""

from typing import Any

import pytest

from clinic.shared.errors import Invalid
from scheduling import actions
from scheduling.models import Display
from scheduling.queries.display import display_shows
from tests.scheduling.floor_make import Floor


@pytest.fixture
def floor(make: Any) -> Floor:
    return Floor(make)


def pair(floor: Floor, screen: Any, desk: Any) -> Any:
    screen.get(f"/tv/{floor.branch.pk}/")
    code = Display.objects.latest("pk").code
    spelt = f"{code[:3].lower()} {code[3:]}"  # as people read it out
    assert desk.post(f"/desk/displays/?branch={floor.branch.pk}", {"code": spelt, "name": "Hall"}).status_code == 302
    return screen.get(f"/tv/{floor.branch.pk}/")


def test_before_pairing_a_screen_shows_only_its_code(floor: Floor, page: Any) -> None:
    visit = floor.visit("call")
    screen = page()
    shown = screen.get(f"/tv/{floor.branch.pk}/").content.decode()
    assert Display.objects.get().code in shown
    assert "c-tv__call" not in shown
    assert visit.patient.last_name not in shown
    assert "c-tv__call" not in screen.get(f"/tv/{floor.branch.pk}/part/").content.decode()
    screen.get(f"/tv/{floor.branch.pk}/")
    assert Display.objects.count() == 1  # the code stays the same


def test_a_paired_screen_shows_numbers_and_rooms_but_no_names(floor: Floor, page: Any) -> None:
    visit = floor.visit("call")
    floor.visit()
    shown = pair(floor, page(), page("secretary")).content.decode()
    assert "c-tv__call" in shown
    assert visit.patient.last_name not in shown
    assert visit.patient.first_name not in shown


def test_a_token_of_one_branch_shows_nothing_of_another(floor: Floor, page: Any) -> None:
    other = floor.make.branch(name="Other")
    screen = page()
    pair(floor, screen, page("secretary"))
    held = screen.session["display"]
    assert display_shows(held, floor.branch.pk)
    assert not display_shows(held, other.pk)
    assert screen.get(f"/tv/{other.pk}/part/").status_code == 204
    assert "c-tv__call" not in screen.get(f"/tv/{other.pk}/").content.decode()


def test_a_retired_screen_is_dark(floor: Floor, page: Any) -> None:
    screen, desk = page(), page("secretary")
    pair(floor, screen, desk)
    display = Display.objects.get(paired_at__isnull=False)
    desk.post(f"/desk/displays/{display.pk}/retire/")
    assert not display_shows(screen.session["display"], floor.branch.pk)
    assert "c-tv__call" not in screen.get(f"/tv/{floor.branch.pk}/").content.decode()


@pytest.mark.parametrize("code", ["", "AAAAAA", "  "])
def test_a_wrong_code_pairs_nothing(floor: Floor, page: Any, code: str) -> None:
    page().get(f"/tv/{floor.branch.pk}/")
    with pytest.raises(Invalid):
        actions.pair_display(branch=floor.branch, code=code, by=floor.clerk)
    assert not Display.objects.filter(paired_at__isnull=False).exists()


def test_a_code_is_good_for_its_own_branch_and_once(floor: Floor, page: Any) -> None:
    other = floor.make.branch(name="Other")
    page().get(f"/tv/{floor.branch.pk}/")
    code = Display.objects.get().code
    with pytest.raises(Invalid):
        actions.pair_display(branch=other, code=code, by=floor.clerk)
    actions.pair_display(branch=floor.branch, code=code, by=floor.clerk)
    with pytest.raises(Invalid):
        actions.pair_display(branch=floor.branch, code=code, by=floor.clerk)


def test_only_the_floor_pairs(floor: Floor, page: Any) -> None:
    assert page("cashier").get("/desk/displays/").status_code == 403
    assert page().get("/desk/displays/").status_code == 302
    assert page().get("/tv/999999/").status_code == 404


@pytest.mark.parametrize("moves", [[], ["call"], ["call", "enter_room"], ["enter_room", "leave_room"], ["left"]])
def test_the_phone_tells_a_place_and_no_name(floor: Floor, page: Any, moves: list[str]) -> None:
    floor.visit()
    visit = floor.visit(*moves)
    answer = page().get(f"/q/{visit.queue_token}/")
    assert answer.status_code == 200
    assert visit.patient.last_name not in answer.content.decode()
    assert page().get(f"/q/{visit.queue_token}/part/").status_code == 200


def test_an_unknown_token_is_no_page(floor: Floor, page: Any) -> None:
    assert page().get("/q/nobody/").status_code == 404
