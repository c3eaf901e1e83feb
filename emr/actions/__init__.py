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
from emr.actions.furnish import add_starter_list, furnish_record
from emr.actions.intake import (
    accept_intake,
    close_links,
    end_intakes,
    fill_intake,
    save_intake_draft,
    send_intake,
    withdraw_intake,
)
from emr.actions.intake_due import sweep_intakes
from emr.actions.intake_forms import save_intake_form
from emr.actions.intake_photos import add_intake_photo, drop_intake_photo
from emr.actions.letter_templates import save_letter_template
from emr.actions.letters import edit_letter, end_letter, issue_letter, write_letter
from emr.actions.opening import open_record
from emr.actions.order_items import save_order_item
from emr.actions.orders import move_order, place_order
from emr.actions.outcomes import record_score, save_outcome_measure, withdraw_score
from emr.actions.phone_files import close_phone_link, require_phone, send_from_phone
from emr.actions.phone_links import open_phone_link, take_phone_link
from emr.actions.plan_parts import add_goal, plan_sessions, reach_goal
from emr.actions.plans import consent_to_plan, move_plan, save_plan
from emr.actions.record import (
    NEVER_SEEN,
    add_addendum,
    copy_last_visit,
    drop_unwritten,
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
from emr.actions.results import enter_results
from emr.actions.reviewing import release_order, review_order
from emr.actions.safety import import_interactions, import_starter, save_interaction
from emr.actions.sets import drop_set, repeat_prescription, save_set, use_set
from emr.actions.sharing import break_glass, set_privacy
from emr.actions.templates import save_phrase, save_template
from emr.actions.vital_lists import save_vital_kind, save_vital_range
from emr.actions.vitals import record_vitals, withdraw_vital

__all__ = [
    "NEVER_SEEN",
    "accept_intake",
    "add_addendum",
    "add_allergy",
    "add_background",
    "add_condition",
    "add_file",
    "add_goal",
    "add_intake_photo",
    "add_starter_list",
    "answer_cosign",
    "ask_cosign",
    "break_glass",
    "cancel_prescription_line",
    "change_problem",
    "close_links",
    "close_phone_link",
    "consent_to_plan",
    "copy_last_visit",
    "describe_file",
    "drop_intake_photo",
    "drop_set",
    "drop_unwritten",
    "edit_letter",
    "end_allergy",
    "end_intakes",
    "end_letter",
    "end_problem",
    "enter_results",
    "erase_files",
    "fill_intake",
    "finish_encounter",
    "furnish_record",
    "hand_off",
    "hold_back_file",
    "import_interactions",
    "import_starter",
    "issue_letter",
    "keep_problem",
    "log_thumbs",
    "move_order",
    "move_plan",
    "open_encounter",
    "open_phone_link",
    "open_record",
    "place_order",
    "plan_sessions",
    "prescribe",
    "reach_goal",
    "record_score",
    "record_vitals",
    "release_file",
    "release_order",
    "remove_background",
    "remove_condition",
    "remove_file",
    "repeat_prescription",
    "require_phone",
    "restore_file",
    "review_order",
    "save_intake_draft",
    "save_intake_form",
    "save_interaction",
    "save_letter_template",
    "save_medication",
    "save_note",
    "save_order_item",
    "save_outcome_measure",
    "save_phrase",
    "save_plan",
    "save_set",
    "save_template",
    "save_vital_kind",
    "save_vital_range",
    "send_from_phone",
    "send_intake",
    "set_advice",
    "set_follow_up",
    "set_privacy",
    "settle_note",
    "sign",
    "stop_medicine",
    "sweep_intakes",
    "take_phone_link",
    "toggle_favourite_diagnosis",
    "toggle_favourite_drug",
    "use_set",
    "use_template",
    "withdraw_encounter",
    "withdraw_intake",
    "withdraw_problem",
    "withdraw_score",
    "withdraw_vital",
    "write_letter",
]
