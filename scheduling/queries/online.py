"""Online visits: when the door is open, who may come in by it, who is there, what happened."""

import base64
import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.shared.errors import NotFound
from clinic.shared.money import format_number
from clinic.shared.tenancy import current_schema
from scheduling.models import Appointment, Mode, OnlineEvent, OnlineKind, OnlineSide, Visit, WithoutVideo
from scheduling.queries.diary import by_link, with_names
from scheduling.statuses import AppointmentStatus, VisitStatus

A, V, K = AppointmentStatus, VisitStatus, OnlineKind
OPENS_BEFORE = dt.timedelta(minutes=15)
LATE_AFTER = dt.timedelta(minutes=5)
OPEN_AFTER_END = dt.timedelta(minutes=30)  # who never came may still come so long after the end
OPEN_ONCE_JOINED = dt.timedelta(hours=6)  # a visit under way stays open, but not over night
PRESENCE = [K.JOINED, K.RECONNECTED, K.LEFT]
_ICONS = {
    K.JOINED: "log-in", K.LATE: "clock-alert", K.LEFT: "wifi-off", K.RECONNECTED: "refresh-cw", K.ADMITTED: "door-open",
    K.CONNECTED: "video", K.FALLBACK: "video-off", K.ENDED: "circle-check",
}  # fmt: skip


@dataclass(frozen=True)
class OnlineEnd:
    """One person's way into one online visit."""

    appointment_id: int
    side: str
    user: User | None = None


def visit_of(appointment: Appointment) -> Visit | None:
    """The visit that an appointment became, unless it was taken back."""
    visit = Visit.objects.filter(appointment=appointment).first()
    return visit if visit is not None and visit.status != V.CANCELLED else None


def step_of(appointment: Appointment, now: dt.datetime | None = None) -> str:
    """early, open (nobody is here yet), waiting, inside, over."""
    now = now or timezone.now()
    if appointment.status == A.BOOKED:
        if now < appointment.starts_at - OPENS_BEFORE:
            return "early"
        return "open" if now <= appointment.ends_at + OPEN_AFTER_END else "over"
    visit = visit_of(appointment) if appointment.status in {A.ARRIVED, A.CHECKED_IN} else None
    if visit is None or now > appointment.ends_at + OPEN_ONCE_JOINED:
        return "over"
    if visit.status == V.IN_ROOM:
        return "inside"
    return "waiting" if visit.status in {V.ARRIVED, V.CALLED, V.ON_HOLD} else "over"


def online_by_link(token: str) -> Appointment | None:
    """The online appointment of a patient's link; None for other links and for a visit at the clinic."""
    found = by_link(token) if token else None
    if found is None or found.mode != Mode.ONLINE or found.patient_id is None:
        return None
    return found


def online_for(user: User, pk: int) -> Appointment:
    """An online appointment for who may meet patients in its branch; NotFound otherwise."""
    found = with_names(Appointment.objects.filter(pk=pk, mode=Mode.ONLINE, patient__isnull=False)).first()
    if found is None or not user.can(Perm.ONLINE_MEET, found.branch_id):
        raise NotFound(_("There is no such online visit for you."))
    return found


def online_end(key: str, user: User | None, *, at_any_time: bool = False) -> OnlineEnd | None:
    """Whose end a key opens: a patient's link opens hers, an appointment's number the clinic's.

    None where the door is closed, unless `at_any_time` (to be told that something changed, never what). The link of a
    moved appointment does not open the new one: who has it asks for the page, which leads on.
    """
    if key.isdigit():
        if len(key) > 18:
            return None
        found = Appointment.objects.filter(pk=int(key), mode=Mode.ONLINE, patient__isnull=False).first()
        if found is None or user is None or not user.can(Perm.ONLINE_MEET, found.branch_id):
            return None
        side = OnlineSide.CLINIC
    else:
        found = Appointment.objects.filter(link_token=key, mode=Mode.ONLINE, patient__isnull=False).first()
        side = OnlineSide.PATIENT
    if not key or found is None or (not at_any_time and step_of(found) in {"early", "over"}):
        return None
    return OnlineEnd(found.pk, side, user)


def events_of(appointment: Appointment) -> QuerySet[OnlineEvent]:
    """Everything that happened, in its order."""
    return OnlineEvent.objects.filter(appointment=appointment).select_related("by").order_by("at", "pk")


def is_there(appointment: Appointment, side: str) -> bool:
    """Whether this end is connected, as far as its last word tells."""
    last = OnlineEvent.objects.filter(appointment=appointment, side=side, kind__in=PRESENCE).order_by("-pk").first()
    return last is not None and last.kind != K.LEFT


def was_there(appointment: Appointment) -> bool:
    """Whether the patient was in the waiting room: then she is never one who did not come."""
    rows = OnlineEvent.objects.filter(appointment=appointment, side=OnlineSide.PATIENT)
    return rows.filter(kind=K.JOINED).exists()


def wants_call(appointment: Appointment) -> OnlineEvent | None:
    """The last reason for which this visit goes on without video; None while video is there or was not tried."""
    rows = OnlineEvent.objects.filter(appointment=appointment, kind__in=[K.FALLBACK, K.CONNECTED]).order_by("-pk")
    last = rows.first()
    return last if last is not None and last.kind == K.FALLBACK else None


def online_story(appointment: Appointment) -> list[dict[str, Any]]:
    """What happened, latest first, as timelines show it."""
    return [_told(event, appointment) for event in reversed(list(events_of(appointment)))]


def _told(event: OnlineEvent, appointment: Appointment) -> dict[str, Any]:
    patient = appointment.patient.full_name if appointment.patient else ""
    words = [str(WithoutVideo(event.reason).label) if event.reason else ""]
    if event.kind == K.LATE:
        words = [_("%(minutes)s minutes after the start") % {"minutes": format_number(event.minutes)}]
    who = str(event.by) if event.by and event.side == OnlineSide.CLINIC else ""
    side = patient if event.side == OnlineSide.PATIENT else who or str(OnlineSide.CLINIC.label)
    return {
        "icon": _ICONS[K(event.kind)],
        "title": event.get_kind_display(),
        "text": " · ".join(word for word in [*words, side] if word),
        "at": event.at,
        "by": "",
    }


def ice_servers(appointment_id: int, now: dt.datetime | None = None) -> list[dict[str, Any]]:
    """STUN and TURN servers for one visit. With a secret the password is `base64(hmac-sha1(secret, "expiry:name"))`."""
    found: list[dict[str, Any]] = [{"urls": settings.STUN_URLS}] if settings.STUN_URLS else []
    if not settings.TURN_URLS:
        return found
    name, password = settings.TURN_USERNAME, settings.TURN_PASSWORD
    if settings.TURN_SECRET:
        ends = int(((now or timezone.now()) + dt.timedelta(hours=settings.TURN_HOURS)).timestamp())
        name = f"{ends}:{current_schema()}-{appointment_id}"
        # SHA-1 is what coturn's REST credentials are made with.
        digest = hmac.new(settings.TURN_SECRET.encode(), name.encode(), hashlib.sha1).digest()
        password = base64.b64encode(digest).decode()
    return [*found, {"urls": settings.TURN_URLS, "username": name, "credential": password}]
