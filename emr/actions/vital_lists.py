"""What this clinic measures, and what it takes as usual."""

from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Invalid
from clinic.shared.text import normalise
from emr.actions.safety import require_lists
from emr.models import VitalKind, VitalRange
from emr.queries.vitals import measures


@action
def save_vital_kind(*, kind: VitalKind | None = None, by: User | None, **values: Any) -> VitalKind:
    """Add something that this clinic measures, or change it. Raises Invalid."""
    require_lists(by)
    row = kind or VitalKind()
    for name in ("places", "lowest", "highest", "is_active"):
        if values.get(name) is not None:
            setattr(row, name, values[name])
    row.name, row.unit = normalise(values.get("name", row.name))[:60], normalise(values.get("unit", row.unit))[:20]
    if not row.name:
        raise Invalid(_("Write a name."), field="name")
    if row.lowest is None or row.highest is None or row.lowest >= row.highest:
        raise Invalid(_("The highest value is above the lowest."), field="highest")
    same = VitalKind.objects.filter(name=row.name, is_active=True).exclude(pk=row.pk)
    if row.is_active and same.exists():
        raise Invalid(_("There is one of this name already."), field="name")
    row.save()
    return row


@action
def save_vital_range(*, vital_range: VitalRange | None = None, by: User | None, **values: Any) -> VitalRange:
    """Say what this clinic takes as usual at an age (years). Raises Invalid."""
    require_lists(by)
    row = vital_range or VitalRange()
    for name, value in values.items():
        setattr(row, name, value)
    if row.code not in measures():
        raise Invalid(_("Choose one of the list."), field="code")
    if row.age_from >= row.age_to:
        raise Invalid(_("The second age is above the first."), field="age_to")
    limits = [row.alarm_low, row.low, row.high, row.alarm_high]
    given = [limit for limit in limits if limit is not None]
    if not given:
        raise Invalid(_("Write at least one value."), field="low")
    if given != sorted(given):
        raise Invalid(
            _("The values have to rise: alarming below, usual from, usual up to, alarming above."), field="low"
        )
    row.save()
    return row
