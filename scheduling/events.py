"""What scheduling can say."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AppointmentBooked:
    """A patient has a time; `by_patient` tells who booked."""

    appointment_id: int
    by_patient: bool = False


@dataclass(frozen=True)
class AppointmentCancelled:
    appointment_id: int
    by_patient: bool
    late: bool
    reason: str = ""


@dataclass(frozen=True)
class AppointmentRescheduled:
    old_id: int
    new_id: int
    by_patient: bool = False


@dataclass(frozen=True)
class AppointmentRestored:
    """A cancellation or no-show was undone."""

    appointment_id: int


@dataclass(frozen=True)
class AppointmentMissed:
    appointment_id: int


@dataclass(frozen=True)
class VisitStarted:
    """The patient arrived."""

    visit_id: int


@dataclass(frozen=True)
class VisitFinished:
    visit_id: int


@dataclass(frozen=True)
class VisitReopened:
    """A finished visit is taken back: whoever posted something for it may refuse."""

    visit_id: int
