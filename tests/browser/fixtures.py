"""Fixtures for tests that drive a real browser against the running product."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.server import Server, running_server, swept
from tests.browser.stage import Stage
from tests.fakes import kavenegar


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """A Chromium of this machine."""
    return {
        **browser_type_launch_args,
        "executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        "args": [
            *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
            # Online visits: a drawn camera, a beeping microphone, allowed at once, and connections within this machine.
            *("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"),
            *("--allow-loopback-in-peer-connection", "--autoplay-policy=no-user-gesture-required"),
        ],
    }


@pytest.fixture
def live(committed: Any) -> Server:
    """The running product over this worker's database, which is made anew after the test."""
    return running_server()


@pytest.fixture
def phone(settings: Any) -> Iterator[kavenegar.FakeKavenegar]:
    """The gateway's stand-in: what was sent stands in `phone.sent`."""
    with kavenegar.running() as fake:
        settings.SMS_URL, settings.KAVENEGAR_API_KEY = fake.url, kavenegar.KEY
        settings.HOLDS_PER_MINUTE = settings.CODES_PER_HOUR = 0
        yield fake


@pytest.fixture
def worker(live: Server, phone: kavenegar.FakeKavenegar) -> Iterator[None]:
    """Worker and clock of both clinics."""
    with swept(["c_a", "c_b"]):
        yield


@pytest.fixture
def stage(live: Server, browser: Any) -> Iterator[Stage]:
    """Opens windows for people; at the end no window may have complained."""
    stage = Stage(browser, live)
    yield stage
    stage.close()
    complaints = stage.complaints.take()
    assert not complaints, "; ".join(complaints)
