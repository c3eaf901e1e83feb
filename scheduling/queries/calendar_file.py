"""An appointment as an iCalendar entry (RFC 5545)."""

from datetime import UTC, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from clinic.shared.tenancy import current_clinic
from scheduling.models import Appointment
from scheduling.queries.feeds import entry_of
from scheduling.queries.floor import own_name


def calendar_file(appointment: Appointment, link: str) -> bytes:
    """The entry, with a reminder two hours before; the same visit keeps its name in the calendar when it is moved, and
    what is newer counts.
    """
    clinic, entry = current_clinic(), entry_of(appointment)
    event = Event()
    event.add("uid", f"visit-{entry.root}@{clinic.host}")
    event.add("sequence", max(entry.sequence, 0))
    event.add("dtstamp", timezone.now().astimezone(UTC))
    event.add("dtstart", appointment.starts_at.astimezone(UTC))
    event.add("dtend", appointment.ends_at.astimezone(UTC))
    event.add("summary", f"{own_name(appointment.service)} · {own_name(clinic)}")
    event.add("location", ", ".join(filter(None, [own_name(appointment.branch), appointment.branch.address])))
    event.add("description", f"{own_name(appointment.practitioner)}\n{link}")
    event.add("url", link)
    event.add("status", "CANCELLED" if entry.is_gone else "CONFIRMED")
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
