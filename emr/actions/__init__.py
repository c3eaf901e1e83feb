"""Every write of the clinical record."""

from emr.actions.drugs import cancel_prescription_line, prescribe, save_medication
from emr.actions.findings import add_allergy, add_condition, end_allergy, end_problem, keep_problem, remove_condition
from emr.actions.record import (
    NEVER_SEEN,
    add_addendum,
    copy_last_visit,
    finish_encounter,
    open_encounter,
    save_note,
    set_advice,
    set_follow_up,
    settle_note,
    sign,
    withdraw_encounter,
)

__all__ = [
    "NEVER_SEEN",
    "add_addendum",
    "add_allergy",
    "add_condition",
    "cancel_prescription_line",
    "copy_last_visit",
    "end_allergy",
    "end_problem",
    "finish_encounter",
    "keep_problem",
    "open_encounter",
    "prescribe",
    "remove_condition",
    "save_medication",
    "save_note",
    "set_advice",
    "set_follow_up",
    "settle_note",
    "sign",
    "withdraw_encounter",
]
