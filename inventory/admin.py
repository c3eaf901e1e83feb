"""Key tables of stock: items and templates are set here too, what has moved is only read."""

from clinic.accounts.admin import clinic_tables
from clinic.shared.tables import TableAdmin
from inventory.models import ConsumptionLine, Discrepancy, Item, Lot, StockMovement, TemplateLine


class ItemTable(TableAdmin):
    list_display = ("name", "unit", "step", "low_level", "is_active")
    search_fields = ("name", "name_en")
    editable = ("name", "name_en", "low_level", "sale_price", "is_active")


class LotTable(TableAdmin):
    list_display = ("item", "branch", "number", "expires_on", "quantity", "unit_cost")
    list_select_related = True


class MovementTable(TableAdmin):
    list_display = ("at", "kind", "item", "quantity", "branch", "reason", "by")
    list_filter = ("kind",)
    list_select_related = True


class TemplateTable(TableAdmin):
    list_display = ("service", "item", "quantity")
    list_select_related = True


class ConsumptionTable(TableAdmin):
    list_display = ("visit", "item", "expected", "actual", "posted_at")
    list_select_related = True


class DiscrepancyTable(TableAdmin):
    list_display = ("item", "branch", "quantity", "visit", "settled_at")
    list_select_related = True


clinic_tables.register(Item, ItemTable)
clinic_tables.register(Lot, LotTable)
clinic_tables.register(StockMovement, MovementTable)
clinic_tables.register(TemplateLine, TemplateTable)
clinic_tables.register(ConsumptionLine, ConsumptionTable)
clinic_tables.register(Discrepancy, DiscrepancyTable)
