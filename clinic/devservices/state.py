"""What is remembered in a folder of state: ports, the password, and who may change them at a time."""

import fcntl
import json
import os
import random
import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PORTS = range(20000, 32000)  # below the ephemeral range, so that an outgoing connection never sits on a remembered port


class ServiceError(RuntimeError):
    """A private server could not be started; the text says which and why."""


@dataclass(frozen=True)
class Services:
    """How to reach the private servers of one folder: as the app, the owner of the tables, a reader; and Valkey."""

    database_url: str
    owner_database_url: str
    reader_database_url: str
    redis_url: str


class State:
    """One folder of state and its `services.json`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.file = self.folder / "services.json"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the folder for starting or stopping; other processes wait."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / "services.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def read(self) -> dict[str, Any]:
        """What is remembered; empty before the first start."""
        try:
            return json.loads(self.file.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return {}

    def write(self, **changes: Any) -> None:
        """Remember `changes` beside what was known; readers see the old text or the new, never half."""
        text = json.dumps(self.read() | changes, indent=1)
        draft = self.file.with_suffix(".new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            handle.write(text)
        draft.replace(self.file)

    def password(self) -> str:
        """The password of every private server here, made at the first use: other people may share this machine."""
        if "password" not in self.read():
            self.write(password=secrets.token_hex(16))
        return self.read()["password"]

    def forget(self, *folders: Path) -> None:
        """Delete `folders` (a log file may stand among them) and what is remembered."""
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
            if folder.is_file():
                folder.unlink()
        self.file.unlink(missing_ok=True)

    def services(self) -> Services:
        """The addresses of the servers that have been started."""
        known = self.read()
        end = f":{known.get('password')}@127.0.0.1:"
        base = f"{end}{known.get('postgres_port')}/clinic"
        return Services(
            database_url=f"postgresql://clinic_app{base}",
            owner_database_url=f"postgresql://clinic_owner{base}",
            reader_database_url=f"postgresql://clinic_reader{base}",
            redis_url=f"redis://{end}{known.get('valkey_port')}/0",
        )


def choose_port(remembered: int | None) -> int:
    """The remembered port if it is free, else a random free one."""
    if remembered and _is_free(remembered):
        return remembered
    for port in random.SystemRandom().sample(PORTS, 200):
        if _is_free(port):
            return port
    raise ServiceError("No free port between 20000 and 32000 on 127.0.0.1.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def tail(log: Path, lines: int = 12) -> str:
    """The end of a log, for an error message."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else "(no log)"


def runs_in(pid: int, folder: Path) -> bool:
    """Whether `pid` is the server of `folder`: after a crash its number may belong to someone else."""
    if not pid:
        return False
    try:
        os.kill(pid, 0)
        return not Path("/proc/self").exists() or Path(f"/proc/{pid}/cwd").resolve() == folder.resolve()
    except OSError:
        return False
