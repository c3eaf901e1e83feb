"""Private PostgreSQL and Valkey for an installation that names none.

The servers come with the Python dependencies, live in one folder of state, listen on loopback only, and are
shared by every process that uses that folder. They outlive the process that started them, so that the next command
is quick; `stop` ends them. Settings import this before Django exists: the standard library is all it needs.
"""

import os
import sys
from pathlib import Path

from clinic.devservices import postgres, valkey
from clinic.devservices.state import ServiceError, Services, State

__all__ = ["ServiceError", "Services", "ensure", "env_or_private", "erase", "running", "state_dir", "stop"]

ROOT = Path(__file__).resolve().parents[2]


def state_dir() -> Path:
    """The folder of this installation's data: `STATE`, else `.state` in the clone (`.state/test` under pytest)."""
    if os.environ.get("STATE"):
        return Path(os.environ["STATE"]).absolute()
    return ROOT / ".state" / "test" if "pytest" in sys.modules else ROOT / ".state"


def default_profile() -> str:
    """`durable`, or `test` (nothing is flushed to disk) where `DEVSERVICES_PROFILE` or a running pytest says so."""
    return os.environ.get("DEVSERVICES_PROFILE") or ("test" if "pytest" in sys.modules else "durable")


def ensure(
    folder: Path | str | None = None, *, profile: str | None = None, database: bool = True, redis: bool = True
) -> Services:
    """Start what is wanted and not yet running in `folder`, and say how to reach it.

    Safe to call from many processes at once. Raises ServiceError, with the end of the server's log, if one will not
    start.
    """
    state = State(Path(folder) if folder else state_dir())
    profile = profile or default_profile()
    if not _missing(state, database, redis):
        return state.services()
    with state.lock():
        missing = _missing(state, database, redis)
        if "postgres" in missing:
            postgres.start(state, profile)
        if "valkey" in missing:
            valkey.start(state, profile)
    return state.services()


def running(folder: Path | str | None = None) -> set[str]:
    """Which of `postgres` and `valkey` answer in `folder` now."""
    state = State(Path(folder) if folder else state_dir())
    return {"postgres", "valkey"} - _missing(state, database=True, redis=True)


def stop(folder: Path | str | None = None, *, only: set[str] | None = None) -> None:
    """Stop the servers of `folder` (or `only` those named); servers of other folders are never touched."""
    state = State(Path(folder) if folder else state_dir())
    if not state.folder.exists():
        return
    with state.lock():
        if only is None or "valkey" in only:
            valkey.stop(state)
        if only is None or "postgres" in only:
            postgres.stop(state)


def erase(folder: Path | str | None = None) -> None:
    """Stop the servers of `folder` and delete their data; other things in the folder stay."""
    state = State(Path(folder) if folder else state_dir())
    if not state.folder.exists():
        return
    with state.lock():
        valkey.stop(state)
        postgres.stop(state)
        state.forget(*postgres.places(state), valkey.data_dir(state))


def env_or_private() -> dict[str, str]:
    """`DATABASE_URL`, `OWNER_DATABASE_URL`, `READER_DATABASE_URL`, `REDIS_URL`: from the environment, else private."""
    names = ("DATABASE_URL", "OWNER_DATABASE_URL", "READER_DATABASE_URL", "REDIS_URL")
    found = {name: os.environ[name] for name in names if os.environ.get(name)}
    database, redis = "DATABASE_URL" not in found, "REDIS_URL" not in found
    if not (database or redis):
        return found
    services = ensure(database=database, redis=redis)
    if database:
        found |= {
            "DATABASE_URL": services.database_url,
            "OWNER_DATABASE_URL": services.owner_database_url,
            "READER_DATABASE_URL": services.reader_database_url,
        }
    if redis:
        found["REDIS_URL"] = services.redis_url
    return found


def _missing(state: State, database: bool, redis: bool) -> set[str]:
    missing = set()
    if database and not postgres.alive(state):
        missing.add("postgres")
    if redis and not valkey.alive(state):
        missing.add("valkey")
    return missing
