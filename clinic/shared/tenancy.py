"""The one door to a clinic's data, for requests, sockets, tasks and commands.

django-tenants' decorators and `with tenant:` share state between threads; only `use_clinic` is used here, and a test
refuses the others.
"""

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from channels.db import database_sync_to_async

from clinic.shared.db.here import here
from clinic.shared.errors import NoClinic

SCHEMA_NAME = re.compile(r"c_[a-z0-9_]{1,40}\Z")
T = TypeVar("T")


@dataclass(frozen=True)
class ClinicInfo:
    """What every layer may know of the clinic at hand: plain values, read once per request."""

    id: int
    schema_name: str
    name: str
    host: str
    language: str = "fa"
    time_zone: str = "Asia/Tehran"
    currency: str = "IRR"
    money_display: str = ""
    accent: str = "0f766e"
    status: str = "active"
    is_demo: bool = False
    modules: frozenset[str] = frozenset()
    flags: dict[str, Any] = field(default_factory=dict, hash=False)
    name_en: str = ""
    logo: str = ""

    def get_tenant_type(self) -> str | None:
        """django-tenants asks its tenants for a type; there is one type here."""
        return None


def current_clinic() -> ClinicInfo:
    """The clinic at hand; raises NoClinic on the platform and where none was chosen."""
    tenant = here().tenant
    if not isinstance(tenant, ClinicInfo):
        raise NoClinic("No clinic is chosen here.")
    return tenant


def clinic_or_none() -> ClinicInfo | None:
    """The clinic at hand, None on the platform and where none was chosen; for frames of pages, never for data."""
    database = here()
    return database.tenant if isinstance(database.tenant, ClinicInfo) and database.chosen else None


def current_schema() -> str:
    """The schema that queries go to now, `public` only if the platform was chosen on purpose."""
    database = here()
    if not database.chosen:
        raise NoClinic("No clinic is chosen here.")
    return str(database.schema_name)


def on_platform() -> bool:
    """True where the platform itself was chosen."""
    database = here()
    return bool(database.chosen) and not isinstance(database.tenant, ClinicInfo)


@contextlib.contextmanager
def use_clinic(clinic: ClinicInfo) -> Iterator[ClinicInfo]:
    """Work in this clinic's schema until the block ends, then in what was chosen before."""
    if not SCHEMA_NAME.match(clinic.schema_name):
        raise NoClinic(f"{clinic.schema_name!r} is not a clinic's schema.")
    with _restored():
        here().set_tenant(clinic)
        yield clinic


@contextlib.contextmanager
def use_platform() -> Iterator[None]:
    """Work on the platform's tables until the block ends."""
    with _restored():
        here().choose_platform()
        yield


@contextlib.contextmanager
def _restored() -> Iterator[None]:
    database = here()
    before, chosen = database.tenant, database.chosen
    try:
        yield
    finally:
        database.set_tenant(before)
        database.chosen = chosen


@contextlib.contextmanager
def nobody() -> Iterator[None]:
    """A request begins and ends with no clinic chosen, whatever this thread did before."""
    with _restored():
        forget_clinic()
        yield


def forget_clinic() -> None:
    """After a request or a task: the thread's connection belongs to nobody again."""
    database = here()
    database.set_schema_to_public()
    database.chosen = False


async def in_clinic(clinic: ClinicInfo, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Run a synchronous function with this clinic's data: the only way from a socket to the database.

    All sockets of a process share one database thread, so the clinic is set inside every single call.
    """

    def call() -> T:
        with use_clinic(clinic):
            return function(*args, **kwargs)

    return await database_sync_to_async(call)()


def cache_key(key: str, key_prefix: str, version: int) -> str:
    """Keys of the cache carry the schema; asking without one is an error, not a shared entry."""
    return f"{current_schema()}:{key_prefix}:{version}:{key}"


def group_name(topic: str, *parts: object) -> str:
    """A Channels group of this clinic."""
    return ".".join([current_schema(), topic, *[str(p) for p in parts]])


def salt(purpose: str) -> str:
    """A salt for signed values: what one clinic signed is worthless at another."""
    return f"{current_schema()}:{purpose}"


def file_path(*parts: str) -> str:
    """Where a file of this clinic lies below the storage's root."""
    return "/".join([current_schema(), *parts])
