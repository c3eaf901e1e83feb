"""Setting the rules of booking: a service's policy, the clinic's own rules, the words patients agree to."""

from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Invalid
from clinic.shared.text import normalise
from scheduling.actions.occupancy import lock
from scheduling.actions.setup import _check_whole, _price, _within
from scheduling.models import BookingRules, PolicyText, Service

LONGEST_TEXT = 5000
POLICY = (
    *("cancel_until_hours", "move_limit", "late_fee_percent", "no_show_fee_percent", "deposit", "who_may_book"),
    *("requires", "min_gap_days", "needs_approval", "approve_within_hours"),
)
FOLLOW_UP = ("follow_up_days", "follow_up_visits", "follow_up_percent")


@action
def save_service_policy(*, service: Service, by: User | None, **values: Any) -> Service:
    """Set the policy of a service; `values` are columns of `POLICY` (hours, days, percents, an amount). What is booked
    already keeps its price and deposit; windows and fees are those of today.

    Raises Invalid for what cannot be, and for a service that would come after itself.
    """
    _check_whole(by)
    for name in POLICY:
        if name in values:
            setattr(service, name, values[name])
    for name in FOLLOW_UP:
        if values.get(name) is not None:
            setattr(service, name, values[name])
    _within(service.follow_up_days, 0, 366, "follow_up_days")
    _within(service.follow_up_visits, 1, 50, "follow_up_visits")
    _within(service.follow_up_percent, 0, 99, "follow_up_percent")
    _within(service.cancel_until_hours, 0, 24 * 90, "cancel_until_hours")
    _within(service.late_fee_percent, 0, 100, "late_fee_percent")
    _within(service.no_show_fee_percent, 0, 100, "no_show_fee_percent")
    _within(service.min_gap_days, 0, 366, "min_gap_days")
    _within(service.approve_within_hours, 1, 24 * 14, "approve_within_hours")
    if service.move_limit is not None:
        _within(service.move_limit, 0, 100, "move_limit")
    _price(service.deposit, "deposit")
    if service.deposit > service.price:
        raise Invalid(_("The deposit is more than the price of the service."), field="deposit")
    _check_chain(service)
    service.save()
    return service


def _check_chain(service: Service) -> None:
    """Nothing comes after itself, however long the way."""
    seen, step = {service.pk}, service.requires
    while step is not None:
        if step.pk in seen:
            raise Invalid(_("These services would wait for each other. Choose another one."), field="requires")
        seen.add(step.pk)
        step = step.requires


@action
def save_booking_rules(*, no_show_limit: int, no_show_days: int, by: User | None) -> BookingRules:
    """Set after how many missed visits, counted over how many days, online booking stops; 0 never."""
    _check_whole(by)
    _within(no_show_limit, 0, 50, "no_show_limit")
    _within(no_show_days, 1, 3650, "no_show_days")
    lock("booking-rules")
    rules = BookingRules.objects.first() or BookingRules()
    rules.no_show_limit, rules.no_show_days = no_show_limit, no_show_days
    rules.save()
    return rules


@action
def save_policy_text(*, text_fa: str, text_en: str, by: User | None) -> PolicyText:
    """Put new words in force for those who book from now on; the old version stays, and who agreed to it too. The same
    words again are no new version.
    """
    _check_whole(by)
    fa, en = normalise(text_fa, lines=True), normalise(text_en, lines=True)
    for field, text in (("text_fa", fa), ("text_en", en)):
        if len(text) > LONGEST_TEXT:
            raise Invalid(_("Write at most %(count)s characters.") % {"count": LONGEST_TEXT}, field=field)
    if not fa and not en:
        raise Invalid(_("Write the text in at least one language."), field="text_fa")
    lock("policy-text")
    last = PolicyText.objects.order_by("-version").first()
    if last is not None and (last.text_fa, last.text_en) == (fa, en):
        return last
    newest = PolicyText.objects.aggregate(newest=Max("version"))["newest"] or 0
    row = PolicyText(version=newest + 1, text_fa=fa, text_en=en, created_by=by)
    row.save()
    return row
