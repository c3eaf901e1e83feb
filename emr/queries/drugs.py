"""The clinic's drugs, and which allergies speak against one."""

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from clinic.patients.models import Patient
from clinic.shared.text import search_key
from emr.models import AllergyIntolerance, Medication
from emr.queries.chart import whole_of

SHORTEST_WORD = 3  # shorter words match too much to warn of anything
LONG_ENOUGH = 6  # a name of so many letters may be found without its word ends


def find_drugs(text: str = "", *, all_of_them: bool = False) -> QuerySet[Medication]:
    """Drugs of the list by any part of name, English name, substance or ATC; names that begin so come first."""
    drugs = Medication.objects.all() if all_of_them else Medication.objects.filter(is_active=True)
    words = search_key(text).split()
    for word in words:
        drugs = drugs.filter(search_text__contains=word)
    if not words:
        return drugs
    begins = Case(When(search_text__startswith=words[0], then=Value(0)), default=Value(1), output_field=IntegerField())
    return drugs.order_by(begins, "name", "pk")


def allergies_against(*, patient: Patient, medication: Medication | None, name: str) -> list[AllergyIntolerance]:
    """The patient's allergies that name the drug or its substance, in either language.

    Both sides are widened by the clinic's list: an allergy written «پنی‌سیلین» meets a drug whose English name or
    substance is penicillin if the list knows that the two are one.
    """
    allergies = list(AllergyIntolerance.objects.filter(whole_of(patient), ended_on=None))
    if not allergies:
        return []
    drug = _words_of(medication) if medication else set()
    drug |= _with_kin({search_key(name)})
    return [allergy for allergy in allergies if _meet(_with_kin({search_key(allergy.substance)}), drug)]


def _words_of(drug: Medication) -> set[str]:
    return {key for key in map(search_key, (drug.name, drug.name_en, drug.substance)) if key}


def _with_kin(words: set[str]) -> set[str]:
    """The words, and what the list of drugs calls the same thing."""
    wanted = Q()
    for word in words:
        for part in {word, _joined(word), *word.split()[:1]}:
            if len(part) >= SHORTEST_WORD:
                wanted |= Q(search_text__contains=part)
    if not wanted:
        return words
    found = set(words)
    for drug in Medication.objects.filter(wanted)[:50]:
        names = _words_of(drug)
        if any(_same(word, name) for word in words for name in names):
            found |= names
    return found


def _same(one: str, other: str) -> bool:
    """Whether one of two names stands in the other as whole words, or as one word spelled in two."""
    if min(len(one), len(other)) < SHORTEST_WORD:
        return False
    if f" {one} " in f" {other} " or f" {other} " in f" {one} ":
        return True
    short, long = sorted((_joined(one), _joined(other)), key=len)
    return len(short) >= LONG_ENOUGH and short in long


def _joined(words: str) -> str:
    return words.replace(" ", "")


def _meet(allergy: set[str], drug: set[str]) -> bool:
    return any(_same(one, other) for one in allergy for other in drug)
