"""Appointments as screens and the API read them."""

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils import timezone

from clinic.accounts.models import Branch, User
from clinic.accounts.queries import day_bounds
from clinic.patients.permissions import acts_for
from scheduling.models import Appointment, Practitioner, PractitionerService, Service, WorkingHours
from scheduling.queries.slots import local_day
from scheduling.statuses import UPCOMING, AppointmentStatus

NEVER_SHOWN = {AppointmentStatus.HELD, AppointmentStatus.EXPIRED, AppointmentStatus.ENTERED_IN_ERROR}
PAST_SHOWN = 20


def with_names(appointments: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """With everything that a line about an appointment names, in one statement."""
    return appointments.select_related("service", "practitioner", "branch", "room", "patient", "visit")


def of_day(
    appointments: QuerySet[Appointment], day: dt.date, *, branch: Branch | None = None, zone: str = ""
) -> QuerySet[Appointment]:
    """Those that begin on a working day of a branch, or on a day of a time zone."""
    since, until = day_bounds(branch, day) if branch is not None else local_day(day, zone)
    return appointments.filter(starts_at__gte=since, starts_at__lt=until)


def by_link(token: str) -> Appointment | None:
    """The appointment of a patient's link, or the one it was moved to."""
    appointment = with_names(Appointment.objects.filter(link_token=token)).first()
    for _step in range(50):
        if appointment is None or appointment.successor_id is None:
            return appointment
        appointment = with_names(Appointment.objects.filter(pk=appointment.successor_id)).first()
    return appointment


def is_late(appointment: Appointment, now: dt.datetime) -> bool:
    """Whether the patient's time for cancelling without being late, and for moving, is over."""
    return appointment.starts_at - now < dt.timedelta(hours=appointment.service.cancel_until_hours)


def upcoming_of(user: User) -> QuerySet[Appointment]:
    """What an account and its family still have before them, soonest first."""
    live = UPCOMING | {AppointmentStatus.ARRIVED, AppointmentStatus.CHECKED_IN}
    now = timezone.now()
    rows = Appointment.objects.filter(patient__in=acts_for(user).values("pk"), status__in=live)
    rows = rows.filter(Q(status__in=_INSIDE, starts_at__gte=now - dt.timedelta(hours=12)) | Q(ends_at__gt=now))
    return with_names(rows).order_by("starts_at")


def past_of(user: User) -> QuerySet[Appointment]:
    """What was, latest first: at most twenty."""
    rows = Appointment.objects.filter(patient__in=acts_for(user).values("pk"))
    rows = rows.exclude(status__in=NEVER_SHOWN | {AppointmentStatus.RESCHEDULED} | _INSIDE)
    rows = rows.exclude(status__in=UPCOMING, ends_at__gt=timezone.now())
    return with_names(rows).order_by("-starts_at")[:PAST_SHOWN]


_INSIDE = {AppointmentStatus.ARRIVED, AppointmentStatus.CHECKED_IN}


def services_on_offer(*, practitioner: int | None = None, for_staff: bool = False) -> QuerySet[Service]:
    """The services that can be booked (by patients), given by somebody who sees patients."""
    offers = PractitionerService.objects.filter(is_active=True, practitioner__is_active=True)
    if practitioner is not None:
        offers = offers.filter(practitioner=practitioner)
    services = Service.objects.filter(is_active=True, pk__in=offers.values("service"))
    return services if for_staff else services.filter(is_online=True)


def doctors_on_offer(*, service: int | None = None) -> QuerySet[Practitioner]:
    """The doctors who see patients (and give a service), for the public."""
    offers = PractitionerService.objects.filter(is_active=True, service__is_active=True)
    if service is not None:
        offers = offers.filter(service=service)
    return Practitioner.objects.filter(is_active=True, pk__in=offers.values("practitioner"))


def branches_of_service(service: Service) -> QuerySet[Branch]:
    """Where a service is given."""
    offers = PractitionerService.objects.filter(service=service, is_active=True, practitioner__is_active=True)
    hours = WorkingHours.objects.filter(practitioner__in=offers.values("practitioner"))
    return Branch.objects.filter(is_active=True, pk__in=hours.values("branch"))
