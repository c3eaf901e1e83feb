"""Reads of messages and of the call list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch, User
from clinic.accounts.permissions import Perm
from clinic.patients.models import ContactNote, Patient
from clinic.shared.chart import Ask, Moment, moments, of_patient
from clinic.shared.sealing import unseal
from clinic.shared.tenancy import current_clinic
from messaging.models import (
    ChatMessage,
    ChatSeen,
    ChatSide,
    Conversation,
    ConversationKind,
    FollowUpTask,
    Message,
)
from messaging.statuses import MessageStatus, TaskStatus
from scheduling.models import Appointment, Visit
from scheduling.statuses import AppointmentStatus, VisitStatus

SILENCE = timedelta(hours=1)
WRITTEN_AFTER = timedelta(days=1)  # beside an online visit
CHAT_SHOWN = 200


def database_now() -> datetime:
    """The database's clock, which decides when messages are due."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        now: datetime = cursor.fetchone()[0]
        return now


def local_id(message: Message) -> str:
    """Our number of a message at the gateway: unique among the clinics that share one account there."""
    return f"{current_clinic().id}{message.pk:012d}"


def appointments_to_remind(branch: Branch, begins: datetime, ends: datetime, kind: str) -> QuerySet[Appointment]:
    """Booked appointments of a time that have no message of the kind that is waiting, on its way or done."""
    told = Message.objects.filter(appointment=OuterRef("pk"), kind=kind).exclude(status=MessageStatus.WITHDRAWN)
    return (
        Appointment.objects.filter(
            branch=branch, status=AppointmentStatus.BOOKED, starts_at__gte=begins, starts_at__lt=ends
        )
        .exclude(patient__phone="")
        .exclude(Exists(told))
        .select_related("patient", "branch")
        .order_by("pk")
    )


def outbox(status: str = "", words: str = "") -> QuerySet[Message]:
    """Messages, the newest first; of one status, or of a patient or number."""
    rows = Message.objects.select_related("patient").order_by("-created_at", "-pk")
    if status:
        rows = rows.filter(status=status)
    if words:
        rows = rows.filter(Q(patient__search_text__contains=words) | Q(recipient__contains=words.lstrip("0")))
    return rows


def outbox_counts() -> dict[str, int]:
    """How many messages of the last week stand in each status."""
    rows = Message.objects.filter(created_at__gt=Now() - timedelta(days=7)).order_by()
    return dict(rows.values_list("status").annotate(Count("pk")))


@dataclass(frozen=True)
class Health:
    """Whether messages go out. `last_sent` is the newest success, `waiting` how many are overdue."""

    is_down: bool
    waiting: int
    failed: int
    last_sent: datetime | None


def health() -> Health:
    """Red where something should have gone out in the last hour and nothing did."""
    now = database_now()
    last_sent = Message.objects.aggregate(at=Max("sent_at"))["at"]
    waits_long = Q(created_at__lte=now - SILENCE, send_after__lte=now - timedelta(minutes=10))
    overdue = Q(status__in=[MessageStatus.QUEUED, MessageStatus.SENDING])
    counts = Message.objects.aggregate(
        waiting=Count("pk", filter=overdue & Q(send_after__lte=now - timedelta(minutes=5))),
        stuck=Count("pk", filter=overdue & Q(send_after__lte=now) & (waits_long | Q(tries__gte=4))),
        failed=Count("pk", filter=Q(status=MessageStatus.FAILED, created_at__gt=now - timedelta(days=1))),
        refused=Count("pk", filter=Q(status=MessageStatus.FAILED, sent_at=None, created_at__gt=now - SILENCE)),
    )
    silent = last_sent is None or last_sent <= now - SILENCE
    is_down = silent and bool(counts["stuck"] or counts["refused"])
    return Health(is_down, counts["waiting"], counts["failed"], last_sent)


def call_list(branch: Branch, until: date) -> list[FollowUpTask]:
    """Open tasks of a branch up to a day, the longest due first, each with the patient's last visit (`last_visit`)."""
    tasks = list(
        FollowUpTask.objects.filter(branch=branch, status=TaskStatus.OPEN, due_on__lte=until)
        .select_related("patient", "service", "visit__practitioner")
        .order_by("due_on", "pk")[:500]
    )
    latest = (
        Visit.objects.filter(patient__in={task.patient_id for task in tasks}, status=VisitStatus.FINISHED)
        .order_by("patient_id", "-arrived_at")
        .distinct("patient_id")
        .select_related("service", "practitioner")
    )
    visits = {visit.patient_id: visit for visit in latest}
    for task in tasks:
        task.last_visit = visits.get(task.patient_id)  # type: ignore[attr-defined]  # for the page
    return tasks


def done_lately(branch: Branch) -> QuerySet[FollowUpTask]:
    """The last calls that were made or dropped."""
    ended = FollowUpTask.objects.filter(branch=branch, done_at__isnull=False).exclude(status=TaskStatus.OPEN)
    return ended.select_related("patient", "done_by").order_by("-done_at")[:10]


def follow_ups_of(patient: Patient) -> QuerySet[FollowUpTask]:
    """All follow-ups of a patient, open ones first."""
    rows = FollowUpTask.objects.filter(patient=patient).select_related("service", "done_by")
    return rows.order_by(Case(When(status=TaskStatus.OPEN, then=0), default=1), "-due_on")[:20]


def messages_of(patient: Patient) -> QuerySet[Message]:
    """The last messages to a patient."""
    return Message.objects.filter(patient=patient).order_by("-created_at")[:20]


@moments(
    "messages",
    label=_("Messages"),
    icon="message-square",
    permission=Perm.MESSAGES_VIEW,
    order=70,
    where=of_patient(Message),
)
def message_moments(ask: Ask) -> list[Moment]:
    """What was written to the patient, in the timeline of her chart."""
    rows = ask.newest(Message.objects.filter(patient__in=ask.patients), "created_at")
    return [
        Moment(at=row.created_at, pk=row.pk, title=row.kind_label, text=row.text, status=row.status) for row in rows
    ]


@dataclass(frozen=True)
class Contact:
    """One time that somebody of the clinic and the patient were in touch: a message, or a call in words."""

    at: datetime
    message: Message | None = None
    label: str = ""
    text: str = ""
    by: str = ""


def contacts_of(patient: Patient) -> list[Contact]:
    """Messages, calls of the call list and calls that were noted, the latest first, forty at most."""
    told = [Contact(row.sent_at or row.created_at, row) for row in messages_of(patient)]
    calls = FollowUpTask.objects.filter(patient=patient, done_at__isnull=False).select_related("done_by")
    called = [
        Contact(row.done_at, None, row.get_kind_display(), row.outcome, str(row.done_by or ""))
        for row in calls.order_by("-done_at")[:20]
        if row.done_at
    ]
    noted = [
        Contact(row.at, None, row.get_kind_display(), row.text, str(row.by or ""))
        for row in ContactNote.objects.filter(patient=patient).select_related("by").order_by("-at")[:20]
    ]
    return sorted([*told, *called, *noted], key=lambda each: each.at, reverse=True)[:40]


@dataclass(frozen=True)
class ChatLine:
    """One message as a reader sees it. `who` is empty for her own."""

    message: ChatMessage
    is_mine: bool
    who: str
    was_seen: bool


def is_open_for_writing(conversation: Conversation, now: datetime | None = None) -> bool:
    """Beside a visit until a day after it, elsewhere always."""
    appointment = conversation.appointment
    if appointment is None:
        return True
    ended = {AppointmentStatus.CANCELLED, AppointmentStatus.NO_SHOW, AppointmentStatus.ENTERED_IN_ERROR}
    return appointment.status not in ended and (now or timezone.now()) < appointment.ends_at + WRITTEN_AFTER


def said_in(conversation: Conversation) -> QuerySet[ChatMessage]:
    """What was written, also in conversations with the clinic on cards that were merged into this patient's."""
    found = Q(conversation=conversation)
    if conversation.kind == ConversationKind.CLINIC:
        found |= Q(
            conversation__kind=ConversationKind.CLINIC, conversation__patient__merged_into=conversation.patient_id
        )
    return ChatMessage.objects.filter(found)


def chat_lines(conversation: Conversation, *, side: str, reader: User | None) -> list[ChatLine]:
    """The last 200 messages, oldest first, with who wrote them and whether somebody on the other side has seen them."""
    rows = said_in(conversation).select_related("by").order_by("-pk")[:CHAT_SHOWN]
    seen = list(ChatSeen.objects.filter(conversation=conversation).values_list("user_id", "last"))
    patient = conversation.patient.full_name if conversation.patient else ""
    return [_line(row, side, reader, seen, patient) for row in reversed(list(rows))]


def _line(
    row: ChatMessage, side: str, reader: User | None, seen: Sequence[tuple[int | None, int]], patient: str
) -> ChatLine:
    is_mine = row.side == side and (side == ChatSide.PATIENT or row.by_id == getattr(reader, "pk", None))
    own = None if side == ChatSide.PATIENT else getattr(reader, "pk", None)
    theirs = [last for user, last in seen if user != own and (user is None) == (side == ChatSide.CLINIC)]
    who = patient if row.side == ChatSide.PATIENT else str(row.by or "")
    return ChatLine(row, is_mine, "" if is_mine else who, any(last >= row.pk for last in theirs))


def unread_in(conversation: Conversation, *, side: str, reader: User | None) -> int:
    """How many messages of others this reader has not seen."""
    own = None if side == ChatSide.PATIENT else reader
    seen = ChatSeen.objects.filter(conversation=conversation, user=own).values_list("last", flat=True).first() or 0
    rows = conversation.messages.filter(pk__gt=seen)
    rows = rows.exclude(side=side) if conversation.kind != ConversationKind.STAFF else rows.exclude(by=own)
    return rows.count()


def with_unread(conversations: QuerySet[Conversation], user: User) -> QuerySet[Conversation]:
    """Conversations with `last_at`, `last_text`, `unread` (for an account of the clinic), the latest first."""
    latest = ChatMessage.objects.filter(conversation=OuterRef("pk")).order_by("-pk")
    seen = ChatSeen.objects.filter(conversation=OuterRef("pk"), user=user)
    rows = conversations.annotate(
        last_id=Subquery(latest.values("pk")[:1]),
        last_at=Subquery(latest.values("at")[:1]),
        last_text=Subquery(latest.values("text")[:1]),
        last_side=Subquery(latest.values("side")[:1]),
        seen_to=Coalesce(Subquery(seen.values("last")[:1]), 0),
    ).annotate(
        unread=Count(
            "messages",
            filter=Q(messages__pk__gt=F("seen_to")) & ~Q(messages__by=user) & _of_others(),
            distinct=True,
        )
    )
    return rows.select_related("patient", "branch", "appointment", "assigned_to").order_by(
        F("last_id").desc(nulls_last=True), "-pk"
    )


def _of_others() -> Q:
    """What the clinic has to read: everything among colleagues, what patients write elsewhere."""
    return Q(kind=ConversationKind.STAFF) | Q(messages__side=ChatSide.PATIENT)


def masked(secret: str) -> str:
    """A code as screens and rows show it: only its end."""
    return "".join("•" if mark.isalnum() else mark for mark in secret[:-4]) + secret[-4:]


def text_to_send(message: Message) -> str:
    """The text as it leaves, with the code that its row only hints at."""
    secret = unseal(message.sealed) if message.sealed else ""
    return message.text.replace(masked(secret), secret) if secret else message.text
