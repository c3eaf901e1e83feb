"""What leaves the building is a row here first; what the desk should do next is a row too."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import AppendOnly, Audited, StatusChange
from clinic.shared.writing import Written
from messaging.statuses import MessageStatus, TaskStatus
from messaging.templates import REASONS, TEXTS
from scheduling.models import Appointment, Service, Visit


class Channel(models.TextChoices):
    SMS = "sms", _("SMS")
    EMAIL = "email", _("E-mail")
    IN_APP = "in_app", _("In the app")


class Message(Written):
    """One message to one person (FHIR Communication). The row is the promise; a worker sends it."""

    kind = models.CharField(_("kind"), max_length=40)  # a row of messaging/templates.py
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices, default=Channel.SMS)
    status = models.CharField(max_length=12, choices=MessageStatus.choices, default=MessageStatus.QUEUED)
    recipient = models.CharField(_("to"), max_length=120)  # E.164 phone or e-mail address
    patient = models.ForeignKey(
        Patient, null=True, blank=True, on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    appointment = models.ForeignKey(
        Appointment, null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    language = models.CharField(max_length=2)
    text = models.TextField(_("text"))
    sealed = models.TextField(blank=True, default="")  # the code that the text only hints at, closed until it leaves
    cause = models.CharField(max_length=80)
    send_after = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now())
    # When its status is asked for: of a sending that was cut off, or of the delivery.
    look_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    provider_id = models.CharField(max_length=40, blank=True, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True, default="")
    history = History()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [models.UniqueConstraint(fields=["cause", "kind", "recipient"], name="message_once")]
        indexes = [
            models.Index(
                fields=["send_after"], name="messages_waiting", condition=models.Q(status=MessageStatus.QUEUED)
            ),
            models.Index(
                fields=["look_at"],
                name="messages_on_the_way",
                condition=models.Q(status__in=[MessageStatus.SENDING, MessageStatus.SENT]),
            ),
            models.Index(fields=["patient", "-created_at"], name="messages_of_patient"),
            models.Index(fields=["-created_at"], name="messages_latest"),
        ]

    @property
    def kind_label(self) -> str:
        """What it is about, in words."""
        found = TEXTS.get(self.kind)
        return str(found.label) if found else self.kind

    @property
    def reason(self) -> str:
        """Why it did not go out or arrive, in words; the provider's own words where there are no better ones."""
        return str(REASONS.get(self.error, self.error))


class MessageStatusChange(StatusChange):
    """One move of a message."""

    subject = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="moves")


class TaskKind(models.TextChoices):
    DOCTOR_ASKED = "doctor_asked", _("The doctor asked for it")
    AFTER_VISIT = "after_visit", _("After a visit")
    MISSED = "missed", _("Missed appointment")


class FollowUpTask(Audited):
    """A line of the desk's call list: who, when, why (FHIR Task). One a cause."""

    status = models.CharField(max_length=12, choices=TaskStatus.choices, default=TaskStatus.OPEN)
    kind = models.CharField(_("kind"), max_length=20, choices=TaskKind.choices)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="follow_ups")
    visit = models.ForeignKey(Visit, null=True, blank=True, on_delete=models.PROTECT, related_name="follow_ups")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("due"))
    wanted_on = models.DateField(_("patient should come on"), null=True, blank=True)
    why = models.CharField(_("why"), max_length=200)
    cause = models.CharField(max_length=80)
    outcome = models.CharField(_("what happened"), max_length=200, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    history = History()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        constraints = [models.UniqueConstraint(fields=["cause", "kind"], name="follow_up_once")]
        indexes = [models.Index(fields=["branch", "due_on"], name="call_list", condition=models.Q(status="open"))]


class FollowUpTaskStatusChange(StatusChange):
    """One move of a follow-up."""

    subject = models.ForeignKey(FollowUpTask, on_delete=models.PROTECT, related_name="moves")


class ConversationKind(models.TextChoices):
    """Who writes with whom."""

    VISIT = "visit", _("Beside an online visit")
    CLINIC = "clinic", _("Patient and clinic")
    STAFF = "staff", _("Among colleagues")


class ChatSide(models.TextChoices):
    """On whose behalf something was written."""

    PATIENT = "patient", _("Patient")
    CLINIC = "clinic", _("Clinic")


class Conversation(Audited):
    """Where people write: one beside each online visit, one of each patient with the clinic, any among colleagues."""

    kind = models.CharField(_("kind"), max_length=10, choices=ConversationKind.choices)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, null=True, blank=True, on_delete=models.PROTECT, related_name="conversations")
    appointment = models.OneToOneField(
        Appointment, null=True, blank=True, on_delete=models.PROTECT, related_name="conversation"
    )
    title = models.CharField(_("title"), max_length=80, blank=True)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")  # among colleagues
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    history = History()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints = [
            models.UniqueConstraint(
                fields=["patient"], condition=models.Q(kind="clinic"), name="one_conversation_with_the_clinic"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="staff", patient=None, appointment=None)
                | models.Q(kind="clinic", patient__isnull=False, appointment=None)
                | models.Q(kind="visit", patient__isnull=False, appointment__isnull=False),
                name="conversation_has_its_people",
            ),
        ]


class ChatMessage(AppendOnly):
    """Something written, as it was written. `key` is the sender's own: sending it twice writes it once."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="messages")
    side = models.CharField(max_length=10, choices=ChatSide.choices)
    # None: the patient wrote by her link, without signing in.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("text"))
    at = models.DateTimeField(db_default=Now())
    key = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        verbose_name = _("chat message")
        verbose_name_plural = _("chat messages")
        indexes = [models.Index(fields=["conversation", "-id"], name="messages_of_conversation")]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "key"], condition=~models.Q(key=""), name="chat_message_once"
            )
        ]


class ChatSeen(models.Model):
    """How far somebody has read; the patient's side is one reader (`user` is empty)."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="seen")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    last = models.BigIntegerField(default=0)  # id of the newest message that was in sight
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "user"], nulls_distinct=False, name="seen_once_a_reader")
        ]
