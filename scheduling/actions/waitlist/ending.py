"""What becomes of a wish once she has a visit, or its time is over."""

import datetime as dt

from django.utils import timezone

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.db.prepared import Statement
from clinic.shared.quiet import UNDO_TIME
from clinic.shared.tenancy import current_clinic
from scheduling.actions.waitlist.doors import move_entry
from scheduling.actions.waitlist.telling import tell_waitlist
from scheduling.models import Appointment, WaitlistEntry
from scheduling.queries.opening import zone_of
from scheduling.queries.wishes import standing_of
from scheduling.statuses import LIVE_ENTRIES, AppointmentStatus, WaitlistStatus

WISHES = Statement("""
    SELECT id FROM scheduling_waitlistentry
    WHERE patient_id = %(patient)s AND service_id = %(service)s AND status = ANY(%(live)s)
      AND instead_of_id IS NULL AND party_size = 1 FOR UPDATE
""")


@action
def bind_wish(*, appointment: Appointment, by: User | None) -> None:
    """She waits for a service and has just got a time for it in the ordinary way: from now on she waits for an earlier
    one, so that accepting an offer never leaves her with two.
    """
    wishes = WISHES.rows(patient=appointment.patient_id, service=appointment.service_id, live=list(LIVE_ENTRIES))
    for entry in WaitlistEntry.objects.filter(pk__in=[pk for (pk,) in wishes]) if wishes else ():
        entry.instead_of = appointment
        entry.save()


@action
def expire_entries(*, now: dt.datetime | None = None, by: User | None = None) -> int:
    """End the entries whose time is over, and the wishes for an earlier visit that was kept, missed or called off by
    the patient; how many there were. Who is being offered a time is left until she has answered.
    """
    now = now or timezone.now()
    today = now.astimezone(zone_of(current_clinic().time_zone)).date()
    rows = WaitlistEntry.objects.select_related("instead_of").filter(status=WaitlistStatus.WAITING)
    rows = rows.select_for_update(of=("self",), skip_locked=True)
    over = [(entry, WaitlistStatus.EXPIRED, "") for entry in rows.filter(expires_on__lt=today)]
    known = {entry.pk for entry, _status, _reason in over}
    for entry in rows.filter(instead_of__isnull=False).exclude(pk__in=known):
        ended = _ended_with_visit(entry, now)
        if ended:
            over.append((entry, *ended))
    for entry, status, reason in over:
        tell_waitlist(move_entry(entry, status, by=by, reason=reason))
    return len(over)


def _ended_with_visit(entry: WaitlistEntry, now: dt.datetime) -> tuple[WaitlistStatus, str] | None:
    if standing_of(entry) is not None:
        return None
    visit = entry.instead_of
    while visit is not None and visit.successor_id:
        visit = Appointment.objects.get(pk=visit.successor_id)
    if visit is None:
        return None
    if visit.status == AppointmentStatus.EXPIRED:
        return None  # nobody approved it in time: the clinic's doing, too
    if visit.status == AppointmentStatus.CANCELLED:
        last = visit.moves.order_by("-at").first()
        recent = last is not None and last.at > now - UNDO_TIME
        if not visit.cancelled_by_patient or recent:
            return None  # the clinic's doing costs her nothing; her own may be taken back
        return WaitlistStatus.WITHDRAWN, "visit cancelled"
    return WaitlistStatus.EXPIRED, "visit over"
