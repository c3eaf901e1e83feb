"""A picked dose, checked."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from clinic.shared.errors import Invalid
from clinic.shared.text import normalise
from emr.models import Medication
from emr.models.dosing import DoseUnit, Often, When

MOST_AT_ONCE = Decimal(1000)


def clean_dosing(dosing: dict[str, Any] | None, medication: Medication | None = None) -> dict[str, str]:
    """The picked dose, checked: {} for none. `amount` is a number of units. Raises Invalid."""
    given = {key: normalise(str((dosing or {}).get(key) or "")) for key in ("amount", "unit", "often", "when")}
    if not any(given.values()):
        return {}
    for key, allowed in (("unit", DoseUnit.values), ("often", Often.values), ("when", When.values)):
        if given[key] and given[key] not in allowed:
            raise Invalid(_("Choose one of the list."), field=f"dose_{key}")
    if given["amount"]:
        given["amount"] = _amount(given["amount"])
        given["unit"] = given["unit"] or (medication.unit if medication else "")
    return {key: value for key, value in given.items() if value}


def _amount(text: str) -> str:
    halves = {"½": "0.5", "1/2": "0.5", "¼": "0.25", "1/4": "0.25"}
    try:
        amount = Decimal(halves.get(text, text.replace("٫", ".").replace("/", ".")))
    except InvalidOperation:
        amount = Decimal(0)
    if not amount.is_finite() or not 0 < amount <= MOST_AT_ONCE:
        raise Invalid(_("Write how much in digits, for example 1 or 0.5."), field="dose_amount")
    return f"{amount.quantize(Decimal('0.001')).normalize():f}"
