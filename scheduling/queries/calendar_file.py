"""An appointment as an iCalendar entry (RFC 5545)."""

from datetime import UTC, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from clinic.shared.tenancy import current_clinic
from scheduling.models import Appointment
from scheduling.queries.floor import own_name
from scheduling.statuses import AppointmentStatus

GONE = {AppointmentStatus.CANCELLED, AppointmentStatus.RESCHEDULED, AppointmentStatus.NO_SHOW}


def calendar_file(appointment: Appointment, link: str) -> bytes:
    """The entry, with a reminder two hours before; the same visit keeps its name in the calendar when it changes."""
    clinic = current_clinic()
    event = Event()
    event.add("uid", f"{appointment.link_token}@{clinic.host}")
    event.add("dtstamp", timezone.now().astimezone(UTC))
    event.add("dtstart", appointment.starts_at.astimezone(UTC))
    event.add("dtend", appointment.ends_at.astimezone(UTC))
    event.add("summary", f"{own_name(appointment.service)} · {own_name(clinic)}")
    event.add("location", ", ".join(filter(None, [own_name(appointment.branch), appointment.branch.address])))
    event.add("description", f"{own_name(appointment.practitioner)}\n{link}")
    event.add("url", link)
    event.add("status", "CANCELLED" if appointment.status in GONE else "CONFIRMED")
    reminder = Alarm()
    reminder.add("action", "DISPLAY")
    reminder.add("description", _("Your visit"))
    reminder.add("trigger", timedelta(hours=-2))
    event.add_component(reminder)
    calendar = Calendar()
    calendar.add("prodid", "-//Clinic//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
