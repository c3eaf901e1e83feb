"""The tests' database: built once per version of the migrations, copied for every worker, never flushed."""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

ROOT = Path(__file__).resolve().parent.parent
CLINICS = [
    ["--schema", "c_a", "--name", "کلینیک آفتاب", "--host", "a.localhost", "--owner-phone", "09120000001"],
    [
        *["--schema", "c_b", "--name", "River Clinic", "--host", "b.localhost", "--owner-phone", "09120000001"],
        *["--language", "en", "--time-zone", "Europe/London", "--currency", "GBP"],
    ],
]


def fingerprint() -> str:
    """Changes whenever a template database would come out different."""
    from tenants.provisioning import migrations_fingerprint

    digest = hashlib.sha256(migrations_fingerprint().encode())
    for name in ("tenants/actions.py", "tenants/provisioning.py", "clinic/shared/guards.py", "tests/database.py"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()[:12]


def address(base: str, name: str) -> str:
    """A connection address with another database."""
    info = conninfo_to_dict(base)
    user, password = info.get("user", ""), info.get("password")
    login = f"{user}:{password}" if password else user
    return f"postgresql://{login}@{info['host']}:{info['port']}/{name}"


def _maintenance() -> psycopg.Connection:
    return psycopg.connect(make_conninfo(settings.OWNER_DATABASE_URL, dbname="postgres"), autocommit=True)


def _exists(server: psycopg.Connection, name: str) -> bool:
    return bool(server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone())


def ensure_template() -> str:
    """The name of the template with the platform and two clinics."""
    name = f"tpl_{fingerprint()}"
    lock = Path(settings.STATE) / "template.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file, _maintenance() as server:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not _exists(server, name):
            building = f"{name}_building"
            _drop(server, building)
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(building)))
            _build(building)
            server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*map(sql.Identifier, (building, name))))
    return name


def _build(name: str) -> None:
    script = "from django.core.management import call_command as c\nimport sys, json\nc('upgrade')\n" + "".join(
        f"c('create_clinic', *{args!r})\n" for args in CLINICS
    )
    environment = {
        **os.environ,
        "DATABASE_URL": address(settings.DATABASE_URL, name),
        "OWNER_DATABASE_URL": address(settings.OWNER_DATABASE_URL, name),
        "REDIS_URL": settings.REDIS_URL,
        "STATE": str(settings.STATE),
        "SECRET_KEY": settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
        "CLINIC_COMMAND": "1",
        "PYTHONPATH": str(ROOT),
    }
    code = f"import django; django.setup()\n{script}"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"The template database could not be built:\n{done.stdout}\n{done.stderr}")


def _drop(server: psycopg.Connection, name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def fresh_copy(name: str, template: str) -> None:
    """(Re)make a worker's database from the template; half a second."""
    connections.close_all()
    with _maintenance() as server:
        _drop(server, name)
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(*map(sql.Identifier, (name, template)))
        )
        # As `upgrade` says it of the real one: it does not come with a copy.
        plans = sql.SQL("ALTER DATABASE {} SET plan_cache_mode = force_generic_plan")
        server.execute(plans.format(sql.Identifier(name)))


def point_settings_at(name: str) -> None:
    """Make Django and the owner's door use a worker's database, in this and every later thread."""
    settings.DATABASES["default"]["NAME"] = name
    connections.settings["default"]["NAME"] = name
    connections["default"].settings_dict["NAME"] = name
    for setting in ("DATABASE_URL", "OWNER_DATABASE_URL", "READER_DATABASE_URL"):
        setattr(settings, setting, address(getattr(settings, setting), name))
