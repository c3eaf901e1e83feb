"""Services and people, the diary, the floor."""

from scheduling.models.diary import Appointment, AppointmentStatusChange, Occupancy, Source
from scheduling.models.floor import Display, RoomStay, Visit, VisitStatusChange
from scheduling.models.setup import (
    Holiday,
    Practitioner,
    PractitionerService,
    Room,
    Service,
    TimeOff,
    WorkingHours,
)

__all__ = [
    "Appointment",
    "AppointmentStatusChange",
    "Display",
    "Holiday",
    "Occupancy",
    "Practitioner",
    "PractitionerService",
    "Room",
    "RoomStay",
    "Service",
    "Source",
    "TimeOff",
    "Visit",
    "VisitStatusChange",
    "WorkingHours",
]
