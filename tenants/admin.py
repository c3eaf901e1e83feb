"""Key tables of the platform."""

from clinic.accounts.admin import platform_tables
from clinic.shared.tables import TableAdmin
from tenants.models import Clinic, ClinicRequest, ClinicStatusChange, Domain


class ClinicTable(TableAdmin):
    list_display = ("name", "schema_name", "status", "language", "currency", "created_at")
    list_filter = ("status",)
    search_fields = ("name", "schema_name")
    editable = ("name", "name_en", "accent", "money_display")


class DomainTable(TableAdmin):
    list_display = ("domain", "tenant", "is_primary")


class ClinicRequestTable(TableAdmin):
    list_display = ("clinic_name", "subdomain", "status", "created_at")
    list_filter = ("status",)


class ClinicStatusChangeTable(TableAdmin):
    list_display = ("at", "subject", "from_status", "to_status", "by", "reason")


platform_tables.register(Clinic, ClinicTable)
platform_tables.register(Domain, DomainTable)
platform_tables.register(ClinicRequest, ClinicRequestTable)
platform_tables.register(ClinicStatusChange, ClinicStatusChangeTable)
