"""How much of a bill each role may take off without asking."""

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.shared.actions import action
from clinic.shared.errors import Invalid
from finance.models import DiscountLimit


@action
def save_discount_limits(*, limits: dict[str, int], by: User | None) -> None:
    """Set how many percent of a bill each role may take off without asking. Raises Invalid above a hundred."""
    for role, percent in limits.items():
        if role not in Role.values or not 0 <= percent <= 100:
            raise Invalid(_("The limit lies between 0 and 100 percent."), field=role)
        row = DiscountLimit.objects.filter(role=role).first() or DiscountLimit(role=role)
        row.percent = percent
        row.save()
