"""Cards that may be of one person, as a scored list to work through; and what a merge of two would carry."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from clinic.patients.models import Patient, PatientMerge
from clinic.patients.queries.merging import links
from clinic.patients.queries.people import Likeness, likeness
from clinic.shared.text import search_key

CANDIDATES = 400
# The same national code, the same phone with a similar name, the same name with the same birth date.
PAIRS = """
WITH live AS MATERIALIZED (
    SELECT id, phone, national_code, birth_date, replace(lower(first_name || ' ' || last_name), U&'\\200C', '') AS name
    FROM patients_patient WHERE merged_into_id IS NULL
), pairs AS (
    SELECT a.id AS first, b.id AS second FROM live a JOIN live b
        ON a.national_code = b.national_code AND a.id < b.id WHERE a.national_code <> ''
    UNION
    SELECT a.id, b.id FROM live a JOIN live b
        ON a.phone = b.phone AND a.id < b.id WHERE a.phone <> '' AND ext.similarity(a.name, b.name) >= 0.5
    UNION
    SELECT a.id, b.id FROM live a JOIN live b
        ON a.birth_date = b.birth_date AND a.name = b.name AND a.id < b.id
)
SELECT first, second FROM pairs
WHERE NOT EXISTS (SELECT FROM patients_notthesame n WHERE n.first_id = first AND n.second_id = second)
ORDER BY second DESC LIMIT %s
"""


@dataclass(frozen=True)
class Pair:
    """Two cards, the older one first, with what is the same and how alike they are (a score without a unit)."""

    older: Patient
    newer: Patient
    likeness: Likeness

    @property
    def why(self) -> str:
        """What is the same, in words."""
        words = [
            (self.likeness.same_code, _("same national code")),
            (self.likeness.same_phone, _("same phone")),
            (self.likeness.same_birth, _("same birth date")),
            (search_key(self.older.full_name) == search_key(self.newer.full_name), _("same name")),
        ]
        return " · ".join(text for is_so, text in words if is_so)


def duplicate_pairs(limit: int = 100) -> list[Pair]:
    """Pairs of cards that may be of one person, most alike first; those said to be two people are left out."""
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, [CANDIDATES])
        found = cursor.fetchall()
    cards = Patient.objects.in_bulk({pk for pair in found for pk in pair})
    pairs = [_pair(cards[first], cards[second]) for first, second in found]
    return sorted((each for each in pairs if each.likeness.score >= 70), key=lambda each: -each.likeness.score)[:limit]


def _pair(older: Patient, newer: Patient) -> Pair:
    name = search_key(newer.full_name)
    return Pair(older, newer, likeness(older, name, newer.phone, newer.national_code, newer.birth_date))


@dataclass(frozen=True)
class Choice:
    """One detail on both cards. `differs`: both say something, and not the same."""

    name: str
    label: str
    source: Any
    target: Any
    differs: bool


@dataclass(frozen=True)
class Preview:
    """What a merge would do: the details side by side, how many rows go over, what speaks against it."""

    source: Patient
    target: Patient
    choices: list[Choice]
    counts: list[tuple[str, int]]
    against: list[str] = field(default_factory=list)


def preview_merge(source: Patient, target: Patient, details: tuple[str, ...]) -> Preview:
    """What a merge of `source` into `target` would do; nothing is changed."""
    counts = [
        (str(link.model._meta.verbose_name_plural), link.rows(**{link.field: source.pk}).count())
        for link in links()
        if not link.stays and not link.model._meta.auto_created
    ]
    return Preview(
        source,
        target,
        [_choice(source, target, name) for name in details],
        [(label, count) for label, count in counts if count],
        _against(source, target),
    )


def _choice(source: Patient, target: Patient, name: str) -> Choice:
    label = str(Patient._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # a field of its own
    theirs, ours = getattr(source, name), getattr(target, name)
    shown = [patient.get_sex_display() if name == "sex" else getattr(patient, name) for patient in (source, target)]
    unsaid = {"", None, "unknown"}
    return Choice(name, label, shown[0], shown[1], theirs not in unsaid and ours not in unsaid and theirs != ours)


def _against(source: Patient, target: Patient) -> list[str]:
    """What lets doubt that these are one person."""
    words = {
        "national_code": _("The national codes differ."),
        "birth_date": _("The birth dates differ."),
        "sex": _("The sex differs."),
    }
    unsaid = {"", None, "unknown"}
    return [
        text
        for name, text in words.items()
        if not {getattr(source, name), getattr(target, name)} & unsaid
        and getattr(source, name) != getattr(target, name)
    ]


def recent_merges(limit: int = 50) -> list[PatientMerge]:
    """Merges that can still be taken back, the latest first."""
    rows = PatientMerge.objects.filter(separated_at=None).select_related("source", "target", "merged_by")
    return [row for row in rows.order_by("-merged_at")[:limit] if row.is_separable]
