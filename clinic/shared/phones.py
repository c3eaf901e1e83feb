"""Mobile numbers as people write them."""

from django.utils.translation import gettext as _

from clinic.shared.errors import Invalid
from clinic.shared.tenancy import on_platform, current_clinic
from clinic.shared.text import PhoneError, normalise_phone

REGION_OF_CURRENCY = {"IRR": "IR", "GBP": "GB", "EUR": "DE", "USD": "US", "TRY": "TR"}


def region() -> str:
    """The country whose local spellings are understood here."""
    return "IR" if on_platform() else REGION_OF_CURRENCY.get(current_clinic().currency, "IR")


def read_mobile(raw: str, *, field: str = "phone") -> str:
    """The E.164 form of a mobile number in any digits and usual spelling; raises Invalid that says what is wrong."""
    try:
        return normalise_phone(raw, region=region())
    except PhoneError as error:
        raise Invalid(str(error), field=field, code=error.code) from error
