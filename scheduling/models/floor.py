"""What happens in the building: visits, room stays, displays."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import AppendOnly, Audited, StatusChange
from scheduling.models.diary import Appointment
from scheduling.models.setup import Practitioner, Room, Service
from scheduling.statuses import VisitStatus


class Priority(models.IntegerChoices):
    """Classes of the line: the higher goes first."""

    NORMAL = 0, _("Normal")
    MEMBER = 5, _("Member with priority")
    SOON = 10, _("Elderly, pregnant or small child")
    URGENT = 20, _("Urgent")
    EMERGENCY = 30, _("Emergency")


class CameBy(models.TextChoices):
    """How an arrival was noted."""

    DESK = "desk", _("Desk")
    KIOSK = "kiosk", _("Kiosk")
    PHONE = "phone", _("Her phone, by the code at the door")
    ONLINE = "online", _("Online visit")
    PAPER = "paper", _("Written on paper first")


class FloorRules(Audited):
    """How a branch runs its waiting room; one row a branch, made when first changed."""

    branch = models.OneToOneField(Branch, on_delete=models.PROTECT, related_name="floor_rules")
    wait_warn_minutes = models.PositiveSmallIntegerField(_("waiting long after minutes"), default=15)
    wait_alarm_minutes = models.PositiveSmallIntegerField(_("waiting too long after minutes"), default=30)
    over_warn_percent = models.PositiveSmallIntegerField(_("visit long beyond percent of its length"), default=100)
    over_alarm_percent = models.PositiveSmallIntegerField(_("visit too long beyond percent"), default=150)
    late_grace_minutes = models.PositiveSmallIntegerField(_("late comers keep their place for minutes"), default=15)
    skip_places = models.PositiveSmallIntegerField(_("who does not answer goes back places"), default=2)
    token_prefix = models.CharField(_("letter before numbers"), max_length=2, blank=True)
    cleans_rooms = models.BooleanField(_("rooms are made ready after each patient"), default=False)
    has_kiosk = models.BooleanField(_("patients may check in at a kiosk"), default=True)
    has_door_code = models.BooleanField(_("patients may check in by the code at the door"), default=True)
    close_at = models.TimeField(_("the day is closed at"), default=dt.time(20))
    history = History()

    class Meta:
        verbose_name = _("rules of the floor")
        verbose_name_plural = _("rules of the floor")


class Visit(Audited):
    """A patient in the building; made when she arrives, with a number for the day."""

    status = models.CharField(max_length=30, choices=VisitStatus.choices, default=VisitStatus.ARRIVED)
    appointment = models.OneToOneField(
        Appointment, null=True, blank=True, on_delete=models.PROTECT, related_name="visit"
    )
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="visits")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="visits")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()  # the branch's own day
    number = models.PositiveSmallIntegerField()  # never used again on that day
    prefix = models.CharField(max_length=2, blank=True)  # the branch's letter when the number was given
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    came_by = models.CharField(max_length=10, choices=CameBy.choices, default=CameBy.DESK)
    referred_by = models.CharField(_("referred by"), max_length=120, blank=True, default="")  # of a walk-in
    queue_room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    on_hold_at = models.DateTimeField(null=True, blank=True)  # keeps her place meanwhile, is not called
    hold_note = models.CharField(max_length=120, blank=True)
    calls = models.PositiveSmallIntegerField(default=0)
    recalled_at = models.DateTimeField(null=True, blank=True)
    entered_afterwards_at = models.DateTimeField(null=True, blank=True)  # written on paper first
    promised_at = models.DateTimeField(null=True, blank=True)
    # Where she stands in line: what was promised, else her arrival, also where she came too late; a skip moves it.
    due_at = models.DateTimeField(db_default=Now())
    arrived_at = models.DateTimeField(db_default=Now())
    checked_in_at = models.DateTimeField(null=True, blank=True)
    called_at = models.DateTimeField(null=True, blank=True)
    in_room_at = models.DateTimeField(null=True, blank=True)
    left_room_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    queue_token = models.CharField(max_length=43, unique=True)  # the patient's phone as display: /q/<token>/
    # When she was told on arrival that her turn would come: kept, so that estimates can be judged afterwards.
    told_from = models.DateTimeField(null=True, blank=True)
    told_until = models.DateTimeField(null=True, blank=True)
    history = History(excluded_fields=["queue_token"])

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        indexes = [
            models.Index(fields=["branch", "day"], name="floor_of_day"),
            models.Index(fields=["patient", "-arrived_at"], name="visits_of_patient"),
            models.Index(fields=["practitioner", "day"], name="floor_of_practitioner"),
        ]
        constraints = [models.UniqueConstraint(fields=["branch", "day", "number"], name="number_once_a_day")]

    @property
    def ticket(self) -> str:
        """What is called out: the branch's letter and the day's number, in Latin digits."""
        return f"{self.prefix}{self.number}"


class VisitStatusChange(StatusChange):
    """One move of a visit, and where; also what changes her place but not her status: a recall, a skip, another doctor.

    `was` holds what the changed fields held before, so that each move can be taken back; the row that does so names it.
    """

    subject = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="moves", db_index=False)
    room = models.ForeignKey(Room, null=True, on_delete=models.PROTECT, related_name="+")
    was = models.JSONField(default=dict)
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")

    class Meta:
        indexes = [models.Index(fields=["subject", "at"], name="visit_moves")]

    @classmethod
    def of(cls, subject: Any, before: str, after: str, **more: Any) -> Any:
        """With the room that the visit has by now."""
        return super().of(subject, before, after, room_id=subject.room_id, **more)


class RoomStay(models.Model):
    """A patient in a room, from when to when; one patient in a room at a time is the clinic's choice, not a rule."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="stays")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="stays")
    entered_at = models.DateTimeField(db_default=Now())
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visit"], condition=models.Q(left_at__isnull=True), name="in_one_room_at_a_time"
            )
        ]


class DisplayKind(models.TextChoices):
    """What a paired screen is."""

    TV = "tv", _("Waiting-room screen")
    KIOSK = "kiosk", _("Check-in kiosk")


class Display(Audited):
    """A paired waiting-room screen: its token reads this branch's public queue and nothing else."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="displays")
    name = models.CharField(_("name"), max_length=60, blank=True)
    kind = models.CharField(max_length=10, choices=DisplayKind.choices, default=DisplayKind.TV)
    code = models.CharField(max_length=8, blank=True)  # shown on the screen until paired
    token_hash = models.CharField(max_length=64, unique=True)
    paired_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    paired_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    history = History(excluded_fields=["token_hash", "code"])

    class Meta:
        verbose_name = _("display")
        verbose_name_plural = _("displays")


class KioskTry(AppendOnly):
    """Somebody typed who she is into a kiosk; who guesses is stopped. `key` is a hash of what was typed first."""

    display = models.ForeignKey(Display, on_delete=models.PROTECT, related_name="tries")
    key = models.CharField(max_length=64)
    found = models.BooleanField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["display", "-at"], name="tries_at_kiosk"),
            models.Index(fields=["key", "-at"], name="tries_for_somebody"),
        ]


class ClosedDay(Audited):
    """A branch's day that was proposed for closing when its hour came, and then closed by a person.

    Nothing is moved by the row itself: each visit and appointment is confirmed by somebody. The counts are those of
    the moment of closing (of proposing, before that).
    """

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="closed_days")
    day = models.DateField(_("day"))
    proposed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    seen = models.PositiveSmallIntegerField(_("seen"), default=0)
    left = models.PositiveSmallIntegerField(_("left without being seen"), default=0)
    missed = models.PositiveSmallIntegerField(_("did not come"), default=0)
    still_open = models.PositiveSmallIntegerField(_("still open"), default=0)
    note = models.CharField(_("note"), max_length=300, blank=True)
    history = History()

    class Meta:
        verbose_name = _("closed day")
        verbose_name_plural = _("closed days")
        constraints = [models.UniqueConstraint(fields=["branch", "day"], name="day_closed_once")]
