"""The clinic's own list of drugs."""

import re
from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.shared.actions import action
from clinic.shared.errors import Forbidden, Invalid
from clinic.shared.text import normalise, search_key
from emr.models import Medication

ATC = re.compile(r"[A-Z](\d{2}([A-Z]([A-Z](\d{2})?)?)?)?")


@action
def save_medication(*, medication: Medication | None = None, by: User | None, **values: Any) -> Medication:
    """Put a drug on the clinic's list, or change one. Raises Invalid where it has no name or stands there already."""
    if by is not None and not (by.can(Perm.PRESCRIBE) or by.can(Perm.SETUP_MANAGE)):
        raise Forbidden(_("Only doctors and managers keep the list of drugs."))
    row = medication or Medication()
    for field in ("name", "name_en", "form", "strength", "substance", "atc", "default_dose", "unit"):
        if field in values:
            setattr(row, field, normalise(values[field]))
    if "is_active" in values:
        row.is_active = bool(values["is_active"])
    if not row.name:
        raise Invalid(_("Name the drug."), field="name")
    same = Medication.objects.filter(name=row.name, form=row.form, strength=row.strength, is_active=True)
    if row.is_active and same.exclude(pk=row.pk).exists():
        raise Invalid(_("This drug is already on the list."), field="name")
    row.atc = clean_atc(row.atc)
    row.search_text = search_key(f"{row.name} {row.name_en} {row.substance} {row.strength} {row.atc}")
    row.save()
    return row


def clean_atc(text: str, field: str = "atc") -> str:
    """A code of the ATC of any level: "J01CA04", or "J01C" for the group; empty stays empty. Raises Invalid."""
    code = normalise(text).upper().replace(" ", "")
    if code and not ATC.fullmatch(code):
        raise Invalid(_("An ATC code looks like J01CA04, or J01C for a whole group."), field=field)
    return code
