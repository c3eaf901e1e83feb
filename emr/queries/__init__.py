"""Reads of the record and of a doctor's day."""

from emr.queries import care_moments, care_tiles
from emr.queries.chart import (
    allergies_of,
    current_medicines,
    follow_up_wish,
    lines_to_take,
    record_at_a_glance,
    signed_of,
    with_content,
)
from emr.queries.day import my_day, next_in_line, own_practitioner
from emr.queries.drawing import kinds_html, moments_html
from emr.queries.drawn_tiles import tiles_html
from emr.queries.drugs import allergies_against, find_drugs
from emr.queries.encounters import broken_glass, colleagues, supervisors, templates_for, to_cosign, to_sign
from emr.queries.file_moments import file_moments, last_files
from emr.queries.files import files_of, gallery_of, pictures_of
from emr.queries.icd10 import find_icd, icd_title, warm_up
from emr.queries.intake import differences, intake_moments, to_review, told
from emr.queries.intake_builder import for_builder, from_builder, usual_items
from emr.queries.intake_pages import intakes_of, is_open, photos_of, photos_sent, questions, typed_before
from emr.queries.moments import prescriptions, visits
from emr.queries.tiles import allergies, consents, last_visits, medicines, problems

__all__ = [
    "allergies",
    "allergies_against",
    "allergies_of",
    "broken_glass",
    "care_moments",
    "care_tiles",
    "colleagues",
    "consents",
    "current_medicines",
    "differences",
    "file_moments",
    "files_of",
    "find_drugs",
    "find_icd",
    "follow_up_wish",
    "for_builder",
    "from_builder",
    "gallery_of",
    "icd_title",
    "intake_moments",
    "intakes_of",
    "is_open",
    "kinds_html",
    "last_files",
    "last_visits",
    "lines_to_take",
    "medicines",
    "moments_html",
    "my_day",
    "next_in_line",
    "own_practitioner",
    "photos_of",
    "photos_sent",
    "pictures_of",
    "prescriptions",
    "problems",
    "questions",
    "record_at_a_glance",
    "signed_of",
    "supervisors",
    "templates_for",
    "tiles_html",
    "to_cosign",
    "to_review",
    "to_sign",
    "told",
    "typed_before",
    "usual_items",
    "visits",
    "warm_up",
    "with_content",
]
