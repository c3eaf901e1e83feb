"""Makers of the record's rows, through its own actions."""

import datetime as dt
from typing import Any

from django.utils import timezone

from clinic.accounts.models import User
from clinic.patients.models import Patient
from emr import actions
from emr.models import Encounter
from scheduling.models import Practitioner, Visit
from scheduling.statuses import VisitStatus
from tests.make import Make


class Doctor:
    """A doctor with an account, and patients who come to her."""

    def __init__(self, make: Make) -> None:
        self.make = make
        self.user: User = make.user("doctor")
        self.service = make.service()
        self.practitioner: Practitioner = make.practitioner(
            self.service, user=self.user, name="دکتر نگار امینی", name_en="Dr Negar Amini", license_number="123456"
        )

    def visit(self, patient: Patient | None = None, *, days_ago: int = 0, status: str = "", **fields: Any) -> Visit:
        """A visit of today (or of days ago), in the room unless said otherwise."""
        at = timezone.now() - dt.timedelta(days=days_ago)
        day = timezone.localdate() - dt.timedelta(days=days_ago)
        number = Visit.objects.filter(day=day).count() + 1
        values = {
            "status": status or VisitStatus.IN_ROOM,
            "branch": self.make.branch(),
            "patient": patient or self.make.patient(),
            "practitioner": self.practitioner,
            "service": self.service,
            "day": day,
            "number": number,
            "arrived_at": at,
            "due_at": at,
            "in_room_at": at,
            "queue_token": f"queue-{day}-{number}",
            **fields,
        }
        visit = Visit(**values)
        visit.save()
        return visit

    def record(self, patient: Patient | None = None, **fields: Any) -> Encounter:
        """The open record of a visit."""
        return actions.open_encounter(visit=self.visit(patient, **fields), by=self.user)

    def signed(self, patient: Patient | None = None, **fields: Any) -> Encounter:
        """A signed record with a note, a diagnosis and a drug."""
        record = self.record(patient, **fields)
        actions.save_note(encounter=record, version=1, note="یادداشت محرمانه", advice="مایعات بنوشید", by=self.user)
        actions.add_condition(patient=record.patient, encounter=record, code="J00", by=self.user)
        actions.prescribe(encounter=record, name="استامینوفن ۵۰۰", dose="هر ۶ ساعت", days=5, by=self.user)
        return actions.sign(encounter=record, by=self.user)
