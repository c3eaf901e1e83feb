"""After a restart of the web servers or of Valkey every screen is right again within ten seconds, without a reload."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from clinic.devservices.valkey import _program
from scheduling import actions
from scheduling.models import Display, Visit
from tests.browser.server import _assets
from tests.browser.stage import Stage
from tests.conftest import HOST_A
from tests.database import ROOT
from tests.make import Make
from tests.scheduling.floor_make import Floor
from tests.server import environment, free_port

WITHIN = 10.0  # seconds
RIGHT = """([selector, text]) => (document.querySelector(selector)?.textContent || "").includes(text)"""


class Services:
    """A Valkey and a web server of this test's own, which can be killed and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.valkey_port = folder, free_port(), free_port()
        self.web: subprocess.Popen[bytes] | None = None
        self.valkey: subprocess.Popen[bytes] | None = None

    def start_valkey(self) -> None:
        command = [str(_program()), "--port", str(self.valkey_port), "--bind", "127.0.0.1", "--save", "",
                   "--dir", str(self.folder)]  # fmt: skip
        self.valkey = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def start_web(self) -> None:
        command = [sys.executable, "-m", "uvicorn", "clinic.asgi:application", "--host", "127.0.0.1",
                   "--port", str(self.port), "--log-level", "critical"]  # fmt: skip
        own = environment(REDIS_URL=f"redis://127.0.0.1:{self.valkey_port}/0")
        self.web = subprocess.Popen(command, env=own, cwd=ROOT, stderr=subprocess.DEVNULL)

    def wait_for_web(self) -> None:
        """Until it answers."""
        for _try in range(300):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2)
                return
            time.sleep(0.1)
        raise RuntimeError("The server did not answer.")

    def kill(self, name: str) -> None:
        """Without a word, as a crash would."""
        process = getattr(self, name)
        process.send_signal(signal.SIGKILL)
        process.wait(10)


class Server:
    """What a stage wants to know of a server."""

    def __init__(self, port: int) -> None:
        self.port = port

    def calm_down(self) -> None:
        """Its process ends with the test."""


@pytest.fixture
def services(committed: Any, tmp_path: Path) -> Iterator[Services]:
    _assets()
    found = Services(tmp_path)
    found.start_valkey()
    found.start_web()
    try:
        found.wait_for_web()
        yield found
    finally:
        for process in (found.web, found.valkey):
            if process is not None and process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)
                process.wait(10)


@pytest.fixture
def screens(services: Services, browser: Any, make: Make) -> Iterator[tuple[Floor, Visit, dict[str, Page]]]:
    """Board, queue, display and a patient's phone, open and live; nobody is called yet."""
    floor = Floor(make)
    first, second = floor.visit(), floor.visit()
    stage = Stage(browser, Server(services.port))  # type: ignore[arg-type]  # only its port is asked
    pages = {
        "board": stage.open(HOST_A, "/desk/", floor.clerk),
        "queue": stage.open(HOST_A, "/desk/queue/", floor.clerk),
        "tv": stage.open(HOST_A, f"/tv/{floor.branch.pk}/", size="tv"),
        "phone": stage.open(HOST_A, f"/q/{second.queue_token}/", size="phone"),
    }
    actions.pair_display(branch=floor.branch, code=Display.objects.get().code, by=floor.clerk)
    pages["tv"].wait_for_selector("#tv.c-tv__body", timeout=30_000)
    for page in pages.values():
        page.wait_for_selector("[data-live-dot][data-state=on]", timeout=30_000, state="attached")
        page.evaluate("window.sameDocument = true")
    pages["elsewhere"] = stage.open(HOST_A, "/my/", floor.clerk)
    yield floor, first, pages
    stage.close()


PRESS = """(url) => fetch(url, {method: "POST", headers: {"HX-Request": "true",
  "X-CSRFToken": document.querySelector("meta[name=csrf]").content}}).then((answer) => answer.status)"""


def _call_over_http(pages: dict[str, Page], visit: Visit) -> None:
    """The desk's button, pressed in another window: the server's own way, whatever works of it."""
    assert pages["elsewhere"].evaluate(PRESS, f"/desk/visits/{visit.pk}/call/") == 204


def _right_within(pages: dict[str, Page], wanted: dict[str, tuple[str, str]], since: float) -> dict[str, float]:
    """Seconds after which each page shows what is wanted, in the very document that was open before."""
    took: dict[str, float] = {}
    pages = {name: page for name, page in pages.items() if name in wanted}
    while len(took) < len(pages) and time.monotonic() - since < WITHIN + 5:
        for name, page in pages.items():
            if name not in took and page.evaluate(RIGHT, list(wanted[name])):
                took[name] = time.monotonic() - since
        next(iter(pages.values())).wait_for_timeout(60)
    assert set(took) == set(pages), f"never right: {set(pages) - set(took)}"
    assert all(page.evaluate("window.sameDocument") for page in pages.values()), "a page was loaded anew"
    return took


CALLED = {
    "board": ("#waiting", "فراخوانده"),
    "queue": ("#queue", "ورود به اتاق"),
    "tv": ("#tv .c-tv__call:not(.c-tv__call--none)", "۱"),
    "phone": ("#place", "نفر بعد شمایید"),
}


def _judge(what: str, took: dict[str, float]) -> None:
    print(f"\n{what}: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in took.items()))
    assert max(took.values()) <= WITHIN, took


def test_after_a_restart_of_the_web_server(services: Services, screens: Any) -> None:
    _floor, first, pages = screens
    services.kill("web")
    actions.call(visit=first, by=None)  # whoever is told of this, these screens are not
    services.start_web()
    services.wait_for_web()
    _judge("web", _right_within(pages, CALLED, time.monotonic()))


def test_after_a_restart_of_valkey(services: Services, screens: Any) -> None:
    _floor, first, pages = screens
    services.kill("valkey")
    _call_over_http(pages, first)  # the notice is lost, the row is not
    pages["queue"].wait_for_timeout(1500)
    services.start_valkey()
    _judge("Valkey", _right_within(pages, CALLED, time.monotonic()))
    second = Visit.objects.exclude(pk=first.pk).get()
    pages["queue"].wait_for_timeout(4000)
    began = time.monotonic()  # and notices come through again, at once
    _call_over_http(pages, second)
    shown = {"tv": ("#tv .c-tv__call b", "۲"), "phone": ("#place", "نوبت شماست")}
    _judge("a notice afterwards", _right_within(pages, shown, began))


def test_after_a_restart_of_valkey_that_nobody_noticed(services: Services, screens: Any) -> None:
    """So quick that it lies between two pings: the epoch tells."""
    _floor, first, pages = screens
    pages["queue"].wait_for_timeout(1200)
    services.kill("valkey")
    _call_over_http(pages, first)
    services.start_valkey()
    _judge("Valkey, quickly", _right_within(pages, CALLED, time.monotonic()))
