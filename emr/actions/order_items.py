"""The list of what can be ordered."""

from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Invalid
from clinic.shared.text import normalise
from emr.actions.safety import require_lists
from emr.models import OrderItem


@action
def save_order_item(*, item: OrderItem | None = None, by: User | None, **values: Any) -> OrderItem:
    """Put something on the list of examinations, or change it; `panel` makes it a panel of others. Raises Invalid."""
    require_lists(by)
    row = item or OrderItem()
    panel = values.pop("panel", None)
    for name, value in values.items():
        setattr(row, name, normalise(value) if isinstance(value, str) else value)
    if not row.name:
        raise Invalid(_("Write a name."), field="name")
    for low, high in (("low", "high"), ("low_women", "high_women")):
        limits = getattr(row, low), getattr(row, high)
        if None not in limits and limits[0] > limits[1]:
            raise Invalid(_("The highest value is above the lowest."), field=high)
    same = OrderItem.objects.filter(kind=row.kind, name=row.name, is_active=True).exclude(pk=row.pk)
    if row.is_active and same.exists():
        raise Invalid(_("There is one of this name already."), field="name")
    row.save()
    if panel is not None:
        members = [each for each in panel if each.pk != row.pk]
        if any(each.panel.exists() for each in members):
            raise Invalid(_("A panel holds examinations, not panels."), field="panel")
        row.panel.set(members)
    return row
