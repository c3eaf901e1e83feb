"""Official holidays of the clinic's country, from a maintained calendar; the clinic may open all the same."""

from typing import Any

import holidays as calendars

from clinic.shared.actions import action
from clinic.shared.phones import region
from clinic.shared.tenancy import current_clinic
from scheduling.models import Holiday


@action
def fill_official_holidays(*, year: int, by: Any) -> int:
    """Write the official holidays of a Gregorian year that are not there yet; returns how many were new.

    Days that the clinic changed (renamed, opened) stay as they are.
    """
    country = region()
    if country not in calendars.list_supported_countries(include_aliases=False):
        return 0
    official = calendars.country_holidays(country, years=year, language=_language(country))
    known = set(Holiday.objects.filter(date__year=year, branch=None).values_list("date", flat=True))
    new = [(day, name) for day, name in sorted(official.items()) if day not in known]
    for day, name in new:
        Holiday(date=day, name=name[:120], is_official=True).save()
    return len(new)


def _language(country: str) -> str | None:
    """The clinic's language where the calendar speaks it."""
    spoken = calendars.list_localized_countries(include_aliases=False).get(country, [])
    wanted = {"fa": "fa_IR", "en": "en_US"}[current_clinic().language]
    return wanted if wanted in spoken else None
