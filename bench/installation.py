"""A private installation for measuring: durable database, production servers, all on loopback."""

import contextlib
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOST = "bench.localhost"


def settle() -> Path:
    """Name the folder of state and the key before Django reads them; returns the folder."""
    state = Path(os.environ.get("STATE") or ROOT / ".state" / "bench").absolute()
    state.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "STATE": str(state),
        "DEVSERVICES_PROFILE": "durable",
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
        "HOLDS_PER_MINUTE": "0",
        "CODES_PER_HOUR": "0",
        "LOG_LEVEL": "ERROR",
    }
    os.environ.setdefault("SMS_URL", "console:")
    _start_over_where_tables_changed(state)
    return state


def _start_over_where_tables_changed(state: Path) -> None:
    """What is measured is the present version on tables of its own, never an old database brought up to date."""
    from clinic import devservices

    digest = hashlib.sha256()
    for migration in sorted(ROOT.glob("*/migrations/0*.py")):
        digest.update(migration.read_bytes())
    note = state / "tables"
    if not note.exists() or note.read_text() != digest.hexdigest():
        devservices.erase(state)
        for kept in ("worlds.json", "clinics.json", "crowd.json"):
            (state / kept).unlink(missing_ok=True)
        note.write_text(digest.hexdigest())


def free_port() -> int:
    """A port on loopback that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """One server process and all below it."""

    def __init__(self, words: list[str], port: int, probe: str, **more: str) -> None:
        self.port = port
        self.process = subprocess.Popen(
            [sys.executable, "-m", *words],
            env=os.environ | {"PORT": str(port), "PYTHONPATH": str(ROOT)} | more,
            cwd=ROOT,
            start_new_session=True,
        )
        self._wait(probe)

    @property
    def pid(self) -> int:
        """Of the first process."""
        return self.process.pid

    def _wait(self, probe: str) -> None:
        from bench.load import Connection, request

        for _try in range(300):
            if self.process.poll() is not None:
                raise SystemExit(f"A server ended with {self.process.returncode}.")
            with contextlib.suppress(OSError, ConnectionError):
                if Connection(self.port).send(request("GET", probe, "localhost"))[0] == 200:
                    return
            time.sleep(0.2)
        raise SystemExit("A server did not answer.")

    def stop(self) -> None:
        """End it and all below it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def gunicorn(application: str, probe: str, **more: str) -> Server:
    """The production server of pages and API, with the product's own settings of it."""
    port = free_port()
    words = ["gunicorn", application, "--config", "deploy/gunicorn.py", "--bind", f"127.0.0.1:{port}"]
    return Server([*words, "--log-level", "error"], port, probe, **more)


def uvicorn(workers: int = 2) -> Server:
    """The production server of sockets."""
    port = free_port()
    words = ["uvicorn", "clinic.asgi:application", "--host", "127.0.0.1", "--port", str(port)]
    return Server([*words, "--workers", str(workers), "--log-level", "error"], port, "/livez")


@contextlib.contextmanager
def stopping(*servers: Server) -> Iterator[None]:
    """End the servers with the block."""
    try:
        yield
    finally:
        for server in servers:
            server.stop()


def database_pid(state: Path) -> int:
    """The first process of the private PostgreSQL."""
    from clinic.devservices import postgres
    from clinic.devservices.state import State

    return int((postgres.data_dir(State(state)) / "postmaster.pid").read_text().split()[0])
