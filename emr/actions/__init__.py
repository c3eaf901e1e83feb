"""Every write of the clinical record."""

from emr.actions.drugs import cancel_prescription_line, prescribe, save_medication
from emr.actions.file_steps import (
    describe_file,
    erase_files,
    hold_back_file,
    release_file,
    remove_file,
    restore_file,
)
from emr.actions.files import add_file, log_thumbs
from emr.actions.findings import add_allergy, add_condition, end_allergy, end_problem, keep_problem, remove_condition
from emr.actions.phone_files import close_phone_link, require_phone, send_from_phone
from emr.actions.phone_links import open_phone_link, take_phone_link
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
    "add_file",
    "cancel_prescription_line",
    "close_phone_link",
    "copy_last_visit",
    "describe_file",
    "end_allergy",
    "end_problem",
    "erase_files",
    "finish_encounter",
    "hold_back_file",
    "keep_problem",
    "log_thumbs",
    "open_encounter",
    "open_phone_link",
    "prescribe",
    "release_file",
    "remove_condition",
    "remove_file",
    "require_phone",
    "restore_file",
    "save_medication",
    "save_note",
    "send_from_phone",
    "set_advice",
    "set_follow_up",
    "settle_note",
    "sign",
    "take_phone_link",
    "withdraw_encounter",
]
