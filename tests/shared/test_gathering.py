"""Many reasons, few runs, and none is forgotten."""

import threading
import time

import pytest

from clinic.shared.gathering import gather

pytestmark = pytest.mark.no_database


def test_the_first_is_done_at_once_and_the_others_together() -> None:
    runs: list[float] = []
    second = threading.Event()

    def run() -> None:
        runs.append(time.monotonic())
        if len(runs) == 2:
            second.set()

    began = time.monotonic()
    for _each in range(50):
        gather("test of many", 0.2, run)
    assert len(runs) == 1
    assert second.wait(5)
    assert runs[1] - began >= 0.19
    time.sleep(0.3)
    assert len(runs) == 2


def test_other_keys_do_not_wait_for_each_other() -> None:
    runs: list[str] = []
    for key in ("test of one", "test of another"):
        gather(key, 5, lambda key=key: runs.append(key))  # type: ignore[misc]  # a default binds the key
    assert runs == ["test of one", "test of another"]
