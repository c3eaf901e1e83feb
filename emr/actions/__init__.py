"""Every write of the clinical record."""

from emr.actions.background import add_background, remove_background
from emr.actions.cosigning import answer_cosign, ask_cosign
from emr.actions.drugs import cancel_prescription_line, prescribe, stop_medicine
from emr.actions.favourites import toggle_favourite_diagnosis, toggle_favourite_drug
from emr.actions.file_steps import describe_file, erase_files, hold_back_file, release_file, remove_file, restore_file
from emr.actions.files import add_file, log_thumbs
from emr.actions.findings import (
    add_allergy,
    add_condition,
    change_problem,
    end_allergy,
    end_problem,
    keep_problem,
    remove_condition,
    withdraw_problem,
)
from emr.actions.formulary import save_medication
from emr.actions.furnish import furnish_record
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
    use_template,
    withdraw_encounter,
)
from emr.actions.registering import hand_off
from emr.actions.safety import import_interactions, import_starter, save_interaction
from emr.actions.sets import drop_set, repeat_prescription, save_set, use_set
from emr.actions.sharing import break_glass, set_privacy
from emr.actions.templates import save_phrase, save_template

__all__ = [
    "NEVER_SEEN",
    "add_addendum",
    "add_allergy",
    "add_background",
    "add_condition",
    "add_file",
    "answer_cosign",
    "ask_cosign",
    "break_glass",
    "cancel_prescription_line",
    "change_problem",
    "close_phone_link",
    "copy_last_visit",
    "describe_file",
    "drop_set",
    "end_allergy",
    "end_problem",
    "erase_files",
    "finish_encounter",
    "furnish_record",
    "hand_off",
    "hold_back_file",
    "import_interactions",
    "import_starter",
    "keep_problem",
    "log_thumbs",
    "open_encounter",
    "open_phone_link",
    "prescribe",
    "release_file",
    "remove_background",
    "remove_condition",
    "remove_file",
    "repeat_prescription",
    "require_phone",
    "restore_file",
    "save_interaction",
    "save_medication",
    "save_note",
    "save_phrase",
    "save_set",
    "save_template",
    "send_from_phone",
    "set_advice",
    "set_follow_up",
    "set_privacy",
    "settle_note",
    "sign",
    "stop_medicine",
    "take_phone_link",
    "toggle_favourite_diagnosis",
    "toggle_favourite_drug",
    "use_set",
    "use_template",
    "withdraw_encounter",
    "withdraw_problem",
]
