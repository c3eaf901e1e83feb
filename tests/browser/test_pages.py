"""Every page, both languages, light and dark, wide and small: reachable, readable, quiet."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from clinic.accounts.admin import clinic_tables
from clinic.roof.management.commands.policy import lines
from clinic.shared.tenancy import use_clinic, use_platform
from tests.browser.looks import axe, look
from tests.browser.pages import PAGES, PARTS, Entry
from tests.browser.server import running_server
from tests.browser.stage import SIZES, Quiet, Stage
from tests.browser.world import World, build, operators, platform_request
from tests.conftest import HOST_A, HOST_B, clinic_info
from tests.make import Make

pytestmark = pytest.mark.no_database
HOSTS = {"fa": HOST_A, "en": HOST_B}
# Each page is loaded once a language; window and colours change in place. A language is seen wide and small, light and
# dark; all four together at night and for pictures. looks.js looks in every view; axe, which takes longer than all else
# together, in one language of a page, and in the other of the next; in both at night.
VIEWS = [("desk", "light"), ("desk", "dark"), ("small", "dark"), ("small", "light")]
PAIRS = {"fa": [("desk", "light"), ("small", "dark")], "en": [("small", "light"), ("desk", "dark")]}
ALL = bool(os.environ.get("LOOKS") or os.environ.get("NIGHTLY"))
# Colours of another scheme are there with the next frame.
NEXT_FRAME = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
AXE = {"fa": ("desk", "light"), "en": ("small", "light")}


@dataclass
class House:
    """Both worlds, and a window a person and language."""

    stage: Stage
    worlds: dict[str, World]
    operators: dict[str, Any] = field(default_factory=dict)
    pages: dict[tuple[str, str], tuple[Page, Quiet]] = field(default_factory=dict)
    open: Page | None = None

    def page(self, entry: Entry, language: str) -> tuple[Page, Quiet]:
        """The window of the role that opens this page."""
        key = (entry.host or language, f"{entry.role} {language}")
        if key not in self.pages:
            page = self._context(entry, language).new_page()
            self.pages[key] = (page, Quiet(page))
        self._leave_all_but(self.pages[key][0])
        return self.pages[key]

    def _leave_all_but(self, page: Page) -> None:
        """A window that nobody looks at must not go on asking; what it looked at last is of the same process."""
        if self.open not in {None, page}:
            self.open.goto("/livez")  # type: ignore[union-attr]  # not None
        self.open = page

    def _context(self, entry: Entry, language: str) -> Any:
        if entry.host:
            with use_platform():
                who = self.operators.get(entry.role or "")
                return self.stage.context("localhost", who, language=language, proved=entry.role != "newcomer")
        world = self.worlds[language]
        with use_clinic(world.clinic):
            who = world.users[entry.role] if entry.role else None
            return self.stage.context(HOSTS[language], who, language=language, proved=entry.role != "newcomer")


@pytest.fixture(scope="module")
def house(own_database: None, browser: Any) -> Iterator[House]:
    """Two clinics in the middle of their day, committed; the database is made anew afterwards."""
    house = House(Stage(browser, running_server()), {})
    for language, host in HOSTS.items():
        with use_clinic(clinic_info(host)) as info:
            house.worlds[language] = build(info, Make())
    with use_platform():
        house.operators = operators()
        asked = platform_request()
    for world in house.worlds.values():
        world.asked = asked
    yield house
    house.stage.close()


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.name)
@pytest.mark.parametrize("language", ["fa", "en"])
def test_page(house: House, entry: Entry, language: str) -> None:
    page, quiet = house.page(entry, language)
    views = VIEWS if ALL else PAIRS[language]
    asked = AXE[language] if ALL or language == language_of_axe(entry) else None
    resize(page, *views[0])
    if entry.first:
        entry.first(page, house.worlds[language])
    answer = page.goto(entry.address(house.worlds[language]))
    assert answer
    assert answer.status < 400
    quiet.wait()
    complaints = []
    for size, theme in views:
        resize(page, size, theme)
        page.evaluate(NEXT_FRAME)
        found = look(page, language, entry.data) + (axe(page) if (size, theme) == asked else [])
        complaints += [f"{size} {theme} {text}" for text in found]
        _keep(page, f"{entry.name} {language} {size} {theme}")
    complaints += house.stage.complaints.take()
    assert not complaints, "\n".join(["", *complaints])


def language_of_axe(entry: Entry) -> str:
    """The language in which axe looks at a page."""
    return list(HOSTS)[PAGES.index(entry) % len(HOSTS)]


def _keep(page: Page, name: str) -> None:
    """A picture for people's eyes, where `make looks` names a folder."""
    if folder := os.environ.get("LOOKS"):
        page.screenshot(
            path=Path(folder) / f"{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')}.png", full_page=True
        )


@pytest.mark.parametrize("language", ["fa", "en"])
def test_key_tables(house: House, language: str) -> None:
    """Django's admin: the index, every table, a row of each, as the owner sees them. Both languages of all at night."""
    page, quiet = house.page(Entry("/mastermind/tables/", "owner"), language)
    complaints = []
    with use_clinic(house.worlds[language].clinic):
        addresses = ["/mastermind/tables/", *_table_addresses()]
    if not ALL:  # a table and its row in one of the languages
        turn = list(HOSTS).index(language)
        addresses = [each for place, each in enumerate(addresses) if not place or place // 2 % 2 == turn]
    for place, address in enumerate(addresses):
        size, theme = VIEWS[place % len(VIEWS)]
        resize(page, size, theme)
        answer = page.goto(address)
        assert answer
        assert answer.status < 400, address
        quiet.wait()
        found = look(page, language, data="td, dd, tbody th, h1, .c-picks") + (axe(page) if place < 10 else [])
        complaints += [f"{address} {size} {theme} {text}" for text in found + house.stage.complaints.take()]
    assert not complaints, "\n".join(["", *complaints])


def _table_addresses() -> Iterator[str]:
    for model in clinic_tables._registry:
        options = model._meta
        address = f"/mastermind/tables/{options.app_label}/{options.model_name}/"
        yield address
        row = model._default_manager.order_by("-pk").first()
        if row is not None:
            yield f"{address}{row.pk}/change/"


def resize(page: Page, size: str, theme: str) -> None:
    """Another window and other colours, without loading anew."""
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]  # a parameter of the test


def test_no_page_is_forgotten() -> None:
    routes = {line.split()[1] for line in lines() if line.startswith("GET ")}
    routes = {route for route in routes if "/tables/" not in route and not route.startswith("/api/")}
    known = {f"{entry.host}{entry.route}" for entry in PAGES} | PARTS
    assert routes - known == set(), "Name these pages in tests/browser/pages.py."
    assert known - routes == set(), "These pages are gone."
