"""Rows of the floor for tests: a branch with a doctor, rooms, appointments and visits of today."""

import datetime as dt
import secrets
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from scheduling import actions
from scheduling.models import Appointment, Practitioner, Room, Service, Visit
from tests.make import Make


class Floor:
    """A branch at work: `visit()` is somebody in the line, `appointment()` somebody who is expected."""

    def __init__(self, make: Make) -> None:
        self.make = make
        self.branch = make.branch()
        self.service: Service = make.service(minutes=20)
        self.doctor: Practitioner = make.practitioner(self.service)
        self.rooms: list[Room] = [make.room(), make.room()]
        self.clerk = make.user("secretary")

    def appointment(self, **fields: Any) -> Appointment:
        """A booked appointment, now unless `starts_at` is given."""
        starts_at = fields.pop("starts_at", timezone.now())
        values = {
            "status": "booked",
            "branch": self.branch,
            "service": self.service,
            "practitioner": self.doctor,
            "patient": fields.pop("patient", None) or self.make.patient(),
            "starts_at": starts_at,
            "ends_at": starts_at + dt.timedelta(minutes=20),
            "time_zone": self.branch.time_zone,
            "link_token": secrets.token_urlsafe(32),
            **fields,
        }
        appointment = Appointment(**values)
        appointment.save()
        return appointment

    def through_the_night(self) -> None:
        """Let no working day begin or end about now, for a test that looks ahead or back."""
        by_day = 5 <= timezone.now().astimezone(ZoneInfo(self.branch.time_zone)).hour < 20
        self.branch.day_starts_hour = 0 if by_day else 6
        self.branch.save()

    def visit(self, *moves: str, **fields: Any) -> Visit:
        """Somebody who arrived, then moved on: `visit("call", "enter_room")`."""
        visit = actions.arrive(appointment=self.appointment(**fields), by=self.clerk)
        for name in moves:
            visit = getattr(actions, name)(visit=visit, by=self.clerk)
        return visit
