"""The private PostgreSQL 18: one cluster in the folder of state, a database `clinic` and its three roles."""

import os
import re
import shutil
import socket
import struct
import tempfile
import time
from pathlib import Path

from clinic.devservices.identity import NOBODY, Identity, identity
from clinic.devservices.state import ServiceError, State, choose_port, runs_in, tail

# Where tests keep their cluster if so many bytes are free there: a template, a copy for each worker, the log of writes.
# A clinic is thousands of small files, and each test that commits gets a new copy: 0.2 s in memory, 3 s on a disk.
MEMORY, ROOM = Path("/dev/shm"), 3 * 2**30
# Clones of a clinic's schema and tests that touch many schemas hold hundreds of locks in one transaction.
COMMON = {
    "listen_addresses": "'127.0.0.1'",
    "unix_socket_directories": "''",  # a socket's path may have 107 bytes, and a clone can lie anywhere
    "max_connections": "200",
    "max_locks_per_transaction": "256",
    "shared_buffers": "'128MB'",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "scram_iterations": "64",
    "log_min_messages": "'warning'",
    "log_min_error_statement": "'panic'",  # statements may hold people's names
    "jit": "off",
}
PROFILES = {
    "durable": {},
    "test": {
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "autovacuum": "off",
        "wal_level": "'minimal'",
        "max_wal_size": "'256MB'",
        "max_wal_senders": "0",
    },
}
ROLES = r"""
\getenv password PGPASSWORD
SET client_min_messages = warning;
CREATE ROLE clinic_owner LOGIN CREATEDB PASSWORD :'password';
CREATE ROLE clinic_app LOGIN PASSWORD :'password';
CREATE ROLE clinic_reader LOGIN PASSWORD :'password';
GRANT clinic_app, clinic_reader, pg_signal_backend, pg_monitor TO clinic_owner;
CREATE DATABASE clinic OWNER clinic_owner;
"""
SSL_REQUEST = struct.pack("!II", 8, 80877103)


def data_dir(state: State) -> Path:
    """Where the cluster lies: in the folder of state, or where nobody may go, if only nobody can run it."""
    return Path(state.read().get("postgres_data") or state.folder / "postgres")


def alive(state: State) -> bool:
    """Whether our own server takes connections: its pid file says ready, its process is there, its port answers."""
    pid, port, status = _pid_file(state)
    if status != "ready" or port != state.read().get("postgres_port") or not runs_in(pid, data_dir(state)):
        return False
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as link:
            link.sendall(SSL_REQUEST)
            return link.recv(1) in (b"N", b"S")
    except OSError:
        return False


def start(state: State, profile: str) -> None:
    """Make the cluster at the first call, then start it and wait until it is ready."""
    who = identity()
    if "postgres_data" not in state.read() and not data_dir(state).exists():
        _choose_place(state, who, profile)
    data, log = data_dir(state), log_file(state)
    if not state.read().get("postgres_made") or not (data / "PG_VERSION").exists():
        _init(state, who, profile)
    for attempt in range(20):
        port = choose_port(state.read().get("postgres_port"))
        _configure(data, profile, port)
        state.write(postgres_port=port)
        done = who.run("pg_ctl", "start", "-w", "-t", "60", "-s", "-D", str(data), "-l", str(log))
        if done.returncode == 0:
            break
        # After a kill -9 its children may hold the shared memory for a moment; another program may have won the port.
        time.sleep(0.1 * (attempt + 1))
        if not any(reason in tail(log) for reason in ("shared memory", "Address already in use", "lock file")):
            raise ServiceError(f"PostgreSQL did not start in {data}:\n{done.stdout}\n{tail(log)}")
    else:
        raise ServiceError(f"PostgreSQL did not start in {data}:\n{tail(log)}")
    if not state.read().get("postgres_made"):
        _make_database(state, who)


def _choose_place(state: State, who: Identity, profile: str) -> None:
    """Memory for tests, a place of its own for nobody, else the folder of state."""
    memory = MEMORY if profile == "test" and _roomy() else None
    if memory or who.nobody:
        place = tempfile.mkdtemp(prefix="clinic-data-", dir=memory)
        if who.nobody:
            os.chown(place, NOBODY, NOBODY)
        state.write(postgres_data=str(Path(place) / "postgres"))


def _roomy() -> bool:
    """Whether memory can take a cluster of tests: its file system has room, and so has the machine."""
    try:
        there = os.statvfs(MEMORY)
        told = re.search(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text())
    except OSError:
        return False
    return there.f_bavail * there.f_frsize >= ROOM and told is not None and int(told[1]) * 1024 >= ROOM


def stop(state: State) -> None:
    """Stop it fast (open transactions are rolled back) and wait until it is gone. Memory that it took is given back."""
    data = data_dir(state)
    pid, _, _ = _pid_file(state)
    if runs_in(pid, data):
        identity().run("pg_ctl", "stop", "-w", "-s", "-m", "fast", "-D", str(data))
    if data.is_relative_to(MEMORY) and not data.is_relative_to(state.folder):
        state.write(postgres_made=False)
        shutil.rmtree(data.parent, ignore_errors=True)


def _init(state: State, who: Identity, profile: str) -> None:
    data = data_dir(state)
    # Nothing was promised yet: a cluster whose database was never made is begun again.
    shutil.rmtree(data, ignore_errors=True)
    state.write(postgres_made=False)
    with tempfile.NamedTemporaryFile("w", prefix="clinic-", dir="/tmp" if who.nobody else state.folder) as secret:
        secret.write(state.password())
        secret.flush()
        if who.nobody:
            os.chown(secret.name, NOBODY, NOBODY)
        words = ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--auth=scram-sha-256"]
        if profile == "test":
            words.append("--no-sync")
        done = who.run("initdb", "-D", str(data), "-U", "postgres", f"--pwfile={secret.name}", *words)
    if done.returncode != 0:
        raise ServiceError(f"PostgreSQL could not make its files in {data}:\n{done.stdout}")
    with (data / "postgresql.conf").open("a") as config:
        config.write("\ninclude 'private.conf'\n")


def _configure(data: Path, profile: str, port: int) -> None:
    options = COMMON | PROFILES[profile] | {"port": str(port)}
    (data / "private.conf").write_text("".join(f"{name} = {value}\n" for name, value in options.items()))
    (data / "private.conf").chmod(0o644)


def _make_database(state: State, who: Identity) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".sql", dir=None if who.nobody else state.folder) as script:
        script.write(ROLES)
        script.flush()
        Path(script.name).chmod(0o644)
        words = ["-h", "127.0.0.1", "-p", str(state.read()["postgres_port"]), "-U", "postgres", "-d", "postgres"]
        done = who.run(
            "psql",
            "-X",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            *words,
            "-f",
            script.name,
            env={"PGPASSWORD": state.password()},
        )
    if done.returncode != 0:
        raise ServiceError(f"PostgreSQL could not make the database of {data_dir(state)}:\n{done.stdout}")
    state.write(postgres_made=True)


def places(state: State) -> list[Path]:
    """All that it keeps on disk."""
    data = data_dir(state)
    return [data, log_file(state), *([data.parent] if "postgres_data" in state.read() else [])]


def log_file(state: State) -> Path:
    """What the server says."""
    return data_dir(state).parent / "postgres.log"


def _pid_file(state: State) -> tuple[int, int, str]:
    try:
        lines = (data_dir(state) / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), int(lines[3]), lines[7].strip()
    except (OSError, IndexError, ValueError):
        return 0, 0, ""
