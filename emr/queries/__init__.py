"""Reads of the record and of a doctor's day."""

from emr.queries.chart import (
    allergies_of,
    current_medicines,
    follow_up_wish,
    lines_to_take,
    record_at_a_glance,
    signed_of,
    timeline,
    with_content,
)
from emr.queries.day import my_day, next_in_line, own_practitioner
from emr.queries.drugs import allergies_against, find_drugs
from emr.queries.icd10 import find_icd, icd_title, warm_up

__all__ = [
    "allergies_against",
    "allergies_of",
    "current_medicines",
    "find_drugs",
    "find_icd",
    "follow_up_wish",
    "icd_title",
    "lines_to_take",
    "my_day",
    "next_in_line",
    "own_practitioner",
    "record_at_a_glance",
    "signed_of",
    "timeline",
    "warm_up",
    "with_content",
]
