"""One server of the demo: started in a group of its own, restarted when it dies, its output kept and sifted."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path

LIMIT, WINDOW = 5, 60  # restarts, seconds
LOG_BYTES = 20_000_000
DATED = re.compile(r"^\[?\d{4}-\d\d-\d\d \S+ (\w+)|^(INFO|DEBUG|WARNING|ERROR|CRITICAL):")
LOUD = {"WARNING", "ERROR", "CRITICAL"}
TIED = [sys.executable, "-m", "clinic.demo_runner.tied"]


class Child:
    """A process that the demo keeps alive."""

    def __init__(self, name: str, words: list[str], env: dict[str, str], log: Path, ready: str = "") -> None:
        self.name, self.words, self.env, self.log = name, words, env, log
        self.ready = threading.Event()
        self.ready_text = ready
        self.starts: deque[float] = deque(maxlen=LIMIT + 1)
        self.process: subprocess.Popen[str] | None = None
        self.next_start = 0.0

    def start(self) -> None:
        """Start it; its output goes to the log, what a person should see to the console too."""
        self.starts.append(time.monotonic())
        self.process = subprocess.Popen(
            [*TIED, *self.words],
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            bufsize=1,
            start_new_session=True,
        )
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()

    def keep(self) -> None:
        """Restart it if it died, a little later each time. Raises ChildProcessError when that is of no use."""
        if self.process is None or self.process.poll() is None:
            return
        now = time.monotonic()
        if not self.next_start:
            self._kill_group()  # workers of a killed parent would keep its port
            recent = [moment for moment in self.starts if moment > now - WINDOW]
            if len(recent) > LIMIT:
                raise ChildProcessError(f"{self.name} died {len(recent)} times within a minute; see {self.log}")
            self.next_start = now + min(0.2 * 2 ** len(recent), 8)
            code = self.process.returncode
            print(f"{self.name} ended with {code}; starting it again", file=sys.stderr, flush=True)
        if now >= self.next_start:
            self.next_start = 0.0
            self.start()

    def ask_to_stop(self) -> None:
        """Let it finish what it is doing."""
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def stop(self, until: float) -> None:
        """Wait until the moment `until` (monotonic) for its end, then end it."""
        if self.process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(max(until - time.monotonic(), 0.1))
            self._kill_group()
            self.process.wait()

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)  # type: ignore[union-attr]  # asked only while the process lives

    def _read(self, process: subprocess.Popen[str]) -> None:
        shown = False
        fresh = not self.log.exists() or self.log.stat().st_size > LOG_BYTES
        with self.log.open("w" if fresh else "a") as log:
            for line in process.stdout or ():
                log.write(line)
                log.flush()
                shown = is_for_people(line, shown)
                if shown:
                    print(line, end="", flush=True)
                if self.ready_text in line:
                    self.ready.set()


def is_for_people(line: str, before: bool) -> bool:
    """Whether a line belongs on the console: messages of the demo, warnings, errors, and what follows upon them."""
    if line.startswith("SMS"):
        return True
    dated = DATED.match(line)
    if dated:
        return (dated[1] or dated[2]) in LOUD
    return before
