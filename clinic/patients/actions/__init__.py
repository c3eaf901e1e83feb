"""Writes of patients: registering them, who may act for them, consents, cards that are of one person."""

from clinic.patients.actions.merging import WINDOW, merge_patients, say_not_the_same, separate_patients
from clinic.patients.actions.people import (
    FAMILY_AT_MOST,
    add_family_member,
    change,
    give_consent,
    link_account,
    log_access,
    own_patient_for,
    register,
    unlink_account,
    withdraw_consent,
)

__all__ = [
    "FAMILY_AT_MOST",
    "WINDOW",
    "add_family_member",
    "change",
    "give_consent",
    "link_account",
    "log_access",
    "merge_patients",
    "own_patient_for",
    "register",
    "say_not_the_same",
    "separate_patients",
    "unlink_account",
    "withdraw_consent",
]
