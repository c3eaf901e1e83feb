"""The database backend: django-tenants' own, but a query before a clinic (or the platform) was chosen is an error."""

import os
from collections import deque
from typing import Any

from django.conf import settings
from django.db.backends.postgresql.operations import DatabaseOperations
from django_tenants.postgresql_backend.base import DatabaseWrapper as TenantsWrapper
from psycopg.pq import TransactionStatus

from clinic.shared.db.adapting import adapters, preparing_cursor
from clinic.shared.errors import NoClinic

PREPARED_AT_MOST = 1_000  # statements kept by one connection, those of the clinics it served last; up to 0.1 MiB each


class Operations(DatabaseOperations):
    """Django's, and the text of prepared statements, which psycopg does not keep: logs and counts of statements ask."""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        return super().last_executed_query(cursor, sql, params) or str(sql)


class Warm(deque[Any]):
    """What waits in a pool, the last one first; the pool itself takes turns, and would keep all of them lukewarm."""

    def append(self, connection: Any) -> None:
        super().appendleft(connection)


class DatabaseWrapper(TenantsWrapper):
    """A connection that works for exactly one schema and `ext`, and for none until somebody chose.

    django-tenants starts every connection in `public` and lets a clinic's path fall back to it; both would turn a
    forgotten context into somebody else's rows.
    """

    ops_class = Operations
    chosen = False
    bundle: Any = None  # rows that the last statement of this transaction writes (`clinic/shared/bundles.py`)

    # The path that a server connection has stands on that connection itself, also while it waits in the pool: it is set
    # where another clinic had the connection before, not for each cursor, and is forgotten wherever the server may have
    # forgotten it (a rollback takes a SET back with it).

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        params["context"] = adapters(params["context"])
        # Only `prepared()` prepares: Django's own cursors write values into their statements.
        params["prepare_threshold"] = 2
        return params

    @property
    def pool(self) -> Any:
        """Django's pool, which gives the connection that came back last: its server has plans and memory warm."""
        pool = super().pool
        if pool is not None and not isinstance(pool._pool, Warm):
            pool._pool = Warm(pool._pool)
        return pool

    def get_new_connection(self, conn_params: Any) -> Any:
        connection = super().get_new_connection(conn_params)
        if not hasattr(connection, "clinic_path"):  # not from the pool, where it was before
            connection.clinic_path = None
            connection.clinic_cursor = preparing_cursor(connection)
            connection.prepared_max = PREPARED_AT_MOST
        return connection

    # A transaction begins on the server with the first statement that writes, locks, or might: what is only read before
    # it needs none, and a single statement is a whole transaction by itself.

    def _set_autocommit(self, autocommit: bool) -> None:
        if autocommit and not self.connection.autocommit:
            super()._set_autocommit(True)

    def _begin(self) -> None:
        if not self.autocommit and self.connection.autocommit:
            super()._set_autocommit(False)

    def _commit(self) -> None:
        if self.connection is not None and not self.connection.autocommit:
            super()._commit()

    def settle(self, *, last: bool = False) -> None:
        """Write what waits for the end of the transaction; as its `last` statement, which is all of it if it can be."""
        bundle, self.bundle = self.bundle, None
        if bundle is not None:
            bundle.run(alone=last)

    def _close(self) -> None:
        self.bundle = None
        if self.connection is not None and self.connection.info.transaction_status != TransactionStatus.IDLE:
            self._forget_path()  # the pool rolls it back, or throws it away
        broken = self.connection is not None and self.connection.broken
        super()._close()
        if broken and self.pool:
            self.pool.check()  # the server has gone and come back: the others are dead, too, and not one request each

    def rollback(self) -> None:
        self.bundle = None
        self._forget_path()
        super().rollback()

    def savepoint_commit(self, sid: str) -> None:
        try:
            self.settle()
        except BaseException:  # a refusal, which Django does not expect of a release
            self.savepoint_rollback(sid)
            raise
        super().savepoint_commit(sid)

    def savepoint_rollback(self, sid: str) -> None:
        self.bundle = None
        try:
            super().savepoint_rollback(sid)
        finally:
            self._forget_path()

    def _forget_path(self) -> None:
        if self.connection is not None:
            self.connection.clinic_path = None

    def _handle_search_path(self, cursor: Any = None) -> None:
        before = getattr(self.connection, "clinic_path", None)
        if before == self.schema_name:
            return
        if before is not None:
            self.connection.clinic_path = None  # whatever ends this half way, the old name stands here no more
        super()._handle_search_path(cursor)
        # None where the statement failed, in a transaction that must be rolled back anyhow.
        self.connection.clinic_path = self.schema_name if self.search_path_set_schemas else None

    def prepared(self, *, begins: bool = True) -> Any:
        """The connection's one cursor whose statements the server keeps, parsed and planned: values are `$1`, `$2`, …
        Read its rows before anybody else asks for it (`clinic/shared/db/prepared.py`). What only reads, or is all of
        its transaction, `begins` none.
        """
        if not self.chosen:
            raise NoClinic("A query was asked before a clinic was chosen.")
        self.ensure_connection()
        if self.bundle is not None:
            self.settle()
        if begins:
            self._begin()
        cursor = self._prepare_cursor(self.connection.clinic_cursor)
        self._handle_search_path()
        return cursor

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
        self.ensure_connection()
        if self.bundle is not None:
            self.settle()
        self._begin()
        return super()._cursor(name)
