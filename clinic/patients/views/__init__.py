"""Pages of patients: the desk's, and each patient's own."""

from clinic.patients.views.access import access_log, own_readers
from clinic.patients.views.card import access, access_remove, card, consent_withdraw, consents
from clinic.patients.views.family import family, own_details
from clinic.patients.views.lists import patients, search
from clinic.patients.views.merging import duplicates, merge, not_the_same, separate
from clinic.patients.views.phones import phone_gone, who
from clinic.patients.views.register import edit, new
from clinic.patients.views.relations import labels, relative_remove, relatives, rules, tag
from clinic.patients.views.segment_files import segment_file
from clinic.patients.views.segments import segment, segment_remove, segment_restore, segments
from clinic.patients.views.signing import sign_consent

__all__ = [
    "access",
    "access_log",
    "access_remove",
    "card",
    "consent_withdraw",
    "consents",
    "duplicates",
    "edit",
    "family",
    "labels",
    "merge",
    "new",
    "not_the_same",
    "own_details",
    "own_readers",
    "patients",
    "phone_gone",
    "relative_remove",
    "relatives",
    "rules",
    "search",
    "segment",
    "segment_file",
    "segment_remove",
    "segment_restore",
    "segments",
    "separate",
    "sign_consent",
    "tag",
    "who",
]
