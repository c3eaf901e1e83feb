"""What can be asked of the diary and of visits when a group of patients is put together."""

from scheduling.queries.conditions import booked, how_often, seen

__all__ = ["booked", "how_often", "seen"]
