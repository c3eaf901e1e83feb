"""Reads of the diary and the floor: modules are `slots`, `diary`, `floor`, `board`; sockets ask `display`."""

from scheduling.queries.display import display_shows, holds_queue_token

__all__ = ["display_shows", "holds_queue_token"]
