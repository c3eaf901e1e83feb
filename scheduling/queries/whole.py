"""An appointment or a visit with what every effect of it asks for."""

from scheduling.models import Appointment, Visit


def appointment_of(pk: int) -> Appointment:
    """With patient, branch and service."""
    return Appointment.objects.select_related("patient", "branch", "service").get(pk=pk)


def visit_of(pk: int) -> Visit:
    """With patient, branch, service and its appointment."""
    return Visit.objects.select_related("patient", "branch", "service", "appointment").get(pk=pk)
