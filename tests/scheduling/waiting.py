"""A clinic in which somebody waits: a doctor, a service, times to free, and the clock where it suits the test."""

import datetime as dt
import zoneinfo
from typing import Any

from django.db import connection
from django.utils import timezone

from scheduling import actions
from scheduling.models import Appointment, BookingRules, FreedTime, WaitlistEntry, WaitlistOffer
from scheduling.queries.policy import booking_rules
from tests.make import Make


def zone_where_it_is(hour: int) -> str:
    """A zone whose clock shows about this hour now, so that no test depends on the hour at which it runs."""
    ahead = (hour - timezone.now().hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


class Waiting:
    """Everything that a test of the waitlist needs, by short names."""

    def __init__(self, make: Make, hour: int = 11, branch: Any = None, **service: Any) -> None:
        self.make = make
        self.branch = branch or make.branch()
        self.clock(hour)
        self.service = make.service(**service)
        self.doctor = make.practitioner(self.service, branch=self.branch)
        self.desk = make.user("secretary")

    def day_and_night(self) -> None:
        """The doctor works round the clock."""
        for hours in self.doctor.hours.all():
            hours.starts, hours.ends = dt.time(0), dt.time(23, 59)
            hours.save()

    def clock(self, hour: int) -> None:
        """It is about this hour now."""
        self.branch.time_zone = zone_where_it_is(hour)
        self.branch.save()

    def at(self, days: int = 2, hour: int = 10, minute: int = 0) -> dt.datetime:
        """A time of the doctor's on a coming day."""
        zone = zoneinfo.ZoneInfo(self.branch.time_zone)
        day = timezone.now().astimezone(zone).date() + dt.timedelta(days=days)
        return dt.datetime.combine(day, dt.time(hour, minute), zone)

    def booked(self, starts_at: dt.datetime | None = None, **fields: Any) -> Appointment:
        """Somebody's appointment."""
        values = {"service": self.service, "practitioner": self.doctor, "branch": self.branch, "by": self.desk}
        values |= {"patient": fields.pop("patient", None) or self.make.patient(), **fields}
        return actions.book_direct(starts_at=starts_at or self.at(), **values)

    def joins(self, **wishes: Any) -> WaitlistEntry:
        """Somebody who waits."""
        patient = wishes.pop("patient", None) or self.make.patient()
        service = wishes.pop("service", self.service)
        return actions.join_waitlist(patient=patient, service=service, by=wishes.pop("by", self.desk), **wishes)

    def rules(self, **rules: Any) -> BookingRules:
        """Other rules."""
        row = booking_rules()
        for name, value in rules.items():
            setattr(row, name, value)
        row.save()
        return row

    def frees(self, starts_at: dt.datetime | None = None, **fields: Any) -> Appointment:
        """An appointment that is called off: its time is free."""
        return actions.cancel(appointment=self.booked(starts_at, **fields), by=self.desk)

    @property
    def offer(self) -> WaitlistOffer:
        """The latest offer."""
        return WaitlistOffer.objects.order_by("-pk")[0]

    @property
    def time(self) -> FreedTime:
        """The latest freed time."""
        return FreedTime.objects.order_by("-pk")[0]


def told(time: FreedTime) -> None:
    """The time for an undo is over: the clock is the database's."""
    _sql("UPDATE scheduling_freedtime SET undo_until = now() - interval '1 second' WHERE id = %s", time.pk)
    _sql("UPDATE scheduling_waitlistoffer SET tell_at = now() - interval '1 second' WHERE time_id = %s", time.pk)
    _sql(
        "UPDATE messaging_message SET status = 'sent' WHERE kind = 'waitlist_offer' AND cause IN "
        "(SELECT 'offer:' || id FROM scheduling_waitlistoffer WHERE time_id = %s)", time.pk,
    )  # fmt: skip


def lapse(offer: WaitlistOffer) -> None:
    """The deadline has passed."""
    told(offer.time)
    _sql("UPDATE scheduling_waitlistoffer SET expires_at = now() - interval '1 second' WHERE id = %s", offer.pk)


def _sql(text: str, pk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, [pk])
