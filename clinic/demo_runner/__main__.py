"""`python -m clinic.demo_runner`: run the demo in the foreground until Ctrl-C or SIGTERM.

`--with-parent` ends it also when the process that started it (make) is gone.
"""

import os
import shutil
import signal
import sys
from pathlib import Path

from clinic import devservices
from clinic.demo_runner.demo import Demo
from clinic.demo_runner.probe import port_is_free
from clinic.demo_runner.state import only_demo

OURS = ("files", "logs", "clock", "prepared")


def start_over(state: Path) -> None:
    """Delete the demo's data; other things in the folder of state stay."""
    if os.environ.get("DATABASE_URL"):
        sys.exit("FRESH=1 empties private services only; empty the database of DATABASE_URL by its own means.")
    devservices.erase(state)
    for name in OURS:
        place = state / name
        shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)


def main() -> int:
    """Check what can be checked beforehand, then run."""
    port, state = os.environ.get("PORT") or "8000", devservices.state_dir()
    if not port.isdigit() or not 0 < int(port) < 65536:
        sys.exit(f"PORT must be a number from 1 to 65535, not {port!r}.")
    with only_demo(state):
        if not port_is_free(int(port)):
            sys.exit(f"Port {port} is taken by another program. Choose another: make demo PORT={int(port) + 1}")
        if os.environ.get("FRESH") not in (None, "", "0"):
            start_over(state)
        demo = Demo()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: demo.stopping.set())
        return demo.run()


if __name__ == "__main__":
    sys.exit(main())
