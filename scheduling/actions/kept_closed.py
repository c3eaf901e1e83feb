"""A time that the clinic called off and gives to nobody else: the doctor is not there then."""

from scheduling.models import Appointment, TimeOff


def keep_closed(appointment: Appointment, reason: str) -> bool:
    """Nobody is booked or asked in for this time any more; false for a group's, which stays open for the others."""
    if appointment.session_id is not None:
        return False
    TimeOff.objects.create(
        practitioner_id=appointment.practitioner_id,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        reason=reason[:120],
        instead_of=appointment,
    )
    return True


def open_again(appointment: Appointment) -> None:
    """The cancellation is taken back, and with it that the time was closed."""
    for row in TimeOff.objects.filter(instead_of=appointment):
        row.delete()
