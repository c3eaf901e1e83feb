"""The product inside the test's process: pages and sockets from one thread, the outbox swept by another."""

import asyncio
import atexit
import logging
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

import uvicorn
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connections

ROOT = Path(__file__).resolve().parent.parent.parent
SWEPT = ["clinic.accounts.tasks:sweep_codes", "messaging.tasks:sweep_messages", "scheduling.tasks:sweep_holds"]


class Server(threading.Thread):
    """clinic.asgi on a free loopback port."""

    def __init__(self) -> None:
        super().__init__(daemon=True, name="live-server")
        from clinic.asgi import application

        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.port = int(self.socket.getsockname()[1])
        options = uvicorn.Config(application, lifespan="off", log_level="error", ws="websockets-sansio")
        self.uvicorn = uvicorn.Server(options)

    def run(self) -> None:
        """Serve until told to stop."""
        asyncio.run(self.uvicorn.serve(sockets=[self.socket]))

    def calm_down(self, seconds: float = 10) -> None:
        """Until every window's connections are gone: what they still do needs the database."""
        ends = time.monotonic() + seconds
        state = self.uvicorn.server_state
        while (state.connections or state.tasks) and time.monotonic() < ends:
            time.sleep(0.02)


@lru_cache(maxsize=1)
def running_server() -> Server:
    """One server a process; it ends with the process."""
    _assets()
    _own_copy()
    server = Server()
    server.start()
    ends = time.monotonic() + 20
    while not server.uvicorn.started:
        assert server.is_alive(), "The server did not start."
        assert time.monotonic() < ends, "The server did not start in 20 s."
        time.sleep(0.02)
    return server


def _assets() -> None:
    built = [ROOT / "static/dist/app.css", ROOT / "locale/fa/LC_MESSAGES/django.mo"]
    if not all(path.exists() for path in built):
        subprocess.run([sys.executable, "tools/assets.py", "bundle", "translations"], cwd=ROOT, check=True)


def _own_copy() -> None:
    """Uncollected files are served from a copy: a build during the tests must not take them away."""
    if not settings.WHITENOISE_USE_FINDERS:
        return
    folder = Path(tempfile.mkdtemp(prefix="static-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    settings.STATICFILES_DIRS = [shutil.copytree(ROOT / "static", folder / "static")]
    finders.get_finder.cache_clear()


@contextmanager
def swept(schemas: list[str]) -> Iterator[None]:
    """What worker and clock do, in a thread: the very sweeps of clinic/celery.py, clinic by clinic."""
    stop = threading.Event()
    thread = threading.Thread(target=_sweep, args=(schemas, stop), daemon=True, name="live-sweeps")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive(), "A sweep hangs."


def code_sent(phone: Any, number: str, seconds: float = 10) -> str:
    """The newest sign-in code on a person's phone; waits for the message."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        codes = [row["token"] for row in phone.sent if row["receptor"].endswith(number) and row.get("template")]
        if codes:
            return codes[-1]
        time.sleep(0.05)
    raise AssertionError(f"No code reached {number}.")


def _sweep(schemas: list[str], stop: threading.Event) -> None:
    from clinic.celery import enter, leave

    while not stop.wait(0.15):
        for schema in schemas:
            for path in SWEPT:
                module, _colon, name = path.partition(":")
                try:
                    enter(schema)
                    getattr(import_module(module), name)()
                except Exception:
                    logging.getLogger(__name__).exception("sweep %s of %s", path, schema)
                finally:
                    leave()
    connections.close_all()
