"""Key tables: people and branches. Also the two sites themselves, since guards live here."""

from clinic.accounts.guards import Guard
from clinic.accounts.models import Branch, RoleGrant, SecurityEvent, User
from clinic.accounts.permissions import Perm
from clinic.shared.tables import TableAdmin, Tables

clinic_tables = Tables("tables", Guard(permission=Perm.TABLES_VIEW))
platform_tables = Tables("platform-tables", Guard(permission=Perm.PLATFORM_CLINICS))


class BranchTable(TableAdmin):
    list_display = ("name", "time_zone", "phone", "is_active")
    editable = ("name", "name_en", "address", "phone")


class UserTable(TableAdmin):
    list_display = ("full_name", "phone", "is_active")
    search_fields = ("full_name", "phone")
    editable = ("full_name", "language")


class RoleGrantTable(TableAdmin):
    list_display = ("user", "role", "branch")
    list_filter = ("role",)
    list_select_related = True


class SecurityEventTable(TableAdmin):
    list_display = ("at", "kind", "user", "ip")
    list_filter = ("kind",)
    list_select_related = True


clinic_tables.register(Branch, BranchTable)
for site in (clinic_tables, platform_tables):
    site.register(User, UserTable)
    site.register(RoleGrant, RoleGrantTable)
    site.register(SecurityEvent, SecurityEventTable)
