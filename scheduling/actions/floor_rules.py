"""Setting up the waiting room of a branch."""

from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.shared.actions import action
from clinic.shared.errors import Forbidden, Invalid
from clinic.shared.notices import tell
from clinic.shared.text import normalise
from scheduling.models import FloorRules
from scheduling.queries.rules import rules_of

ABOVE = [("wait_warn_minutes", "wait_alarm_minutes"), ("over_warn_percent", "over_alarm_percent")]


@action
def save_floor_rules(*, branch: Branch, by: Any, **values: Any) -> FloorRules:
    """Change how a branch runs its waiting room; only the named fields of FloorRules.

    Raises Invalid where "too long" would come before "long", Forbidden in a branch of somebody else.
    """
    if by is not None and not by.can(Perm.SETUP_MANAGE, branch):
        raise Forbidden(_("This branch is not yours to set up."), field="branch")
    rules = rules_of(Branch.objects.select_for_update(no_key=True).get(pk=branch.pk))
    for name, value in values.items():
        setattr(rules, name, normalise(value).upper() if name == "token_prefix" else value)
    for warn, alarm in ABOVE:
        if getattr(rules, alarm) <= getattr(rules, warn):
            raise Invalid(_("“Too long” must come after “long”."), field=alarm)
    if any(letter.isdigit() for letter in rules.token_prefix):
        raise Invalid(_("Write letters, no digits: the number follows."), field="token_prefix")
    rules.save()
    for topic in ("queue", "board", "tv"):
        tell(topic, branch=branch.pk)
    return rules
