"""The private servers: started once, shared, brought back after a crash, stopped with their own folder only."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from clinic import devservices
from clinic.devservices import postgres
from clinic.devservices.state import PORTS, State, choose_port

pytestmark = pytest.mark.no_database
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of state of its own, long enough that a socket in it would not fit."""
    place = tmp_path_factory.mktemp("state") / ("a-long-name-" * 8)
    yield place
    devservices.erase(place)


@pytest.fixture(scope="module")
def services(folder):
    return devservices.ensure(folder, profile="durable")


def value(url: str, query: str):
    with psycopg.connect(url, connect_timeout=5) as connection:
        return connection.execute(query).fetchone()[0]


def pids(folder: Path) -> tuple[int, int]:
    postgres = (folder / "postgres" / "postmaster.pid").read_text().splitlines()[0]
    return int(postgres), int((folder / "valkey" / "valkey.pid").read_text())


def test_every_role_reaches_the_database(services):
    for url, role in [
        (services.database_url, "clinic_app"),
        (services.owner_database_url, "clinic_owner"),
        (services.reader_database_url, "clinic_reader"),
    ]:
        assert value(url, "SELECT current_user") == role
        assert value(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    assert value(services.owner_database_url, "SELECT current_setting('server_version_num')::int / 10000") == 18
    assert value(
        services.owner_database_url, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'clinic'"
    ) == ("clinic_owner")


def test_only_the_owner_may_make_databases(services):
    makers = "SELECT array_agg(rolname::text) FROM pg_roles WHERE rolcreatedb AND rolname LIKE 'clinic%'"
    assert value(services.database_url, makers) == ["clinic_owner"]


def test_a_stranger_is_refused(services):
    stranger = services.database_url.replace(urlsplit(services.database_url).password, "guess")
    with pytest.raises(psycopg.OperationalError, match="password"):
        value(stranger, "SELECT 1")
    link = urlsplit(services.redis_url)
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=link.port, socket_timeout=2, retry=Retry(NoBackoff(), 0)).ping()


def test_the_durable_profile_flushes_and_the_test_profile_does_not(services, tmp_path):
    assert value(services.database_url, "SHOW fsync") == "on"
    quick = devservices.ensure(tmp_path / "quick", profile="test", redis=False)
    try:
        assert value(quick.database_url, "SHOW fsync") == "off"
        assert value(quick.database_url, "SHOW wal_level") == "minimal"
        assert devservices.running(tmp_path / "quick") == {"postgres"}
    finally:
        devservices.erase(tmp_path / "quick")


def test_another_process_uses_the_same_servers(folder, services):
    before = pids(folder)
    code = "from clinic.devservices import ensure; print(ensure().database_url)"
    env = os.environ | {"STATE": str(folder)}
    words = [sys.executable, "-c", code]
    others = [subprocess.Popen(words, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert {other.communicate(timeout=60)[0].strip() for other in others} == {services.database_url}
    assert pids(folder) == before


def test_a_crash_loses_nothing_and_keeps_the_addresses(folder, services):
    with psycopg.connect(services.owner_database_url) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    with redis.Redis.from_url(services.redis_url) as cache:
        cache.set("kept", "7")
    for pid in pids(folder):
        os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not devservices.running(folder))
    assert devservices.ensure(folder, profile="durable") == services
    assert value(services.owner_database_url, "SELECT n FROM kept") == 7
    with redis.Redis.from_url(services.redis_url) as cache:
        assert cache.get("kept") == b"7"


def test_one_server_may_die_alone(folder, services):
    postgres, valkey = pids(folder)
    os.kill(valkey, signal.SIGKILL)
    assert wait_until(lambda: devservices.running(folder) == {"postgres"})
    devservices.ensure(folder, profile="durable")
    assert pids(folder)[0] == postgres


def test_a_pid_that_now_belongs_to_another_is_left_alone(folder, services):
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        devservices.stop(folder)
        (folder / "postgres" / "postmaster.pid").write_text(
            f"{other.pid}\n{folder}/postgres\n1\n{urlsplit(services.database_url).port}\n\n127.0.0.1\n0 0\nready\n"
        )
        assert "postgres" not in devservices.running(folder)
        devservices.stop(folder)
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()
        (folder / "postgres" / "postmaster.pid").unlink(missing_ok=True)


def test_stopping_ends_both_and_a_taken_port_is_given_up(folder, services):
    devservices.ensure(folder, profile="durable")
    devservices.stop(folder)
    assert devservices.running(folder) == set()
    with socket.create_server(("127.0.0.1", urlsplit(services.redis_url).port)):
        moved = devservices.ensure(folder, profile="durable")
    assert moved.redis_url != services.redis_url
    assert moved.database_url == services.database_url


def test_the_environment_comes_first(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://a@b/c")
    monkeypatch.setenv("REDIS_URL", "redis://b/1")
    monkeypatch.delenv("OWNER_DATABASE_URL", raising=False)
    monkeypatch.delenv("READER_DATABASE_URL", raising=False)
    assert devservices.env_or_private() == {"DATABASE_URL": "postgresql://a@b/c", "REDIS_URL": "redis://b/1"}


def test_what_is_remembered_is_for_its_owner_only(folder, services):
    assert (folder / "services.json").stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0


def test_a_server_that_cannot_start_says_why(tmp_path):
    state = State(tmp_path / "broken")
    devservices.ensure(state.folder, profile="durable", redis=False)
    devservices.stop(state.folder)
    (state.folder / "postgres" / "private.conf").unlink()
    (state.folder / "postgres" / "postgresql.conf").write_text("no_such_option = 1\n")
    with pytest.raises(devservices.ServiceError, match="no_such_option"):
        devservices.ensure(state.folder, profile="durable", redis=False)
    devservices.erase(state.folder)


@pytest.mark.parametrize("room", [1, 2**60])
def test_tests_use_memory_where_there_is_room_and_give_it_back(tmp_path, monkeypatch, room):
    monkeypatch.setattr(postgres, "ROOM", room)
    monkeypatch.setattr(postgres, "MEMORY", tmp_path / "memory")
    (tmp_path / "memory").mkdir()
    state = State(tmp_path / "state")
    try:
        devservices.ensure(state.folder, profile="test", redis=False)
        place = postgres.data_dir(state)
        assert place.is_relative_to(state.folder if room > 1 else postgres.MEMORY)
        devservices.stop(state.folder)
        assert list(postgres.MEMORY.iterdir()) == []
        again = devservices.ensure(state.folder, profile="test", redis=False)
        assert postgres.data_dir(state) == place
        assert value(again.database_url, "SELECT 1") == 1
    finally:
        devservices.erase(state.folder)
    assert not place.exists()


def test_ports_lie_below_those_of_outgoing_connections():
    assert choose_port(None) in PORTS
    assert max(PORTS) < 32768


def wait_until(condition, seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
