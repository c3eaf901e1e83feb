"""What somebody who waits may wish for, checked."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient
from clinic.shared.errors import Forbidden, Invalid
from clinic.shared.money import format_number
from clinic.shared.tenancy import current_clinic
from scheduling.models import Practitioner, PractitionerService, Service
from scheduling.queries.opening import zone_of
from scheduling.queries.policy import booking_rules

MOST_PEOPLE, MOST_NOTICE, MOST_PRIORITY = 6, 7 * 24 * 60, 2
LONGEST_DAYS = 366


def priority_of(priority: int, by: User | None) -> int:
    if not 0 <= priority <= MOST_PRIORITY:
        raise Invalid(_("Write a number from %(least)s to %(most)s.") % {"least": 0, "most": MOST_PRIORITY},
                      field="priority")  # fmt: skip
    if priority and by is not None and not by.can(Perm.DIARY_BOOK):
        raise Forbidden(_("Only the desk says what is urgent."), field="priority")
    return priority


WISHES = {
    "practitioner", "branch", "weekdays", "from_time", "until_time", "first_day", "last_day", "notice_minutes",
}  # fmt: skip


def wishes_of(service: Service, wishes: dict[str, Any]) -> dict[str, Any]:
    """The preferences, checked. TypeError for one that does not exist."""
    if unknown := set(wishes) - WISHES:
        raise TypeError(f"No wish is called {unknown}.")
    values = dict(wishes)
    if values.get("practitioner") is not None:
        _check_doctor(service, values["practitioner"])
    if "weekdays" in values:
        values["weekdays"] = sorted(set(values["weekdays"] or []))
        if not set(values["weekdays"]) <= set(range(7)):
            raise Invalid(_("Choose weekdays from the list."), field="weekdays")
        values["weekdays"] = [] if len(values["weekdays"]) == 7 else values["weekdays"]
    _check_order(values)
    _check_counts(values)
    return values


def _check_doctor(service: Service, doctor: Practitioner) -> None:
    gives = PractitionerService.objects.filter(service=service, practitioner=doctor, is_active=True)
    if not doctor.is_active or not gives.exists():
        raise Invalid(_("This doctor does not give this service. Choose another one."), field="practitioner")


def _check_order(values: dict[str, Any]) -> None:
    from_time, until_time = values.get("from_time"), values.get("until_time")
    if from_time and until_time and from_time >= until_time:
        raise Invalid(_("The end must be after the beginning."), field="until_time")
    first, last = values.get("first_day"), values.get("last_day")
    today = timezone.now().astimezone(zone_of(current_clinic().time_zone)).date()
    if last and last < today:
        raise Invalid(_("This day has passed."), field="last_day")
    if first and last and first > last:
        raise Invalid(_("The end must be after the beginning."), field="last_day")
    if first and first > today + dt.timedelta(days=LONGEST_DAYS):
        raise Invalid(_("This is too far ahead."), field="first_day")
    if last and last > today + dt.timedelta(days=2 * LONGEST_DAYS):
        raise Invalid(_("This is too far ahead."), field="last_day")


def _check_counts(values: dict[str, Any]) -> None:
    if not 0 <= values.get("notice_minutes", 0) <= MOST_NOTICE:
        text = _("Write a number from %(least)s to %(most)s.") % {"least": 0, "most": MOST_NOTICE}
        raise Invalid(text, field="notice_minutes")


def party_of(patient: Patient, companions: Iterable[Patient]) -> list[Patient]:
    """Who comes along, checked: each has a card of her own, since each is booked."""
    others = list(companions)
    if any(each.merged_into_id for each in others):
        raise Invalid(_("This patient was merged into another one. Book for that one."), field="companions")
    if len({patient.pk, *(each.pk for each in others)}) != 1 + len(others):
        raise Invalid(_("Name each person once."), field="companions")
    if 1 + len(others) > MOST_PEOPLE:
        text = _("At most %(count)s people can wait together.")
        raise Invalid(text % {"count": format_number(MOST_PEOPLE)}, field="companions")
    return others


def kept_until(last_day: dt.date | None) -> dt.date:
    today = timezone.now().astimezone(zone_of(current_clinic().time_zone)).date()
    return last_day or today + dt.timedelta(days=booking_rules().waitlist_days)
