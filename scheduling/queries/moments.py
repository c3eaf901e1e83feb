"""The diary's part of a patient's chart: what was booked and did not become a visit, and what comes next."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.accounts.permissions import Perm
from clinic.shared.calendar import format_datetime
from clinic.shared.chart import Ask, Line, Moment, moments, of_patient, tile
from scheduling.models import Appointment
from scheduling.queries.floor import own_name
from scheduling.statuses import UPCOMING, AppointmentStatus

UNTOLD = {AppointmentStatus.HELD, AppointmentStatus.EXPIRED, AppointmentStatus.RESCHEDULED}


def _in_sight(ask: Ask) -> Q:
    scope = ask.user.rights.branches(Perm.DIARY_VIEW)
    return Q() if scope is None else Q(branch__in=scope)


# Whether there may be any; what the reader may see of them is asked for then.
_ALONE = of_patient(Appointment, more="NOT EXISTS (SELECT 1 FROM scheduling_visit v WHERE v.appointment_id = t.id)")
_TO_COME = of_patient(Appointment, more="t.starts_at > now() - interval '1 minute'")


@moments(
    "appointments", label=_("Appointments"), icon="calendar-days", permission=Perm.DIARY_VIEW, order=40, where=_ALONE
)
def diary_moments(ask: Ask) -> Iterable[Moment]:
    """Appointments that have no visit: what comes, what was cancelled or missed."""
    rows = Appointment.objects.filter(_in_sight(ask), patient__in=ask.patients, visit=None).exclude(status__in=UNTOLD)
    rows = rows.select_related("service", "practitioner")
    return [
        Moment(
            at=row.starts_at,
            pk=row.pk,
            title=own_name(row.service),
            text=own_name(row.practitioner),
            url=f"/desk/appointments/{row.pk}/" if ask.user.can(Perm.DIARY_BOOK) else "",
            status="confirmed" if row.confirmed_at and row.status == AppointmentStatus.BOOKED else row.status,
        )
        for row in ask.newest(rows, "starts_at")
    ]


@tile(
    "next",
    label=_("Next visit"),
    icon="calendar-days",
    permission=Perm.DIARY_VIEW,
    order=50,
    empty=_("Nothing booked"),
    where=_TO_COME,
)
def next_booked(ask: Ask) -> Iterable[Line]:
    """The next appointments, soonest first."""
    rows = Appointment.objects.filter(
        _in_sight(ask), patient__in=ask.patients, status__in=UPCOMING, starts_at__gte=timezone.now()
    )
    found = rows.select_related("service").order_by("starts_at")[:2]
    return [Line(format_datetime(row.starts_at), own_name(row.service)) for row in found]
