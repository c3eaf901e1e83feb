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
