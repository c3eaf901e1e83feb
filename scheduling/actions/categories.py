"""Categories of services."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from clinic.shared.actions import action
from clinic.shared.errors import Conflict
from clinic.shared.text import normalise
from scheduling.actions.setup import _check_whole, _name, _within
from scheduling.models import ServiceCategory

LAST_POSITION = 999


@action
def save_service_category(
    *, category: ServiceCategory | None, name: str, name_en: str = "", position: int = 1, by: Any
) -> ServiceCategory:
    """Make or change a category; lower positions come first in lists. Raises Conflict for a name that another has."""
    _check_whole(by)
    category = category or ServiceCategory()
    category.name, category.name_en, category.position = _name(name, 80), normalise(name_en), position
    _within(position, 1, LAST_POSITION, "position")
    try:
        with transaction.atomic():
            category.save()
    except IntegrityError:  # the one rule of its table; two at the same moment are told it, too
        raise Conflict(_("There is a category of this name already."), field="name") from None
    return category
