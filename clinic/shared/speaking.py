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
    money = (clinic.currency, clinic.money_display) if clinic else ("IRR", "")
    if (language, zone, money) == _spoken_now():  # as in a message to who is reading this page
        yield language
        return
    currency, unit = current_currency.set(money[0]), current_display_unit.set(money[1])
    try:
        with translation.override(language), timezone.override(zone):
            yield language
    finally:
        current_currency.reset(currency)
        current_display_unit.reset(unit)


def _spoken_now() -> tuple[str, object, tuple[str, str]]:
    money = current_currency.get(), current_display_unit.get()
    return translation.get_language(), timezone.get_current_timezone(), money
