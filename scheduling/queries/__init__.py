"""Reads of the diary and the floor: modules are `slots`, `diary`, `floor`, `board`; sockets ask `display`."""

from scheduling.queries import conditions
from scheduling.queries.display import display_shows, holds_queue_token
from scheduling.queries.moments import diary_moments, next_booked
from scheduling.queries.whole import appointment_of, visit_of

__all__ = [
    "appointment_of",
    "conditions",
    "diary_moments",
    "display_shows",
    "holds_queue_token",
    "next_booked",
    "visit_of",
]
