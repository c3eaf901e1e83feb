"""The clinic's drugs, and which allergies speak against one."""

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from clinic.patients.models import Patient
from clinic.shared.text import search_key
from emr.models import AllergyIntolerance, Medication
from emr.queries.chart import whole_of
from emr.queries.substances import Substances, alike, codes_of, substances_of, with_kin

# What people write when they mean a whole group, and the group's ATC prefix.
GROUPS: dict[str, str] = {
    "penicillin": "J01C", "پنی سیلین": "J01C", "beta lactam": "J01C", "بتالاکتام": "J01C",
    "cephalosporin": "J01D", "سفالوسپورین": "J01D", "sulfa": "J01E", "sulfonamide": "J01E", "سولفا": "J01E",
    "سولفونامید": "J01E", "nsaid": "M01A", "مسکن های غیراستروئیدی": "M01A", "statin": "C10AA", "استاتین": "C10AA",
    "macrolide": "J01FA", "ماکرولید": "J01FA", "quinolone": "J01M", "کینولون": "J01M", "tetracycline": "J01A",
    "تتراسایکلین": "J01A", "opioid": "N02A", "اپیوئید": "N02A", "ace inhibitor": "C09A", "contrast": "V08",
    "ماده حاجب": "V08", "iodinated contrast": "V08A", "local anaesthetic": "N01B", "بی حسی موضعی": "N01B",
}  # fmt: skip
SAME_GROUP = 5  # places of the ATC that chemical kin have in common


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
    """The patient's allergies that speak against a drug: by ingredient in either language, or by its ATC group.

    Both sides are widened by the clinic's list: an allergy written «پنی‌سیلین» meets a drug whose English name or
    substance is penicillin if the list knows that the two are one, and every drug of the group J01C in any case.
    """
    allergies = list(AllergyIntolerance.objects.filter(whole_of(patient), ended_on=None))
    if not allergies:
        return []
    [drug] = substances_of([(medication, name)])
    return [allergy for allergy in allergies if _speaks_against(allergy, drug)]


def _speaks_against(allergy: AllergyIntolerance, drug: Substances) -> bool:
    words = with_kin({search_key(allergy.substance)})
    if any(alike(one, other) for one in words for other in drug.names | drug.ingredients):
        return True
    return any(_kin(mine, other) for mine in atc_of_allergy(allergy) for other in drug.codes)


def _kin(allergy: str, drug: str) -> bool:
    """Whether a code is of the group that the allergy names, or its chemical kin."""
    return drug.startswith(allergy) or (len(allergy) >= SAME_GROUP and drug[:SAME_GROUP] == allergy[:SAME_GROUP])


def atc_of_allergy(allergy: AllergyIntolerance) -> set[str]:
    """The codes that an allergy stands for: what was chosen, else its group, else those of the drugs of that name."""
    if allergy.atc:
        return {allergy.atc}
    key = search_key(allergy.substance)
    groups = {code for name, code in GROUPS.items() if alike(search_key(name), key)}
    return groups or codes_of({key})


def substances_listed(text: str, limit: int = 8) -> list[str]:
    """Substances of the clinic's list that contain what was typed: for suggesting what an allergy is to."""
    wanted = search_key(text)
    rows = Medication.objects.exclude(substance="").filter(Q(search_text__contains=wanted))
    return list(rows.order_by("substance").values_list("substance", flat=True).distinct()[:limit])
