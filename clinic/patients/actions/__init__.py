"""Writes of patients: registering them, who may act for them, consents, cards that are of one person."""

from clinic.patients.actions.erasing import (
    ask_erasure,
    erase_patient,
    give_up_phone,
    hold_after_silence,
    prove_same_person,
    start_anew,
    withdraw_erasure,
)
from clinic.patients.actions.merging import DETAILS, WINDOW, merge_patients, say_not_the_same, separate_patients
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
from clinic.patients.actions.reading import note_list_taken, note_readings
from clinic.patients.actions.relations import (
    note_contact,
    put_tag,
    remove_related,
    save_patient_rules,
    save_related,
    save_tag,
    take_tag,
)
from clinic.patients.actions.segments import remove_segment, restore_segment, save_segment
from clinic.patients.actions.signing import sign_consent

__all__ = [
    "DETAILS",
    "FAMILY_AT_MOST",
    "WINDOW",
    "add_family_member",
    "ask_erasure",
    "change",
    "erase_patient",
    "give_consent",
    "give_up_phone",
    "hold_after_silence",
    "link_account",
    "log_access",
    "merge_patients",
    "note_contact",
    "note_list_taken",
    "note_readings",
    "own_patient_for",
    "prove_same_person",
    "put_tag",
    "register",
    "remove_related",
    "remove_segment",
    "restore_segment",
    "save_patient_rules",
    "save_related",
    "save_segment",
    "save_tag",
    "say_not_the_same",
    "separate_patients",
    "sign_consent",
    "start_anew",
    "take_tag",
    "unlink_account",
    "withdraw_consent",
    "withdraw_erasure",
]
