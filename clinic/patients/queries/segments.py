"""Reads of groups: who fits now, how many, what is asked in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from clinic.patients.models import Erasure, Patient, Segment
from clinic.shared.segments import Term, asks, in_words, may_ask


@dataclass(frozen=True)
class Counted:
    """A group with its sentence and how many people are in it now."""

    segment: Segment
    sentence: str
    count: int


def terms_of(segment: Segment) -> list[Term]:
    """What a group asks."""
    return [Term.read(each) for each in segment.rule]


def everybody() -> QuerySet[Patient]:
    """Whoever can be in a group: cards that stand for themselves, of people who were not erased."""
    erased = Erasure.objects.exclude(done_at=None).values("patient")
    return Patient.objects.filter(merged_into=None).exclude(pk__in=erased)


def patients_who(terms: Iterable[Term], *, any_of: bool = False) -> QuerySet[Patient]:
    """The patients whom a rule finds now, in no order."""
    return everybody().filter(asks(terms, any_of=any_of))


def patients_of(segment: Segment) -> QuerySet[Patient]:
    """The patients of a group now, in no order."""
    return patients_who(terms_of(segment), any_of=segment.any_of)


def sentence_of(segment: Segment) -> str:
    """What a group asks, in the reader's language."""
    return in_words(terms_of(segment), any_of=segment.any_of)


def segments_for(user: Any) -> list[Segment]:
    """The groups in use of which this account may know what they ask."""
    return [row for row in Segment.objects.filter(is_active=True) if may_ask(user, terms_of(row))]


def counted(segments: Iterable[Segment]) -> list[Counted]:
    """Groups with their counts, all in one statement."""
    rows = list(segments)
    wanted: dict[str, Any] = {
        f"group{row.pk}": Count("pk", filter=Q(asks(terms_of(row), any_of=row.any_of))) for row in rows
    }
    counts = everybody().aggregate(**wanted) if wanted else {}
    return [Counted(row, sentence_of(row), counts[f"group{row.pk}"]) for row in rows]
