"""Key tables of points: read here, written by the actions alone."""

from clinic.accounts.admin import clinic_tables
from clinic.shared.tables import TableAdmin
from loyalty.models import LoyaltyRule, PointsEntry


class RuleTable(TableAdmin):
    list_display = ("created_at", "is_active", "money_per_point", "point_value", "cap_percent", "months_valid")


class EntryTable(TableAdmin):
    list_display = ("at", "patient", "kind", "points", "balance_after", "cause")
    list_filter = ("kind",)
    list_select_related = ("patient",)


clinic_tables.register(LoyaltyRule, RuleTable)
clinic_tables.register(PointsEntry, EntryTable)
