"""What scheduling can say."""

from dataclasses import dataclass, field

from scheduling.models import Appointment, Visit


@dataclass(frozen=True)
class AppointmentBooked:
    """A patient has a time; `by_patient` tells who booked. `waited` is false where she is known to stand on no list for
    it. `appointment` is the row as it was just made, where the publisher has it with all that belongs to it.
    """

    appointment_id: int
    by_patient: bool = False
    waited: bool = True
    appointment: Appointment | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class AppointmentCancelled:
    appointment_id: int
    by_patient: bool
    late: bool
    reason: str = ""


@dataclass(frozen=True)
class AppointmentRescheduled:
    old_id: int
    new_id: int
    by_patient: bool = False


@dataclass(frozen=True)
class TimesFreed:
    """What these have left is anybody's now; `undoable` where whoever left it may come back for three minutes."""

    appointment_ids: tuple[int, ...]
    undoable: bool = True


@dataclass(frozen=True)
class AppointmentRestored:
    """A cancellation or no-show was undone."""

    appointment_id: int


@dataclass(frozen=True)
class AppointmentMissed:
    appointment_id: int


@dataclass(frozen=True)
class AppointmentWrong:
    """It was entered in error: nobody was booked."""

    appointment_id: int


@dataclass(frozen=True)
class AppointmentRequested:
    """A patient's booking waits until the clinic approves it; its time is held meanwhile."""

    appointment_id: int


@dataclass(frozen=True)
class AppointmentRejected:
    """The clinic refused a waiting booking: a deposit that was paid goes back."""

    appointment_id: int
    reason: str


@dataclass(frozen=True)
class AppointmentLapsed:
    """Nobody approved, or the deposit was not paid in time: the time is free again, a paid deposit goes back."""

    appointment_id: int


@dataclass(frozen=True)
class DepositAsked:
    """The booking waits for `appointment.deposit`; answered by `scheduling.actions.deposit_paid`."""

    appointment_id: int


@dataclass(frozen=True)
class FeeCharged:
    """A person decided that the patient pays a `MissFee`."""

    fee_id: int


@dataclass(frozen=True)
class FeeWaived:
    """A fee is not asked for after all; whoever has taken money for it may refuse."""

    fee_id: int


@dataclass(frozen=True)
class VisitStarted:
    """The patient arrived; `visit` is her row as it was just written, which its publisher goes on with."""

    visit_id: int
    visit: Visit | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class VisitFinished:
    visit_id: int


@dataclass(frozen=True)
class VisitReopened:
    """A finished visit is taken back, or it `never_was`: whoever posted or wrote something for it may refuse."""

    visit_id: int
    never_was: bool = False


@dataclass(frozen=True)
class WaitlistJoined:
    """Somebody waits for a time."""

    entry_id: int


@dataclass(frozen=True)
class OfferChanged:
    """A freed time was offered to one who waits, or that offer has ended; its status says how."""

    offer_id: int


@dataclass(frozen=True)
class SeriesChanged:
    """Several visits of a series were booked, cancelled or moved in one go; `kind` is that of the one message."""

    kind: str
    appointment_ids: tuple[int, ...]
