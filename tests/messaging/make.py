"""Makers of this app's neighbours: an appointment as booking leaves it."""

import datetime as dt
import secrets
from typing import Any
from zoneinfo import ZoneInfo

from scheduling.models import Appointment
from scheduling.statuses import AppointmentStatus
from tests.make import Make

TEHRAN = ZoneInfo("Asia/Tehran")


def appointment(make: Make, starts_at: dt.datetime, **fields: Any) -> Appointment:
    """A booked half hour."""
    service = fields.pop("service", None) or make.service()
    row = Appointment(
        **{
            "status": AppointmentStatus.BOOKED,
            "branch": make.branch(),
            "service": service,
            "practitioner": fields.pop("practitioner", None) or make.practitioner(service, hours=False),
            "patient": fields.pop("patient", None) or make.patient(),
            "starts_at": starts_at,
            "ends_at": starts_at + dt.timedelta(minutes=30),
            "time_zone": "Asia/Tehran",
            "link_token": secrets.token_urlsafe(16),
            **fields,
        }
    )
    row.save()
    return row
