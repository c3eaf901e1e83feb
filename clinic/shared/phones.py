"""Phone numbers as people write them."""

import phonenumbers
from django.utils.translation import gettext as _

from clinic.shared.errors import Invalid
from clinic.shared.tenancy import current_clinic, on_platform
from clinic.shared.text import PhoneError, normalise_phone

REGION_OF_CURRENCY = {"IRR": "IR", "GBP": "GB", "EUR": "DE", "USD": "US", "TRY": "TR"}
# Codes go to the clinic's country and to the SMS gateway's own; elsewhere a number costs dear and proves little.
GATEWAY_COUNTRY = "IR"
MOBILE = {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}


def region() -> str:
    """The country whose local spellings are understood here."""
    return "IR" if on_platform() else REGION_OF_CURRENCY.get(current_clinic().currency, "IR")


def read_phone(raw: str, *, field: str = "phone") -> str:
    """The E.164 form of any phone number in any digits and usual spelling; raises Invalid that says what is wrong."""
    try:
        return normalise_phone(raw, region=region())
    except PhoneError as error:
        raise Invalid(str(error), field=field, code=error.code) from error


def read_mobile(raw: str, *, field: str = "phone") -> str:
    """The E.164 form of a number that a code can be sent to; raises Invalid otherwise.

    Mobile numbers of the clinic's country and of the gateway's own are understood in their home spelling.
    """
    for country in dict.fromkeys([region(), GATEWAY_COUNTRY]):
        try:
            number = normalise_phone(raw, region=country)
        except PhoneError:
            continue
        parsed = phonenumbers.parse(number)
        if phonenumbers.number_type(parsed) in MOBILE and phonenumbers.region_code_for_number(parsed) == country:
            return number
    parsed = phonenumbers.parse(read_phone(raw, field=field))
    if phonenumbers.number_type(parsed) not in MOBILE:
        raise Invalid(_("This is no mobile number; no SMS can be sent to it."), field=field, code="not_mobile")
    raise Invalid(_("No codes are sent to numbers of this country."), field=field, code="abroad")
