"""What a drug is made of, as far as the clinic's list knows: ingredients in either language, and ATC codes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from clinic.shared.text import search_key
from emr.models import Medication

SHORTEST_WORD = 3  # shorter words match too much to warn of anything
LONG_ENOUGH = 6  # a name of so many letters may be found without its word ends
BETWEEN = re.compile(r"[+/,،;؛&]|\b(?:and|with|و|با)\b")
MEASURES = set("mg g mcg ml iu میلی گرم میلیگرم میکروگرم واحد قرص کپسول شربت tab cap syrup amp آمپول".split())


@dataclass(frozen=True)
class Substances:
    """One drug for comparing: what the reader calls it, all names of it, its ingredients and codes."""

    label: str
    names: frozenset[str]
    ingredients: frozenset[str]
    codes: frozenset[str]

    def prefixes(self) -> set[str]:
        """The groups of the ATC that it belongs to, itself included."""
        return {code[:size] for code in self.codes for size in (1, 3, 4, 5, 7) if len(code) >= size}


def substances_of(drugs: Iterable[tuple[Medication | None, str]]) -> list[Substances]:
    """Each drug with its ingredients: one question to the list for all that were written by name only."""
    drugs = list(drugs)
    known = _listed({search_key(name) for medication, name in drugs if medication is None})
    return [_one(medication, name, known) for medication, name in drugs]


def _one(medication: Medication | None, name: str, known: list[Medication]) -> Substances:
    key = search_key(name)
    same = [medication] if medication else [drug for drug in known if any(alike(key, own) for own in words_of(drug))]
    ingredients = {part for drug in same for part in _ingredients(drug)}
    names = {word for drug in same for word in words_of(drug)} | {key}
    codes = {drug.atc.upper() for drug in same if drug.atc}
    return Substances(name, frozenset(names), frozenset(ingredients or {_bare(key)} - {""}), frozenset(codes))


def _ingredients(drug: Medication) -> set[str]:
    text = drug.substance or drug.name_en or drug.name
    return {_bare(part) for part in BETWEEN.split(search_key(text)) if _bare(part)}


def _bare(key: str) -> str:
    """A name without strength and form: "لوزارتان ۲۵ mg" and "لوزارتان ۵۰" are one."""
    return " ".join(word for word in key.split() if word not in MEASURES and not any(map(str.isdigit, word)))


def words_of(drug: Medication) -> set[str]:
    """What the list calls a drug."""
    return {key for key in map(search_key, (drug.name, drug.name_en, drug.substance)) if key}


def with_kin(words: set[str]) -> set[str]:
    """The words, and what the list of drugs calls the same thing."""
    found = set(words)
    for drug in _listed(words):
        names = words_of(drug)
        if any(alike(word, name) for word in words for name in names):
            found |= names
    return found


def codes_of(words: set[str]) -> set[str]:
    """The ATC codes of the drugs of the list that carry one of these names."""
    drugs = _listed(words)
    return {d.atc.upper() for d in drugs if d.atc and any(alike(w, n) for w in words for n in words_of(d))}


def _listed(words: set[str]) -> list[Medication]:
    wanted = Q()
    for word in words:
        for part in {word, _joined(word), *word.split()[:1]}:
            if len(part) >= SHORTEST_WORD:
                wanted |= Q(search_text__contains=part)
    return list(Medication.objects.filter(wanted)[:200]) if wanted else []


def alike(one: str, other: str) -> bool:
    """Whether one of two names stands in the other as whole words, or as one word spelled in two."""
    if min(len(one), len(other)) < SHORTEST_WORD:
        return False
    if f" {one} " in f" {other} " or f" {other} " in f" {one} ":
        return True
    short, long = sorted((_joined(one), _joined(other)), key=len)
    return len(short) >= LONG_ENOUGH and short in long


def _joined(words: str) -> str:
    return words.replace(" ", "")
