"""What is known already of a visit that stands on paper."""

import datetime as dt

from django.db.models import Prefetch, QuerySet

from clinic.accounts.models import Branch
from clinic.patients.models import Patient
from scheduling.models import Appointment, PaperNote, Practitioner, Visit
from scheduling.queries.diary import of_day, with_names
from scheduling.queries.floor import branch_day
from scheduling.statuses import AppointmentStatus, VisitStatus

A, V = AppointmentStatus, VisitStatus
NEAR = dt.timedelta(hours=2)


def booked_for(patient: Patient, branch: Branch, moment: dt.datetime) -> list[Appointment]:
    """Her appointments of that day in the branch to which nobody came yet, the nearest first."""
    rows = Appointment.objects.filter(patient=patient, branch=branch, status__in=[A.BOOKED, A.NO_SHOW])
    of_that_day = of_day(rows, branch_day(branch, moment), branch=branch)
    return sorted(with_names(of_that_day), key=lambda each: abs(each.starts_at - moment))


def written_already(patient: Patient, branch: Branch, practitioner: Practitioner, moment: dt.datetime) -> Visit | None:
    """A visit of hers with the same doctor within two hours of that arrival, which may be the same one."""
    rows = Visit.objects.filter(
        patient=patient, branch=branch, practitioner=practitioner, arrived_at__gt=moment - NEAR,
        arrived_at__lt=moment + NEAR,
    )  # fmt: skip
    return rows.exclude(status__in=[V.CANCELLED, V.ENTERED_IN_ERROR]).order_by("arrived_at").first()


def entered_afterwards(branch: Branch, day: dt.date) -> QuerySet[Visit]:
    """The visits of a day that were entered from paper, the latest entry first."""
    rows = Visit.objects.filter(branch=branch, day=day, entered_afterwards_at__isnull=False)
    rows = rows.select_related("patient", "practitioner", "service", "appointment")
    notes = Prefetch("paper_notes", PaperNote.objects.select_related("entered_by").order_by("-pk"))
    return rows.prefetch_related(notes).order_by("-entered_afterwards_at")
