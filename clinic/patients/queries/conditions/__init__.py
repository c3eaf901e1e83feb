"""What can be asked of patients' cards when a group is put together."""

from clinic.patients.queries.conditions import birthdays, card, origin, person

__all__ = ["birthdays", "card", "origin", "person"]
