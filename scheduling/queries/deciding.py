"""What waits at the desk for somebody to decide."""

from collections.abc import Callable, Iterable

from django.db.models import QuerySet
from django.utils import timezone

from clinic.accounts.models import Branch
from scheduling.models import Appointment, MissFee
from scheduling.statuses import AppointmentStatus, FeeStatus

A = AppointmentStatus
DECIDED_SHOWN = 20


def waiting_requests(branch: Branch) -> QuerySet[Appointment]:
    """Bookings of a branch that wait for approval or for their deposit, those that end soonest first."""
    rows = Appointment.objects.filter(branch=branch, status=A.PENDING, hold_expires_at__gt=timezone.now())
    return rows.select_related("service", "practitioner", "patient", "branch").order_by("hold_expires_at", "pk")


def fees_to_decide(branch: Branch) -> QuerySet[MissFee]:
    """Fees of a branch that nobody has decided on, the oldest first."""
    return fees_of(branch).filter(status=FeeStatus.DUE).order_by("pk")


FeeNotes = Callable[[list[MissFee]], dict[int, str]]
_notes: list[FeeNotes] = []


def tells_of_fees(source: FeeNotes) -> FeeNotes:
    """Add what another part knows of fees to decide, by their ids: that something else than money pays them."""
    _notes.append(source)
    return source


def notes_of(fees: Iterable[MissFee]) -> dict[int, str]:
    """What others say of fees, by their ids."""
    found = list(fees)
    return {pk: text for source in _notes for pk, text in source(found).items()} if found else {}


def with_notes(fees: Iterable[MissFee]) -> list[tuple[MissFee, str]]:
    """Fees, each with what others say of it."""
    found = list(fees)
    said = notes_of(found)
    return [(fee, said.get(fee.pk, "")) for fee in found]


def fees_decided(branch: Branch) -> QuerySet[MissFee]:
    """What was decided last, latest first."""
    return fees_of(branch).exclude(status=FeeStatus.DUE).order_by("-decided_at", "-pk")[:DECIDED_SHOWN]


def fees_of(branch: Branch) -> QuerySet[MissFee]:
    """The fees of a branch with all that a line names."""
    rows = MissFee.objects.filter(appointment__branch=branch)
    return rows.select_related(
        "appointment__patient", "appointment__service", "appointment__practitioner", "decided_by"
    )
