"""Brings every schema of the installation to this version; safe to run again, quick when nothing changed."""

from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from clinic.shared import guards
from clinic.shared.environment import database_options
from tenants.models import Clinic
from tenants.provisioning import clinic_labels, clinic_sql, grant_rights, owner_connection, platform_labels
from tenants.rendering import quick_states


class Command(BaseCommand):
    help = "Bring the platform's and every clinic's tables to this version."

    def handle(self, *args: Any, **options: Any) -> None:
        as_owner()
        with owner_connection() as owner:
            owner.execute(guards.shared_sql().encode())
            _grant_ext(owner)
        self._plan_once()
        self._migrate("public", platform_labels())
        wanted = _wanted(clinic_labels())
        for schema in Clinic.objects.order_by("pk").values_list("schema_name", flat=True):
            if _applied(schema) != wanted:
                self._migrate(schema, clinic_labels())
        clinic_sql()  # collected now, so that the first new clinic does not wait for it
        self.stdout.write(self.style.SUCCESS("Every schema is at this version."))

    def _plan_once(self) -> None:
        """What a statement that the server keeps means does not hang on its values: it is planned once for a connection
        and a clinic, not six times and perhaps at every asking. For the database, since a pooler stands between.
        """
        with owner_connection() as owner:
            name = sql.Identifier(owner.info.dbname)
            try:
                owner.execute(sql.SQL("ALTER DATABASE {} SET plan_cache_mode = force_generic_plan").format(name))
            except psycopg.errors.InsufficientPrivilege:
                words = "The owner role does not own the database; say there: SET plan_cache_mode = force_generic_plan."
                self.stderr.write(self.style.WARNING(words))

    def _migrate(self, schema: str, labels: set[str]) -> None:
        if _applied(schema) != _wanted(labels):
            connection.set_schema(schema)
            with quick_states():
                call_command("migrate_schemas", schema_name=schema, interactive=False, verbosity=0)
        connection.set_schema_to_public()
        with owner_connection() as owner:
            owner.execute(f'SET LOCAL search_path = "{schema}", ext')
            owner.execute(guards.schema_sql(labels).encode())
            grant_rights(owner, schema, labels)


def as_owner() -> None:
    """Use the owner role for the rest of this command: only it may change tables."""
    connection.close()
    connection.settings_dict.update(database_options(settings.OWNER_DATABASE_URL))
    connection.settings_dict["OPTIONS"] = {}
    connection.close_pool()


def _wanted(labels: set[str]) -> set[tuple[str, str]]:
    loader = MigrationLoader(None)
    return {key for key in loader.disk_migrations if key[0] in labels}


def _applied(schema: str) -> set[tuple[str, str]]:
    with owner_connection() as owner:
        try:
            rows = owner.execute(sql.SQL("SELECT app, name FROM {}.django_migrations").format(sql.Identifier(schema)))
            return {(app, name) for app, name in rows}
        except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
            return set()


def _grant_ext(owner: psycopg.Connection) -> None:
    owner.execute("GRANT USAGE ON SCHEMA ext TO PUBLIC")
    owner.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
