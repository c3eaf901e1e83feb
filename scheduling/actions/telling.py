"""Which open screens a change on the floor or in the diary concerns."""

from clinic.shared.notices import tell
from scheduling.models import CameBy, Visit
from scheduling.statuses import WAITING


def tell_floor(visit: Visit) -> None:
    """After the commit: queue, board and display of the branch, and the phones of those who wait for this doctor."""
    for topic in ("queue", "board", "tv", "mastermind"):
        tell(topic, branch=visit.branch_id)
    waiting = Visit.objects.filter(
        branch=visit.branch_id, day=visit.day, practitioner=visit.practitioner_id, status__in=WAITING
    )
    for token in {visit.queue_token, *waiting.values_list("queue_token", flat=True)}:
        tell("place", key=token)
    if visit.came_by == CameBy.ONLINE:
        tell("online", key=str(visit.appointment_id))


def tell_board(branch_id: int) -> None:
    """After the commit: the day board of the branch."""
    tell("board", branch=branch_id)
