"""One demo at a time in one folder of state."""

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def only_demo(state: Path) -> Iterator[None]:
    """Hold the folder for this demo, or end with a message."""
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (state / "demo.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"Another demo runs on {state}. Stop it, or choose another folder: make demo STATE=/some/folder")
        yield
