"""A dose as a doctor picks it: how much, how often, when. The words are made for whoever reads them."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from clinic.shared.money import format_number


class Often(models.TextChoices):
    """How often a dose is taken."""

    DAILY = "1d", _("once a day")
    TWICE = "2d", _("twice a day")
    THRICE = "3d", _("three times a day")
    FOUR = "4d", _("four times a day")
    H4 = "4h", _("every 4 hours")
    H6 = "6h", _("every 6 hours")
    H8 = "8h", _("every 8 hours")
    H12 = "12h", _("every 12 hours")
    OTHER_DAY = "2nd", _("every other day")
    WEEKLY = "1w", _("once a week")
    MONTHLY = "1m", _("once a month")
    ONCE = "once", _("one single time")
    NEEDED = "prn", _("when needed")


# Doses a day, where a number of them follows.
PER_DAY: dict[str, Decimal] = {
    Often.DAILY: Decimal(1), Often.TWICE: Decimal(2), Often.THRICE: Decimal(3), Often.FOUR: Decimal(4),
    Often.H4: Decimal(6), Often.H6: Decimal(4), Often.H8: Decimal(3), Often.H12: Decimal(2),
    Often.OTHER_DAY: Decimal("0.5"),
}  # fmt: skip


class When(models.TextChoices):
    """At which moment of the day."""

    BEFORE = "ac", _("before food")
    WITH = "with", _("with food")
    AFTER = "pc", _("after food")
    FASTING = "fasting", _("on an empty stomach")
    MORNING = "am", _("in the morning")
    NIGHT = "hs", _("at bedtime")


class DoseUnit(models.TextChoices):
    """What is counted."""

    TABLET = "tablet", pgettext_lazy("dose", "tablet")
    CAPSULE = "capsule", pgettext_lazy("dose", "capsule")
    ML = "ml", pgettext_lazy("dose", "mL")
    SPOON = "spoon", pgettext_lazy("dose", "teaspoon (5 mL)")
    DROP = "drop", pgettext_lazy("dose", "drop")
    PUFF = "puff", pgettext_lazy("dose", "puff")
    UNIT = "unit", pgettext_lazy("dose", "unit")
    AMPOULE = "ampoule", pgettext_lazy("dose", "ampoule")
    SACHET = "sachet", pgettext_lazy("dose", "sachet")
    SUPPOSITORY = "suppository", pgettext_lazy("dose", "suppository")
    PATCH = "patch", pgettext_lazy("dose", "patch")
    THIN_LAYER = "layer", pgettext_lazy("dose", "thin layer")


COUNTED = {
    DoseUnit.TABLET, DoseUnit.CAPSULE, DoseUnit.AMPOULE, DoseUnit.SACHET, DoseUnit.SUPPOSITORY, DoseUnit.PATCH
}  # fmt: skip


def dose_words(dosing: dict[str, Any]) -> str:
    """ "2 tablets", "every 8 hours" and "after food" as one sentence of the reader's language; empty for nothing."""
    often = dict(Often.choices).get(dosing.get("often", ""), "")
    when = dict(When.choices).get(dosing.get("when", ""), "")
    comma = pgettext("between parts", ",")
    return f"{comma} ".join(str(part) for part in (_how_much(dosing), often, when) if part)


def _how_much(dosing: dict[str, Any]) -> str:
    amount, unit = dosing.get("amount", ""), dict(DoseUnit.choices).get(dosing.get("unit", ""), "")
    number = format_number(Decimal(amount).normalize()) if amount else ""
    if number and unit:
        return gettext("%(n)s × %(unit)s") % {"n": number, "unit": unit}
    return number or str(unit)


def counted_quantity(dosing: dict[str, Any], days: int | None) -> str:
    """How many pieces the course takes, where pieces are counted; empty where it does not follow."""
    per_day = PER_DAY.get(dosing.get("often", ""))
    if not days or per_day is None or not dosing.get("amount") or dosing.get("unit") not in COUNTED:
        return ""
    pieces = Decimal(dosing["amount"]) * per_day * days
    return str(int(pieces.to_integral_value(rounding="ROUND_CEILING")))
