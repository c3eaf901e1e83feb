"""Items, and what services are expected to use."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Invalid
from inventory.actions.posting import checked_quantity
from inventory.models import Item, StockMovement, TemplateLine
from scheduling.models import Service


@action
def save_item(*, item: Item | None = None, by: User | None, **fields: Any) -> Item:
    """Add an item or change one (`name`, `name_en`, `unit`, `step`, `low_level`, `sale_price`, `is_active`).

    Raises Invalid for a step of zero or less, a negative level, or another unit or a coarser step once it has moved.
    """
    item = Item.objects.select_for_update().get(pk=item.pk) if item else Item()
    has_moved = bool(item.pk) and StockMovement.objects.filter(item=item).exists()
    unit, step = item.unit, item.step
    for name, value in fields.items():
        setattr(item, name, value)
    if item.step <= 0:
        raise Invalid(_("The smallest amount must be more than zero."), field="step")
    if item.low_level < 0:
        raise Invalid(_("The level must be zero or more."), field="low_level")
    if has_moved and item.unit != unit:
        raise Invalid(_("This item has moved already: its unit can no longer change."), field="unit")
    if has_moved and Decimal(step) % item.step:
        raise Invalid(_("This item has moved already: its steps can only become finer."), field="step")
    item.save()
    return item


@action
def set_template_line(*, service: Service, item: Item, quantity: Decimal, by: User | None) -> TemplateLine:
    """Set how much of an item one visit of the service is expected to use; visits under way keep what they have."""
    checked_quantity(item, quantity)
    line = TemplateLine.objects.select_for_update().filter(service=service, item=item).first()
    line = line or TemplateLine(service=service, item=item)
    line.quantity = quantity
    line.save()
    return line


@action
def remove_template_line(*, service: Service, item: Item, by: User | None) -> None:
    """The service is no longer expected to use the item."""
    for line in TemplateLine.objects.select_for_update().filter(service=service, item=item):
        line.delete()
