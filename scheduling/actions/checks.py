"""Whether an agreed time is free: the doctor, a room, devices; and what the loser is told."""

from clinic.shared.errors import Conflict
from scheduling.actions.occupancy import Span, is_free_now, taken_conflict
from scheduling.actions.places import choose_devices, choose_room, places_for
from scheduling.actions.terms import Terms


def refuse(terms: Terms, for_staff: bool) -> Conflict:
    """Somebody was first; the nearest free times come with it."""
    return taken_conflict(
        terms.service, terms.practitioner.pk, terms.branch.pk, terms.starts_at, for_staff=for_staff, mode=terms.mode
    )


def check_doctor(terms: Terms, span: Span, for_staff: bool) -> None:
    """End what is over on the doctor's time and see that it is free."""
    if not is_free_now(f"d:{terms.practitioner.pk}", span):
        raise refuse(terms, for_staff)


def take_places(
    terms: Terms, span: Span, wanted_room: int | None, for_staff: bool
) -> tuple[int | None, tuple[int, ...]]:
    """A free room and free devices, locked. Raises Conflict (details `nearest`)."""
    places = places_for(terms)
    try:
        return choose_room(terms, places, span, wanted_room), tuple(choose_devices(terms, places, span))
    except Conflict as error:
        error.details["nearest"] = refuse(terms, for_staff).details["nearest"]
        raise
