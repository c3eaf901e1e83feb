"""The database backend: django-tenants' own, but a query before a clinic (or the platform) was chosen is an error."""

import os
from typing import Any

from django.conf import settings
from django_tenants.postgresql_backend.base import DatabaseWrapper as TenantsWrapper

from clinic.shared.errors import NoClinic


class DatabaseWrapper(TenantsWrapper):
    """A connection that works for exactly one schema and `ext`, and for none until somebody chose.

    django-tenants starts every connection in `public` and lets a clinic's path fall back to it; both would turn a
    forgotten context into somebody else's rows.
    """

    chosen = False

    # The path that a server connection has stands on that connection itself: it is set once for a request, not for
    # each cursor, and is forgotten wherever the server may have forgotten it (a rollback takes a SET back with it).

    def get_new_connection(self, conn_params: Any) -> Any:
        connection = super().get_new_connection(conn_params)  # from the pool: whoever had it may have left any path
        connection.clinic_path = None
        return connection

    def rollback(self) -> None:
        self._forget_path()
        super().rollback()

    def savepoint_rollback(self, sid: str) -> None:
        try:
            super().savepoint_rollback(sid)
        finally:
            self._forget_path()

    def _forget_path(self) -> None:
        if self.connection is not None:
            self.connection.clinic_path = None

    def _handle_search_path(self, cursor: Any = None) -> None:
        if getattr(self.connection, "clinic_path", None) == self.schema_name:
            return
        super()._handle_search_path(cursor)
        # None where the statement failed, in a transaction that must be rolled back anyhow.
        self.connection.clinic_path = self.schema_name if self.search_path_set_schemas else None

    def set_tenant(self, tenant: Any, include_public: bool = False) -> None:
        super().set_tenant(tenant, include_public=False)
        self.chosen = True

    def set_schema(self, schema_name: str, include_public: bool = False, tenant_type: str | None = None) -> None:
        super().set_schema(schema_name, include_public=False, tenant_type=tenant_type)

    def set_schema_to_public(self) -> None:
        super().set_schema_to_public()
        self.chosen = os.environ.get("CLINIC_COMMAND") == "1"

    def choose_platform(self) -> None:
        """Work on the platform's own tables."""
        self.set_schema(settings.PUBLIC_SCHEMA_NAME)

    def _get_cursor_search_paths(self) -> list[str]:
        """The clinic's schema and `ext` (extensions, helpers); `public` only where the platform itself was chosen."""
        return [str(self.schema_name), "ext"]

    def _cursor(self, name: str | None = None) -> Any:
        if not self.chosen:
            raise NoClinic("A query was asked before a clinic was chosen.")
        return super()._cursor(name)
