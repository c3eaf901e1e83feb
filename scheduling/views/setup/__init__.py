"""Set-up: what is missing, places, services, doctors and their hours, closed days."""

from scheduling.views.setup.categories import service_category
from scheduling.views.setup.closed import (
    holiday_fill,
    holiday_open,
    holiday_remove,
    holidays,
    time_off,
    time_off_remove,
)
from scheduling.views.setup.doctors import doctor, doctor_offers, doctors
from scheduling.views.setup.equipment import device, device_new, equipment, equipment_kind
from scheduling.views.setup.hours import doctor_hours, other_day, plan, plan_remove, rules
from scheduling.views.setup.overview import overview
from scheduling.views.setup.places import branch, branches, floor, room, room_new
from scheduling.views.setup.policy import booking_rules, policy_text, service_policy
from scheduling.views.setup.services import service, services
from scheduling.views.setup.waitlist import waitlist

__all__ = [
    "booking_rules",
    "branch",
    "branches",
    "device",
    "device_new",
    "doctor",
    "doctor_hours",
    "doctor_offers",
    "doctors",
    "equipment",
    "equipment_kind",
    "floor",
    "holiday_fill",
    "holiday_open",
    "holiday_remove",
    "holidays",
    "other_day",
    "overview",
    "plan",
    "plan_remove",
    "policy_text",
    "room",
    "room_new",
    "rules",
    "service",
    "service_category",
    "service_policy",
    "services",
    "time_off",
    "time_off_remove",
    "waitlist",
]
