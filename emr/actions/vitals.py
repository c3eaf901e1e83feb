"""Writing down what was measured, and what the clinic measures."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.errors import Forbidden, Invalid
from clinic.shared.money import format_number
from emr.models import VitalSign
from emr.queries.vitals import measures
from scheduling.models import Visit

CLOCKS_DIFFER = dt.timedelta(minutes=5)


def require_measure(by: User | None, branch: Any = None) -> None:
    """Raise Forbidden unless `by` may write measurements down."""
    if by is not None and not by.can(Perm.RECORD_MEASURE, branch):
        raise Forbidden(_("Only nurses and doctors write measurements down."))


@action
def record_vitals(
    *,
    patient: Patient,
    values: dict[str, Decimal],
    visit: Visit | None = None,
    measured_at: dt.datetime | None = None,
    by: User | None,
) -> list[VitalSign]:
    """Write down what was measured at one moment: `values` by code, in the measure's own unit.

    Raises Invalid (field: the code) for a value that no body shows, for a lower pressure above the upper one, for a
    moment to come, and for nothing at all.
    """
    require_measure(by, visit.branch_id if visit else None)
    at = measured_at or timezone.now()
    if at > timezone.now() + CLOCKS_DIFFER:
        raise Invalid(_("This moment is still to come."), field="measured_at")
    known = measures()
    wanted = {code: value for code, value in values.items() if value is not None}
    if not wanted:
        raise Invalid(_("Write at least one value."))
    for code, value in wanted.items():
        measure = known.get(code)
        if measure is None or measure.computed:
            raise Invalid(_("Nobody here measures “%(what)s”.") % {"what": code[:40]}, field=code)
        if not measure.lowest <= value <= measure.highest:
            limits = {"low": format_number(measure.lowest), "high": format_number(measure.highest)}
            raise Invalid(_("Check this value: it lies between %(low)s and %(high)s.") % limits, field=code)
    if "systolic" in wanted and "diastolic" in wanted and wanted["diastolic"] >= wanted["systolic"]:
        raise Invalid(_("The lower pressure is below the upper one."), field="diastolic")
    return [
        VitalSign.objects.create(
            patient=patient,
            visit=visit,
            code=code,
            value=round(value, known[code].places),
            unit=known[code].unit,
            measured_at=at,
            by=by,
        )
        for code, value in wanted.items()
    ]


@action
def withdraw_vital(*, vital: VitalSign, by: User | None) -> VitalSign:
    """A value that was entered in error: it stays in the history and is shown no more."""
    require_measure(by)
    row = VitalSign.objects.select_for_update(of=("self",)).get(pk=vital.pk)
    if not row.entered_in_error:
        row.entered_in_error = True
        row.save()
    return row
