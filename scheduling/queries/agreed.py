"""How a booking was agreed to, and why one was refused."""

from scheduling.models import Appointment, AppointmentStatusChange, PolicyAcceptance
from scheduling.statuses import AppointmentStatus

A = AppointmentStatus


def acceptance_of(appointment: Appointment) -> PolicyAcceptance | None:
    """What was agreed to for an appointment, or for the one that it was moved from."""
    seen: Appointment | None = appointment
    for _step in range(50):
        if seen is None:
            return None
        found = PolicyAcceptance.objects.filter(appointment=seen).select_related("policy", "by").order_by("pk").last()
        if found is not None:
            return found
        seen = Appointment.objects.filter(successor=seen.pk).first()
    return None


def refusal_of(appointment: Appointment) -> str:
    """The reason with which the clinic refused a waiting booking; empty for any other."""
    if appointment.status != A.CANCELLED or appointment.cancelled_by_patient:
        return ""
    last = AppointmentStatusChange.objects.filter(subject=appointment).order_by("pk").last()
    return last.reason if last and last.from_status == A.PENDING else ""
