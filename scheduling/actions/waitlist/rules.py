"""How freed time is offered: the clinic's own rules."""

from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.shared.actions import action
from clinic.shared.errors import Forbidden, Invalid
from scheduling.actions.occupancy import lock
from scheduling.models import BookingRules, OfferMode
from scheduling.queries.policy import booking_rules

# Least and most of each number.
BOUNDS = {
    "waitlist_at_once": (2, 20),
    "waitlist_minutes": (10, 24 * 60),
    "waitlist_stop_minutes": (0, 7 * 24 * 60),
    "waitlist_days": (1, 365),
}


@action
def save_waitlist_rules(*, by: User | None, **rules: Any) -> BookingRules:
    """Change `waitlist_on`, `waitlist_mode`, `waitlist_at_once`, `waitlist_minutes`, `waitlist_stop_minutes`,
    `waitlist_days`. They count for the whole clinic and from the next offer on. Raises Invalid with the field.
    """
    if by is not None and by.rights.branches(Perm.SETUP_MANAGE) is not None:
        raise Forbidden(_("This counts for the whole clinic; the owner changes it."))
    if rules.get("waitlist_mode", OfferMode.ONE) not in OfferMode.values:
        raise Invalid(_("Choose one of the two ways."), field="waitlist_mode")
    for name, (least, most) in BOUNDS.items():
        if name in rules and not least <= rules[name] <= most:
            raise Invalid(_("Write a number from %(least)s to %(most)s.") % {"least": least, "most": most}, field=name)
    lock("booking-rules")
    row = booking_rules()
    for name in {"waitlist_on", "waitlist_mode", *BOUNDS} & set(rules):
        setattr(row, name, rules[name])
    row.save()
    return row
