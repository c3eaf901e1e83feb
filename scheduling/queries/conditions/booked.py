"""What is booked, was missed, and how it was booked."""

import datetime as dt

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from clinic.accounts.permissions import Perm
from clinic.shared.segments import CHOICES, NUMBER, Asked, Way, condition
from scheduling.models import Appointment, Source
from scheduling.queries.conditions.how_often import counted
from scheduling.queries.conditions.seen import VISITS
from scheduling.statuses import UPCOMING, AppointmentStatus


@condition(
    "missed",
    label=_("Missed appointments"),
    group=VISITS,
    permission=Perm.DIARY_VIEW,
    order=45,
    ways=(
        Way(
            "at_least", _("at least"),
            ngettext_lazy(
                "missed at least %(what)s appointment", "missed at least %(what)s appointments", "n"
            ),
            NUMBER, _("appointments"), 1000,
        ),
        Way("never", _("none"), _("never missed an appointment")),
    ),
)  # fmt: skip
def missed(asked: Asked) -> Q:
    """Appointments noted as missed, of all time."""
    rows = Appointment.objects.filter(status=AppointmentStatus.NO_SHOW, patient__isnull=False)
    if asked.way == "never":
        return ~Q(pk__in=rows.values("patient"))
    return ~Q(pk__in=[]) if not asked.number else counted(rows, int(asked.number))


@condition(
    "next",
    label=_("Next visit"),
    group=VISITS,
    permission=Perm.DIARY_VIEW,
    order=46,
    ways=(
        Way("none", _("is not booked"), _("have nothing booked")),
        Way("some", _("is booked"), _("have an appointment to come")),
        Way(
            "within", _("is booked within"),
            ngettext_lazy(
                "have an appointment within the next %(what)s day",
                "have an appointment within the next %(what)s days",
                "n",
            ),
            NUMBER, _("days"),
        ),
    ),
)  # fmt: skip
def booked_next(asked: Asked) -> Q:
    """Appointments that are booked, or wait for approval, from now on."""
    now = timezone.now()
    rows = Appointment.objects.filter(status__in=UPCOMING, starts_at__gte=now, patient__isnull=False)
    if asked.way == "within":
        rows = rows.filter(starts_at__lt=now + dt.timedelta(days=int(asked.number)))
    found = Q(pk__in=rows.values("patient"))
    return ~found if asked.way == "none" else found


@condition(
    "booked_by",
    label=_("Booked through"),
    group=VISITS,
    permission=Perm.DIARY_VIEW,
    order=47,
    choices=lambda: [(value, str(label)) for value, label in Source.choices],
    ways=(
        Way("was", _("once was"), _("once booked through %(what)s"), CHOICES),
        Way("was_not", _("never was"), _("never booked through %(what)s"), CHOICES),
    ),
)
def booked_through(asked: Asked) -> Q:
    """The way in which an appointment was booked, ever."""
    rows = Q(pk__in=Appointment.objects.filter(source__in=asked.keys, patient__isnull=False).values("patient"))
    return rows if asked.way == "was" else ~rows
