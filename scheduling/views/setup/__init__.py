"""Set-up: what is missing, places, services, doctors and their hours, closed days."""

from scheduling.views.setup.closed import (
    holiday_fill,
    holiday_open,
    holiday_remove,
    holidays,
    time_off,
    time_off_remove,
)
from scheduling.views.setup.doctors import doctor, doctor_hours, doctor_offers, doctors
from scheduling.views.setup.overview import overview
from scheduling.views.setup.places import branch, branches, room, room_new
from scheduling.views.setup.services import service, services

__all__ = [
    "branch",
    "branches",
    "doctor",
    "doctor_hours",
    "doctor_offers",
    "doctors",
    "holiday_fill",
    "holiday_open",
    "holiday_remove",
    "holidays",
    "overview",
    "room",
    "room_new",
    "service",
    "services",
    "time_off",
    "time_off_remove",
]
