"""Self check-in: at a kiosk, by the code at the door, and word from the way."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid, TooMany
from clinic.shared.notices import tell
from scheduling.actions.arrival import arrive
from scheduling.models import Appointment, AppointmentStatusChange, CameBy, Display, KioskTry, Mode, Visit
from scheduling.queries.floor import branch_day
from scheduling.queries.kiosk import found_today, is_stopped, key_of
from scheduling.queries.rules import rules_of
from scheduling.statuses import IN_BUILDING, AppointmentStatus

LONGEST_WAY = 180  # minutes


@action
def look_up(*, display: Display, who: str, proof: str, by: Any = None) -> list[Appointment]:
    """Her appointments of today, and a note of the try; an empty list for whoever is not found or not proved.

    Raises TooMany after so many misses that somebody seems to guess, Conflict where the branch wants no kiosk.
    """
    if not rules_of(display.branch_id).has_kiosk:
        raise Conflict(_("Please go to the desk."), code="no_kiosk")
    key = key_of(who)
    Display.objects.select_for_update(of=("self",)).get(pk=display.pk)  # tries at one kiosk are counted in turn
    if is_stopped(display, key):
        raise TooMany(_("Please go to the desk."), code="too_many_tries", retry_after=600)
    found = found_today(display.branch, who, proof)
    KioskTry.objects.create(display=display, key=key, found=bool(found))
    return found


@action
def arrive_alone(*, appointment: Appointment, came_by: str = CameBy.KIOSK, by: Any = None) -> Visit:
    """She noted her own arrival, today. Raises Conflict for another day and where the branch does not offer it."""
    rules = rules_of(appointment.branch_id)
    offered = rules.has_kiosk if came_by == CameBy.KIOSK else rules.has_door_code
    if not offered or appointment.mode == Mode.ONLINE:
        raise Conflict(_("Please go to the desk."), code="not_offered")
    branch = appointment.branch
    if branch_day(branch, appointment.starts_at) != branch_day(branch):
        raise Conflict(_("This appointment is on another day."), code="another_day")
    visit = arrive(appointment=appointment, came_by=came_by, by=by)
    if visit.status not in IN_BUILDING:  # seen and gone: a seat and a number would keep her waiting for nothing
        raise Conflict(_("Please go to the desk."), code="move_forbidden")
    return visit


@action
def say_on_my_way(*, appointment: Appointment, minutes: int, by: Any = None) -> Appointment:
    """She has left home and will be here in so many minutes; the board shows it. Said again, the last word counts.

    Raises Conflict for another day and for what is not booked any more, Invalid for minutes outside of 0–180.
    """
    if not 0 <= minutes <= LONGEST_WAY:
        raise Invalid(
            _("Write a number from %(least)s to %(most)s.") % {"least": 0, "most": LONGEST_WAY}, field="minutes"
        )
    row = Appointment.objects.select_for_update(of=("self",)).select_related("branch").get(pk=appointment.pk)
    if row.status != AppointmentStatus.BOOKED:
        raise Conflict(_("Only a booked appointment can be confirmed."), code="move_forbidden", before=row.status)
    if branch_day(row.branch, row.starts_at) != branch_day(row.branch):
        raise Conflict(_("This appointment is on another day."), code="another_day")
    now = timezone.now()
    row.on_my_way_at, row.on_my_way_minutes = now, minutes
    row.confirmed_at = row.confirmed_at or now
    row.save()
    AppointmentStatusChange.record(row, row.status, row.status, by=by, reason="on_my_way")
    tell("board", branch=row.branch_id)
    return row
