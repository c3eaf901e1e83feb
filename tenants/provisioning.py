"""Building a clinic's schema by replaying the collected SQL of its migrations; about a second instead of six."""

import contextlib
import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from psycopg import sql

from clinic.shared import guards
from clinic.shared.environment import database_options
from clinic.shared.tenancy import SCHEMA_NAME, use_platform
from tenants.rendering import quick_states

ROLES = ("clinic_app", "clinic_reader")
SCRATCH = "c_scratch"
CHANGES = re.compile(r"\s*(CREATE|ALTER|DROP|COMMENT|INSERT|UPDATE|DELETE|DO|SET CONSTRAINTS)\b", re.IGNORECASE)


def clinic_labels() -> set[str]:
    """The app labels whose tables stand in a clinic's schema."""
    names = set(settings.TENANT_APPS)
    return {config.label for config in apps.get_app_configs() if config.name in names}


def platform_labels() -> set[str]:
    """The app labels whose tables stand in `public`."""
    names = set(settings.SHARED_APPS)
    return {config.label for config in apps.get_app_configs() if config.name in names}


def migrations_fingerprint() -> str:
    """A hash over every migration file and guard of the installation."""
    digest = hashlib.sha256()
    for config in sorted(apps.get_app_configs(), key=lambda c: c.label):
        for path in sorted(Path(config.path, "migrations").glob("*.py")):
            digest.update(path.read_bytes())
    digest.update(Path(__file__).read_bytes())
    digest.update(guards.schema_sql(clinic_labels()).encode())
    return digest.hexdigest()[:16]


def _artefact() -> Path:
    return Path(settings.STATE) / f"clinic-schema-{migrations_fingerprint()}.sql"


@cache
def clinic_sql() -> str:
    """Everything that makes an empty clinic, collected once per version and kept beside the state."""
    path = _artefact()
    if not path.exists():
        text = _collect()
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_suffix(".tmp")
        scratch.write_text(text)
        scratch.replace(path)
    return path.read_text()


def _collect() -> str:
    """Run every migration for real in a scratch schema, write down what they execute, and roll all of it back.

    Django's own `collect_sql` cannot look at tables that do not exist: it loses constraints whose names it must ask.
    """
    labels = clinic_labels()
    written: list[str] = []

    def write_down(execute: Any, statement: str, params: Any, many: bool, context: Any) -> Any:
        if CHANGES.match(statement):
            if params:
                raise ValueError(f"A migration passes parameters, which cannot be replayed: {statement}")
            written.append(statement.rstrip().rstrip(";") + ";")
        return execute(statement, params, many, context)

    with _owner_instead() as owner, transaction.atomic():
        owner.set_schema(SCRATCH)
        with owner.cursor() as cursor:
            cursor.execute(f'CREATE SCHEMA "{SCRATCH}"')
        with owner.execute_wrapper(write_down), quick_states():
            MigrationRecorder(owner).ensure_schema()
            _run_migrations(owner, labels, written)
        transaction.set_rollback(True)
    return "\n".join([*written, _content_types(labels), guards.schema_sql(labels)])


def _run_migrations(owner: Any, labels: set[str], written: list[str]) -> None:
    loader = MigrationLoader(None)
    state = ProjectState(real_apps=loader.unmigrated_apps)
    for key in loader.graph._generate_plan(loader.graph.leaf_nodes(), True):
        migration = loader.graph.nodes[key]
        if migration.app_label not in labels:
            state = migration.mutate_state(state, preserve=False)
            continue
        with owner.schema_editor(atomic=True) as editor:
            state = migration.apply(state, editor)
        row = f"'{migration.app_label}', '{migration.name}', now()"
        written.append(f"INSERT INTO django_migrations (app, name, applied) VALUES ({row});")  # noqa: S608 (our own names)


@contextlib.contextmanager
def _owner_instead() -> Iterator[Any]:
    """Django's connection of this thread is the owner's until the block ends."""
    mine = connections[DEFAULT_DB_ALIAS]
    wanted = {**mine.settings_dict, **database_options(settings.OWNER_DATABASE_URL), "OPTIONS": {}}
    owner = type(mine)(wanted, DEFAULT_DB_ALIAS)
    connections[DEFAULT_DB_ALIAS] = owner
    try:
        yield owner
    finally:
        connections[DEFAULT_DB_ALIAS] = mine
        owner.close()


def _content_types(labels: set[str]) -> str:
    """The same ids in every clinic: Django caches them for the whole process."""
    rows = sorted((m._meta.app_label, m._meta.model_name) for m in apps.get_models() if m._meta.app_label in labels)
    values = ", ".join(f"({place}, '{label}', '{name}')" for place, (label, name) in enumerate(rows, 1))
    return (
        f"INSERT INTO django_content_type (id, app_label, model) VALUES {values};\n"  # noqa: S608 (names of our models)
        f"SELECT setval(pg_get_serial_sequence('django_content_type', 'id'), {len(rows)});\n"
    )


def owner_connection() -> psycopg.Connection:
    """A direct connection of the owner role: only it may change what tables there are."""
    return psycopg.connect(settings.OWNER_DATABASE_URL, autocommit=False)


def build_schema(schema: str) -> None:
    """Make a clinic's schema, whole or not at all. Raises psycopg's DuplicateSchema where it exists."""
    if not SCHEMA_NAME.match(schema):
        raise ValueError(f"{schema!r} is no clinic's schema name")
    with use_platform():
        script = clinic_sql()
    with owner_connection() as owner:
        owner.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
        owner.execute(sql.SQL("SET LOCAL search_path = {}, ext").format(sql.Identifier(schema)))
        owner.execute("SET LOCAL check_function_bodies = off")
        owner.execute(script.encode())
        grant_rights(owner, schema, clinic_labels())


def drop_schema(schema: str) -> None:
    """Take back a schema whose clinic could not be finished."""
    if SCHEMA_NAME.match(schema):
        with owner_connection() as owner:
            owner.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))


def grant_rights(owner: psycopg.Connection, schema: str, labels: set[str]) -> None:
    """Rights of the app and reader roles, where the installation has them."""
    have = {row[0] for row in owner.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(ROLES)])}
    if set(ROLES) <= have:
        owner.execute(guards.rights_sql(schema, labels, app=ROLES[0], reader=ROLES[1]).encode())
