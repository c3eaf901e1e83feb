"""What the side panel of one appointment or visit shows, and who may open it."""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.shared.calendar import format_datetime
from clinic.shared.errors import NotFound
from clinic.shared.html import LOOKS, look_of, marks_html, status_chip
from scheduling.models import (
    Appointment,
    AppointmentStatusChange,
    MissFee,
    Mode,
    PaperNote,
    Priority,
    Room,
    Visit,
    VisitStatusChange,
)
from scheduling.queries.agreed import acceptance_of
from scheduling.queries.floor import own_name
from scheduling.queries.lines import look_and_word
from scheduling.queries.marks import signs_of
from scheduling.queries.online import online_story
from scheduling.queries.origins import source_words, walk_in_words
from scheduling.queries.policy import awaits_deposit, misses
from scheduling.queries.rules import rules_of
from scheduling.queries.series import place_in_series
from scheduling.queries.steps import (
    may_be_cancelled,
    may_be_moved,
    may_be_refused,
    steps_of_appointment,
    steps_of_visit,
)
from scheduling.statuses import APPOINTMENT_MOVES, VISIT_MOVES, AppointmentStatus, VisitStatus

A, V = AppointmentStatus, VisitStatus
IN_LINE = {V.ARRIVED, V.CALLED, V.ON_HOLD}
ROWS = 50
MISSED_DAYS = 365


def appointment_for(user: User, pk: int) -> Appointment:
    """An appointment in a branch that this account may look into; NotFound otherwise."""
    rows = Appointment.objects.select_related("branch", "service", "practitioner", "room", "patient", "visit")
    found = _in_branches(rows, user, Perm.FLOOR_VIEW).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such appointment."))
    return found


def visit_for(user: User, pk: int) -> Visit:
    """A visit in a branch that this account may look into; NotFound otherwise."""
    rows = Visit.objects.select_related(
        "branch", "service", "practitioner", "room", "patient", "appointment__branch", "appointment__service",
        "appointment__practitioner", "appointment__room", "appointment__patient",
    )  # fmt: skip
    found = _in_branches(rows, user, Perm.FLOOR_VIEW).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such visit."))
    return found


def context_of(user: User, appointment: Appointment | None, visit: Visit | None = None) -> dict[str, Any]:
    """Everything the panel's template needs."""
    if visit is None and appointment is not None:
        visit = getattr(appointment, "visit", None)
    live = visit if visit is not None and visit.status != V.CANCELLED else None
    thing = live or appointment or visit
    assert thing is not None
    steps = [("visits", live.pk, step) for step in steps_of_visit(live, user)] if live else []
    if appointment is not None:
        own = [("appointments", appointment.pk, step) for step in steps_of_appointment(appointment, user)]
        # Papers first while she waits; once she is called the visit's own step is the main one.
        steps = own + steps if live is None or live.status == V.ARRIVED else steps[:1] + own + steps[1:]
    undo = [each for each in steps if each[2].do == "undo" and each[0] == "visits"]
    look, word = look_and_word(appointment, live)
    return {
        "appointment": appointment,
        "visit": live,
        "patient": thing.patient,
        "branch": thing.branch,
        "service": own_name(thing.service),
        "practitioner": own_name(thing.practitioner),
        "room": own_name(thing.room) if thing.room else "",
        "chip": status_chip(look, word, classes="c-chip--big"),
        # The chip says already that it waits for approval.
        "marks": marks_html([sign for sign in _signs(appointment) if sign != "pending"], with_words=True),
        "steps": [each for each in steps if each not in undo],
        "undo": undo[0] if undo else None,
        "rules": rules_of(thing.branch),
        "may_transfer": live is not None and live.status in IN_LINE and user.can(Perm.FLOOR_WORK, thing.branch_id),
        "may_correct": live is not None and user.can(Perm.PATIENTS_EDIT),
        "classes": Priority.choices if live and live.status in IN_LINE else [],
        "rooms": _rooms(live) if live and live.status in {*IN_LINE, V.IN_ROOM} else [],
        "may_move": appointment is not None and may_be_moved(appointment, user),
        "may_cancel": appointment is not None and may_be_cancelled(appointment, user),
        "may_mend": user.can(Perm.DIARY_BOOK, thing.branch_id) and _may_be_wrong(appointment, live),
        "may_see_money": live is not None and user.can(Perm.INVOICES_VIEW, thing.branch_id),
        "may_meet": appointment is not None
        and appointment.mode == Mode.ONLINE
        and user.can(Perm.ONLINE_MEET, thing.branch_id),
        "shows_deposit": appointment is not None
        and (appointment.deposit > 0 or hasattr(appointment, "fee"))
        and user.can(Perm.INVOICES_VIEW, thing.branch_id),
        "may_see_patient": thing.patient is not None and user.can(Perm.PATIENTS_VIEW),
        "missed": misses(thing.patient.pk, days=MISSED_DAYS) if thing.patient else 0,
        "acceptance": acceptance_of(appointment) if appointment is not None else None,
        "fee": MissFee.objects.filter(appointment=appointment).first() if appointment is not None else None,
        "may_fees": user.can(Perm.FEES_DECIDE, thing.branch_id),
        "may_refuse": appointment is not None and may_be_refused(appointment, user),
        "unpaid": appointment is not None and appointment.status == "pending" and awaits_deposit(appointment),
        "together": _together(appointment),
        "in_series": place_in_series(appointment) if appointment is not None else None,
        "source": source_words(appointment) if appointment is not None else walk_in_words(live),
        "over": _booked_over(appointment),
        "paper": PaperNote.objects.filter(visit=live).select_related("entered_by").order_by("-pk").first()
        if live
        else None,
        "story": _story(appointment, visit),
        "now": timezone.now(),
    }


def _may_be_wrong(appointment: Appointment | None, visit: Visit | None) -> bool:
    if visit is not None:
        return V.ENTERED_IN_ERROR in VISIT_MOVES[visit.status] or visit.status == V.FINISHED
    return appointment is not None and A.ENTERED_IN_ERROR in APPOINTMENT_MOVES[appointment.status]


def _together(appointment: Appointment | None) -> list[Appointment]:
    """What else was booked with it and was not called off since."""
    if appointment is None or appointment.bundle is None:
        return []
    rows = Appointment.objects.filter(bundle=appointment.bundle).exclude(pk=appointment.pk)
    gone = {A.HELD, A.EXPIRED, A.RESCHEDULED, A.CANCELLED, A.ENTERED_IN_ERROR}
    return list(
        rows.exclude(status__in=gone).select_related("service", "practitioner", "patient").order_by("starts_at")
    )


def _signs(appointment: Appointment | None) -> tuple[str, ...]:
    return tuple(signs_of(appointment)) if appointment is not None else ()


def _booked_over(appointment: Appointment | None) -> AppointmentStatusChange | None:
    """Who booked it over a conflict, when and why; None for all others."""
    if appointment is None or not appointment.override_reason:
        return None
    return AppointmentStatusChange.objects.filter(subject=appointment).select_related("by").order_by("pk").first()


def of_patient(user: User, patient: int) -> list[dict[str, Any]]:
    """Appointments and visits of a patient, latest first, in the branches this account may look into."""
    booked = Appointment.objects.filter(patient=patient).exclude(status__in=["held", "expired"])
    rows = _in_branches(booked, user, Perm.DIARY_VIEW).select_related("branch", "service", "practitioner", "visit")
    found = [_past(each.starts_at, each, getattr(each, "visit", None)) for each in rows.order_by("-starts_at")[:ROWS]]
    alone = _in_branches(Visit.objects.filter(patient=patient, appointment=None), user, Perm.DIARY_VIEW)
    alone = alone.select_related("branch", "service", "practitioner").order_by("-arrived_at")[:ROWS]
    found += [_past(each.arrived_at, None, each) for each in alone]
    return sorted(found, key=lambda row: row["at"], reverse=True)[:ROWS]


def _past(at: dt.datetime, appointment: Appointment | None, visit: Visit | None) -> dict[str, Any]:
    thing = appointment or visit
    assert thing is not None
    look, word = look_and_word(appointment, visit)
    return {
        "at": at,
        "chip": status_chip(look, word),
        "edge": LOOKS[look].tone,
        "service": own_name(thing.service),
        "practitioner": own_name(thing.practitioner),
        "branch": own_name(thing.branch),
        "url": f"/desk/appointments/{appointment.pk}/" if appointment else f"/desk/visits/{thing.pk}/",
        "is_coming": at > timezone.now(),
    }


def _in_branches(rows: QuerySet[Any], user: User, permission: Perm) -> QuerySet[Any]:
    scope = user.rights.branches(permission)
    return rows if scope is None else rows.filter(branch__in=scope)


def _rooms(visit: Visit) -> list[tuple[int, str]]:
    rooms = Room.objects.filter(branch=visit.branch_id, is_active=True).filter(
        Q(services=visit.service_id) | ~Q(services__isnull=False)
    )
    found = list(rooms.distinct()) or list(Room.objects.filter(branch=visit.branch_id, is_active=True))
    return [(room.pk, own_name(room)) for room in found]


def _story(appointment: Appointment | None, visit: Visit | None) -> list[dict[str, Any]]:
    """Every move with who and when, latest first."""
    moves: list[Any] = []
    if appointment is not None:
        moves += AppointmentStatusChange.objects.filter(subject=appointment).select_related("by")
    if visit is not None:
        # The arrival stands among the appointment's moves already.
        seen = VisitStatusChange.objects.filter(subject=visit).select_related("by", "room")
        moves += seen.exclude(from_status="") if appointment is not None else seen
    moves.sort(key=lambda move: (move.happened_at or move.at, move.pk), reverse=True)
    told = [_told(move) for move in moves]
    if appointment is not None and appointment.mode == Mode.ONLINE:
        told = sorted([*online_story(appointment), *told], key=lambda event: event["at"], reverse=True)
    return told


def _told(move: Any) -> dict[str, Any]:
    look = look_of(move.to_status)
    words = {
        "undo": _("taken back"),
        "recall": _("called again"),
        "skip": _("skipped"),
        "room": _("another room"),
        "resume": _("back in line"),
    }
    words |= {"transfer": _("another line"), "priority": _("another class"), "on_my_way": _("on the way")}
    room = getattr(move, "room", None) if move.to_status in {V.CALLED, V.IN_ROOM} else None
    parts = [words.get(move.reason, move.reason), own_name(room) if room else ""]
    if move.happened_at:
        parts.append(_("entered %(when)s") % {"when": format_datetime(move.at, style="short")})
    return {
        "icon": look.icon,
        "title": look.label,
        "text": " · ".join(part for part in parts if part),
        "at": move.happened_at or move.at,
        "by": str(move.by) if move.by else "",
    }
