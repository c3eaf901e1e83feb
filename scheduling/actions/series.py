"""Recurring visits: booked in one go, called off and moved from one of them on. Each is told in one message."""

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.calendar import format_datetime
from clinic.shared.errors import ActionError, Conflict, Invalid
from clinic.shared.events import publish
from scheduling.actions.booking import book_direct, cancel
from scheduling.actions.moving import reschedule
from scheduling.actions.occupancy import leave, lock_doctors
from scheduling.events import SeriesChanged, TimesFreed
from scheduling.models import Appointment, Practitioner, Series, Source
from scheduling.queries.series import MOST, Wish, following

When = tuple[Practitioner, dt.datetime]  # a date of a series as it was chosen


@action
def book_series(
    *,
    wish: Wish,
    dates: Sequence[When],
    every_days: int,
    first: Appointment | None = None,
    source: str = Source.DESK,
    note: str = "",
    despite: bool = False,
    by: User,
) -> list[Appointment]:
    """Book all chosen dates or none; `first`, an appointment that exists, becomes the first of the series. `despite`
    goes on where the rules of booking warn.

    Raises Invalid for none or more than 52 dates, and what `book_direct` raises, saying which date it was.
    """
    if wish.patient is None:
        raise Invalid(_("Choose a patient."), field="patient")
    if not dates or len(dates) + (first is not None) > MOST:
        raise Invalid(_("Choose between one and %(count)s dates.") % {"count": MOST}, field="dates")
    if not 0 < every_days <= 366:
        raise Invalid(_("Repeat every day at the most and every year at the least."), field="every")
    lock_doctors({doctor.pk for doctor, _at in dates} | ({first.practitioner_id} if first else set()))
    series = Series(
        patient=wish.patient, service=wish.service, practitioner=wish.practitioner, branch=wish.branch,
        starts_at=first.starts_at if first else min(at for _doctor, at in dates), every_days=every_days,
        times=len(dates) + (first is not None), booked_by=by,
    )  # fmt: skip
    series.save()
    booked = [_join(first, series)] if first is not None else []
    for doctor, at in sorted(dates, key=lambda each: each[1]):
        try:
            booked.append(book_direct(
                service=wish.service, practitioner=doctor, branch=wish.branch, patient=wish.patient, starts_at=at,
                source=source, note=note, mode=wish.mode, series=series, despite=despite, by=by,
            ))  # fmt: skip
        except ActionError as error:
            raise _naming(at, error) from error
    publish(SeriesChanged(kind="series_booked", appointment_ids=tuple(each.pk for each in booked)))
    return booked


def _join(first: Appointment, series: Series) -> Appointment:
    fresh = Appointment.objects.select_for_update(of=("self",)).get(pk=first.pk)
    if fresh.series_id is not None:
        raise Conflict(_("This visit belongs to a series already."), code="in_series")
    fresh.series = series
    fresh.save()
    return fresh


def _naming(at: dt.datetime, error: ActionError) -> ActionError:
    words = f"{format_datetime(timezone.localtime(at))}: {error.message}"
    return type(error)(words, field="dates", code=error.code, **error.details)


@action
def cancel_following(
    *, appointment: Appointment, reason: str = "", by_patient: bool = False, by: User
) -> list[Appointment]:
    """Call off a visit of a series and all after it that are still booked. Conflict where there is none."""
    found = following(appointment)
    if not found:
        raise Conflict(_("Nothing of this series lies ahead."), code="nothing_ahead")
    lock_doctors(each.practitioner_id for each in found)
    gone = [cancel(appointment=each, reason=reason, by_patient=by_patient, by=by) for each in found]
    publish(SeriesChanged(kind="series_cancelled", appointment_ids=tuple(each.pk for each in gone)))
    return gone


@action
def move_following(
    *,
    appointment: Appointment,
    dates: Sequence[tuple[Appointment, Practitioner, dt.datetime]],
    reason: str = "",
    by: User,
) -> list[Appointment]:
    """Move visits of a series to the dates chosen for them, all or none; who is not named stays where she is."""
    known = {each.pk for each in following(appointment)}
    if not dates or any(each.pk not in known for each, _doctor, _at in dates):
        raise Conflict(_("Something else happened meanwhile. Look at what is there now."), code="changed")
    lock_doctors({each.practitioner_id for each, _d, _a in dates} | {doctor.pk for _e, doctor, _a in dates})
    dates = [(each, doctor, at) for each, doctor, at in dates if (each.practitioner, each.starts_at) != (doctor, at)]
    for each, _doctor, _at in dates:  # each may come to where another one of them was
        leave(each)
    moved = []
    for each, doctor, at in dates:
        try:
            moved.append(
                reschedule(appointment=each, starts_at=at, practitioner=doctor, reason=reason, is_free=False, by=by)
            )
        except ActionError as error:
            raise _naming(at, error) from error
    publish(TimesFreed(appointment_ids=tuple(each.pk for each, _doctor, _at in dates)))
    publish(SeriesChanged(kind="series_moved", appointment_ids=tuple(each.pk for each in moved)))
    return moved
