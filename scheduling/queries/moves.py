"""The rows of a visit's life."""

from scheduling.models import Visit, VisitStatusChange


def last_move(visit: Visit) -> VisitStatusChange | None:
    """The last move that was not taken back."""
    moves = VisitStatusChange.objects.filter(subject=visit, undoes=None, undone_by=None)
    return moves.exclude(reason="undo").order_by("-pk").first()
