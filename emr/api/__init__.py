"""The record by API, by subject."""

from emr.api import background, care, letters, lists, plans, records

patterns = [
    *records.patterns,
    *care.patterns,
    *background.patterns,
    *letters.patterns,
    *plans.patterns,
    *lists.patterns,
]

__all__ = ["patterns"]
