"""Reads of patients: finding them, what is known of them, cards that are alike."""

from clinic.patients.queries.merging import Link, clashing, links, merge_of
from clinic.patients.queries.people import (
    DESK_FIELDS,
    OWN_CHANGES,
    PUBLIC_FIELDS,
    Likeness,
    access_to,
    age_of,
    consents_of,
    fields_for,
    find_patients,
    has_consent,
    in_alphabet,
    own_patient,
    possible_duplicates,
    search_text_of,
    words_of,
)

__all__ = [
    "DESK_FIELDS",
    "OWN_CHANGES",
    "PUBLIC_FIELDS",
    "Likeness",
    "Link",
    "access_to",
    "age_of",
    "clashing",
    "consents_of",
    "fields_for",
    "find_patients",
    "has_consent",
    "in_alphabet",
    "links",
    "merge_of",
    "own_patient",
    "possible_duplicates",
    "search_text_of",
    "words_of",
]
