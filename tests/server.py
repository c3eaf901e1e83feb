"""The product's own server in processes of its own, on the test's database."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

from django.conf import settings

from tests.database import ROOT


def free_port() -> int:
    """A port on loopback that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**more: str) -> dict[str, str]:
    """What a child needs to work on this worker's database as a private installation."""
    return {
        **os.environ,
        "DATABASE_URL": settings.DATABASE_URL,
        "OWNER_DATABASE_URL": settings.OWNER_DATABASE_URL,
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "STATE": str(settings.STATE),
        "ALLOWED_HOSTS": "localhost,.localhost,127.0.0.1",
        "HTTPS": "0",
        "SMS_URL": settings.SMS_URL,
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
        "PYTHONPATH": str(ROOT),
        **more,
    }


@contextlib.contextmanager
def serving(workers: int = 2, **more: str) -> Iterator[int]:
    """The port of a running server; it ends with the block."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "clinic.asgi:application", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--workers", str(workers), "--log-level", "warning"], env=environment(**more), cwd=ROOT
    )
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _try in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"The server ended with {process.returncode}.")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2)
            return
        time.sleep(0.2)
    raise RuntimeError("The server did not answer.")
