"""Reads of patients: finding them, what is known of them, cards that are alike."""

from clinic.patients.queries.access import WHAT, readings, what_was_read
from clinic.patients.queries.duplicates import Pair, Preview, duplicate_pairs, preview_merge, recent_merges
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
    likeness,
    own_patient,
    possible_duplicates,
    search_text_of,
    words_of,
)
from clinic.patients.queries.relations import Kinship, kept_until, patient_rules, relatives_of, tags_of, tags_to_put
from clinic.patients.queries.search import Found, search_patients

__all__ = [
    "DESK_FIELDS",
    "OWN_CHANGES",
    "PUBLIC_FIELDS",
    "WHAT",
    "Found",
    "Kinship",
    "Likeness",
    "Link",
    "Pair",
    "Preview",
    "access_to",
    "age_of",
    "clashing",
    "consents_of",
    "duplicate_pairs",
    "fields_for",
    "find_patients",
    "has_consent",
    "in_alphabet",
    "kept_until",
    "likeness",
    "links",
    "merge_of",
    "own_patient",
    "patient_rules",
    "possible_duplicates",
    "preview_merge",
    "readings",
    "recent_merges",
    "relatives_of",
    "search_patients",
    "search_text_of",
    "tags_of",
    "tags_to_put",
    "what_was_read",
    "words_of",
]
