"""Pages of patients: the desk's, and each patient's own."""

from clinic.patients.views.card import access, access_remove, card, consent_withdraw, consents
from clinic.patients.views.family import family, own_details
from clinic.patients.views.lists import patients, search
from clinic.patients.views.register import edit, new

__all__ = [
    "access",
    "access_remove",
    "card",
    "consent_withdraw",
    "consents",
    "edit",
    "family",
    "new",
    "own_details",
    "patients",
    "search",
]
