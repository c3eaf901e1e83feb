"""Lives of an appointment and of a visit: the tables that every button and every door obey."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AppointmentStatus(models.TextChoices):
    HELD = "held", _("Held")
    PENDING = "pending", _("Waiting for approval")
    BOOKED = "booked", _("Booked")
    ARRIVED = "arrived", _("Arrived")
    CHECKED_IN = "checked_in", _("Checked in")
    FULFILLED = "fulfilled", _("Done")
    CANCELLED = "cancelled", _("Cancelled")
    NO_SHOW = "no_show", _("No-show")
    RESCHEDULED = "rescheduled", _("Moved")
    EXPIRED = "expired", _("Expired")
    ENTERED_IN_ERROR = "entered_in_error", _("Entered in error")


A = AppointmentStatus
APPOINTMENT_MOVES: dict[str, set[str]] = {
    A.HELD: {A.PENDING, A.BOOKED, A.EXPIRED, A.CANCELLED},
    # What waits is moved only back, by the patient herself.
    A.PENDING: {A.BOOKED, A.EXPIRED, A.CANCELLED, A.RESCHEDULED, A.ENTERED_IN_ERROR},
    A.BOOKED: {A.ARRIVED, A.CANCELLED, A.NO_SHOW, A.RESCHEDULED, A.ENTERED_IN_ERROR},
    A.ARRIVED: {A.CHECKED_IN, A.BOOKED, A.CANCELLED, A.FULFILLED, A.ENTERED_IN_ERROR},
    A.CHECKED_IN: {A.FULFILLED, A.ARRIVED, A.BOOKED, A.CANCELLED, A.ENTERED_IN_ERROR},
    A.FULFILLED: {A.CHECKED_IN, A.ENTERED_IN_ERROR},
    A.CANCELLED: {A.BOOKED, A.PENDING},  # undo, if the time is still free; what waited waits again
    A.NO_SHOW: {A.BOOKED, A.ARRIVED, A.ENTERED_IN_ERROR},
    A.RESCHEDULED: set(),
    A.EXPIRED: set(),
    A.ENTERED_IN_ERROR: set(),
}
HOLDS_THE_SLOT = {A.HELD, A.PENDING, A.BOOKED, A.ARRIVED, A.CHECKED_IN, A.FULFILLED}
EXPIRES = {A.HELD, A.PENDING}
UPCOMING = {A.PENDING, A.BOOKED}
FINAL = {status for status, targets in APPOINTMENT_MOVES.items() if not targets}


class VisitStatus(models.TextChoices):
    ARRIVED = "arrived", _("Waiting")
    CALLED = "called", _("Called")
    ON_HOLD = "on_hold", _("On hold")
    IN_ROOM = "in_room", _("In room")
    CHECKOUT = "checkout", _("At checkout")
    FINISHED = "finished", _("Finished")
    LEFT = "left_without_being_seen", _("Left without being seen")
    CANCELLED = "cancelled", _("Cancelled")
    ENTERED_IN_ERROR = "entered_in_error", _("Entered in error")


V = VisitStatus
VISIT_MOVES: dict[str, set[str]] = {
    V.ARRIVED: {V.CALLED, V.IN_ROOM, V.ON_HOLD, V.LEFT, V.CANCELLED, V.ENTERED_IN_ERROR},
    V.CALLED: {V.IN_ROOM, V.ARRIVED, V.ON_HOLD, V.LEFT, V.CANCELLED, V.ENTERED_IN_ERROR},
    V.ON_HOLD: {V.ARRIVED, V.CALLED, V.IN_ROOM, V.LEFT, V.CANCELLED, V.ENTERED_IN_ERROR},
    V.IN_ROOM: {V.CHECKOUT, V.FINISHED, V.CALLED, V.ARRIVED, V.ON_HOLD, V.ENTERED_IN_ERROR},
    V.CHECKOUT: {V.FINISHED, V.IN_ROOM, V.ENTERED_IN_ERROR},
    V.FINISHED: {V.CHECKOUT},  # undo; finance refuses it once the invoice is paid
    V.LEFT: {V.ARRIVED, V.CALLED, V.ON_HOLD, V.ENTERED_IN_ERROR},
    V.CANCELLED: {V.ARRIVED},
    V.ENTERED_IN_ERROR: set(),
}
# Moves that only take an earlier one back (`undo_visit`): a call, a hold or a way out that comes too late is refused.
ONLY_BACK = {
    (V.IN_ROOM, V.CALLED),
    (V.IN_ROOM, V.ARRIVED),
    (V.IN_ROOM, V.ON_HOLD),
    (V.FINISHED, V.CHECKOUT),
}
WAITING = {V.ARRIVED, V.CALLED}
IN_BUILDING = {V.ARRIVED, V.CALLED, V.ON_HOLD, V.IN_ROOM, V.CHECKOUT}


class WaitlistStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    OFFERED = "offered", _("Offered a time")
    BOOKED = "booked", _("Booked")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


W = WaitlistStatus
WAITLIST_MOVES: dict[str, set[str]] = {
    W.WAITING: {W.OFFERED, W.BOOKED, W.WITHDRAWN, W.EXPIRED},
    W.OFFERED: {W.WAITING, W.BOOKED, W.WITHDRAWN, W.EXPIRED},  # declined or lapsed: back to the same place
    W.BOOKED: set(),
    W.WITHDRAWN: set(),
    W.EXPIRED: set(),
}
LIVE_ENTRIES = [W.WAITING, W.OFFERED]


class OfferStatus(models.TextChoices):
    OFFERED = "offered", _("Waiting for an answer")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    LOST = "lost", _("Somebody else was first")
    WITHDRAWN = "withdrawn", _("Withdrawn")


_ENDS: set[str] = {status for status in OfferStatus if status != OfferStatus.OFFERED}
OFFER_MOVES: dict[str, set[str]] = {OfferStatus.OFFERED: _ENDS, **{status: set() for status in _ENDS}}
LIVE_OFFERS = [OfferStatus.OFFERED]


class FeeStatus(models.TextChoices):
    DUE = "due", _("To be decided")
    CHARGED = "charged", _("Charged")
    WAIVED = "waived", _("Waived")


FEE_MOVES: dict[str, set[str]] = {
    FeeStatus.DUE: {FeeStatus.CHARGED, FeeStatus.WAIVED},
    FeeStatus.CHARGED: {FeeStatus.WAIVED},
    FeeStatus.WAIVED: {FeeStatus.DUE},
}
