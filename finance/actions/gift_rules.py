"""The rules of gift cards."""

from clinic.accounts.models import User
from clinic.shared.actions import action
from finance.models import GiftRules


@action
def save_gift_rules(*, valid_months: int, is_on: bool, by: User | None) -> GiftRules:
    """Set how long gift cards are valid from now on; those that were sold keep their last day."""
    GiftRules.objects.get_or_create(only_one=True)
    rules = GiftRules.objects.select_for_update().get()
    rules.valid_months, rules.is_on = valid_months, is_on
    rules.save()
    return rules
