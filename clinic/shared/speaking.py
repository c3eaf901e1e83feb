"""Language, time zone and currency of whoever is spoken to: a page's reader or a message's recipient."""

import contextlib
import zoneinfo
from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone, translation

from clinic.shared.money import current_currency, current_display_unit
from clinic.shared.tenancy import current_clinic, on_platform


@contextlib.contextmanager
def speaking(language: str = "", time_zone: str = "") -> Iterator[str]:
    """Texts in this block are in the language given (else the clinic's), times in the zone, money in the currency."""
    clinic = None if on_platform() else current_clinic()
    if language not in dict(settings.LANGUAGES):
        language = clinic.language if clinic else settings.LANGUAGE_CODE
    zone = zoneinfo.ZoneInfo(time_zone or (clinic.time_zone if clinic else "UTC"))
    currency = current_currency.set(clinic.currency if clinic else "IRR")
    unit = current_display_unit.set(clinic.money_display if clinic else "")
    try:
        with translation.override(language), timezone.override(zone):
            yield language
    finally:
        current_currency.reset(currency)
        current_display_unit.reset(unit)
