"""The installation that is broken: its processes, how each is killed, and who brings it back."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, Self

from bench.installation import ROOT, database_pid, free_port
from bench.load import Connection, request
from bench.torture.prepare import Town
from clinic import devservices
from clinic.devservices.state import State

PAUSES = (0.5, 2.0)  # seconds between two kills
BACK = 30.0  # seconds until everything must answer again


class House:
    """Web, worker and clock as in production, kept running; PostgreSQL and Valkey beside them."""

    def __init__(self, state: Path) -> None:
        self.state, self.port = state, free_port()
        self.kills: Counter[str] = Counter()
        self.recoveries: list[float] = []
        self.over = threading.Event()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        services = devservices.ensure(state)
        named = {"DATABASE_URL": services.database_url, "OWNER_DATABASE_URL": services.owner_database_url}
        named |= {"READER_DATABASE_URL": services.reader_database_url, "REDIS_URL": services.redis_url}
        key = (state / "secret_key").read_text()
        more = {"SECRET_KEY": key, "ALLOWED_HOSTS": ".localhost", "HTTPS": "0", "PYTHONPATH": str(ROOT)}
        self.env = os.environ | named | more | {"WEB_WORKERS": "2", "PORT": str(self.port)}
        bind = ["--bind", f"127.0.0.1:{self.port}", "--log-level", "critical"]
        self.words = {
            "web": ["gunicorn", "clinic.wsgi", "--config", "deploy/gunicorn.py", *bind],
            "worker": ["celery", "-A", "clinic", "worker", "--pool", "threads", "--concurrency", "4", "-l", "CRITICAL"],
            "clock": ["celery", "-A", "clinic", "beat", "-l", "CRITICAL", "--pidfile=", "-s", str(state / "clock")],
        }

    def __enter__(self) -> Self:
        for name in self.words:
            self._start(name)
        self.keeper = threading.Thread(target=self._keep, daemon=True)
        self.keeper.start()
        self._wait_until_ready()
        return self

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        self.keeper.join()
        for process in self.processes.values():
            _kill_group(process.pid)
            process.wait()

    def torture(self, rng: Random, until: float) -> None:
        """Kill something every second or so; now and then wait until all is well, to know how long that takes."""
        ways: dict[str, Callable[[Random], None]] = {
            "web worker": self._one_web_worker, "web": lambda _r: self._all("web"),
            "worker": lambda _r: self._all("worker"), "clock": lambda _r: self._all("clock"),
            "valkey": lambda _r: self._valkey(), "backend": self._backend, "postgres": lambda _r: self._postgres(),
        }  # fmt: skip
        while time.monotonic() < until:
            time.sleep(rng.uniform(*PAUSES))
            kind = rng.choice(sorted(ways))
            with contextlib.suppress(ProcessLookupError, IndexError, FileNotFoundError):
                ways[kind](rng)
                self.kills[kind] += 1
            began = time.monotonic()
            self._wait_until_ready()
            self.recoveries.append(time.monotonic() - began)

    def quiesce(self, town: Town, seconds: float) -> float:
        """Wait until nothing is to be sent any more; how long that took."""
        from bench.torture.checks import tables_of, waiting

        began = time.monotonic()
        self._wait_until_ready()
        with tables_of(town) as tables:
            while time.monotonic() - began < seconds and waiting(tables):
                time.sleep(0.5)
        return time.monotonic() - began

    @property
    def told(self) -> str:
        """How many kills of what."""
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.kills.items()))
        return f"{self.kills.total()} kills ({kinds})"

    def recovery(self, share: float) -> float:
        """Seconds until everything answered again: the median for 0.5, the longest for 1."""
        rows = sorted(self.recoveries) or [0.0]
        return rows[min(int(len(rows) * share), len(rows) - 1)]

    def _start(self, name: str) -> None:
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", *self.words[name]], env=self.env, cwd=ROOT, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def _keep(self) -> None:
        """What an init system does: whoever is gone is started again."""
        while not self.over.wait(0.1):
            for name, process in list(self.processes.items()):
                if process.poll() is not None:
                    _kill_group(process.pid)  # what is left of it would keep the port
                    self._start(name)
            with contextlib.suppress(devservices.ServiceError):
                if self._port_is_free("postgres") or self._port_is_free("valkey"):
                    devservices.ensure(self.state)

    def _port_is_free(self, name: str) -> bool:
        """Gone, and nobody of the killed sits on its port: started now, it comes back where it was."""
        if name in devservices.running(self.state):
            return False
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", State(self.state).read()[f"{name}_port"]))
            except OSError:
                return False
        return True

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + BACK
        while time.monotonic() < until:
            with contextlib.suppress(OSError, ConnectionError, Exception):
                if Connection(self.port).send(request("GET", "/readyz", "torture.localhost"))[0] == 200:
                    return
            time.sleep(0.1)
        print(f"  not ready again within {BACK:.0f} s", flush=True)

    def _all(self, name: str) -> None:
        _kill_group(self.processes[name].pid)

    def _one_web_worker(self, rng: Random) -> None:
        os.kill(rng.choice(_children(self.processes["web"].pid)), signal.SIGKILL)

    def _valkey(self) -> None:
        os.kill(int((self.state / "valkey" / "valkey.pid").read_text()), signal.SIGKILL)

    def _backend(self, rng: Random) -> None:
        """A server process of the app in the middle of its work: PostgreSQL then restarts all of them."""
        rows = [pid for pid in _children(database_pid(self.state)) if b"clinic_app" in _title(pid)]
        os.kill(rng.choice(rows), signal.SIGKILL)

    def _postgres(self) -> None:
        first = database_pid(self.state)
        for pid in [first, *_children(first)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _title(pid: int) -> Any:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
