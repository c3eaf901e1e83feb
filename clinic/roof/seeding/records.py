"""What doctors wrote: signed records of past visits, with a diagnosis and drugs where there was reason."""

import datetime as dt
from random import Random

from clinic.shared.bulk import write_rows
from emr.models import AllergyIntolerance, Condition, Encounter, EncounterStatusChange, MedicationRequest, Severity
from emr.statuses import EncounterStatus
from scheduling.models import Practitioner, Visit

WRITTEN_SHARE = 0.7
ALLERGIC_SHARE = 0.08
# (ICD-10, Persian, English, note fa, note en, drug fa, drug en, dose fa, dose en)
CASES = [
    ("L70.0", "آکنه ولگاریس", "Acne vulgaris", "ضایعات التهابی گونه‌ها و پیشانی", "Inflamed lesions on the cheeks",
     "داکسی‌سایکلین", "Doxycycline", "روزی یک عدد پس از غذا", "One a day after food"),
    ("L20.9", "درماتیت آتوپیک", "Atopic dermatitis", "خشکی و خارش آرنج‌ها", "Dry, itching elbows",
     "هیدروکورتیزون", "Hydrocortisone", "روزی دو بار لایه‌ای نازک", "A thin layer twice a day"),
    ("J30.4", "رینیت آلرژیک", "Allergic rhinitis", "عطسه و آبریزش در بهار", "Sneezing in spring",
     "ستیریزین", "Cetirizine", "شبی یک عدد", "One at night"),
    ("R51", "سردرد", "Headache", "سردرد فشاری از سه هفته پیش", "Pressing headache for three weeks",
     "ایبوپروفن", "Ibuprofen", "هنگام درد یک عدد، بیشینه سه عدد در روز", "One when in pain, at most three a day"),
    ("L81.1", "ملاسما", "Melasma", "لک‌های قرینه گونه", "Symmetric patches on the cheeks", "", "", "", ""),
    ("Z09.8", "معاینه پیگیری", "Follow-up examination", "روند درمان خوب است", "Healing well", "", "", "", ""),
]  # fmt: skip
ALLERGENS = [("پنی‌سیلین", "Penicillin", "کهیر", "Hives"), ("لیدوکائین", "Lidocaine", "تورم", "Swelling")]


def write_records(rng: Random, visits: list[Visit], *, persian: bool) -> None:
    """Write the records of most of these finished visits, signed when they ended by doctors who have an account."""
    accounts = dict(Practitioner.objects.filter(user__isnull=False).values_list("pk", "user_id"))
    chosen = [v for v in visits if v.practitioner_id in accounts and rng.random() < WRITTEN_SHARE]
    cases = [rng.choice(CASES) for _visit in chosen]
    encounters = [
        _encounter(visit, case, persian, accounts[visit.practitioner_id])
        for visit, case in zip(chosen, cases, strict=True)
    ]
    write_rows(Encounter, encounters)
    write_rows(
        EncounterStatusChange,
        [
            EncounterStatusChange(
                subject=e, from_status=EncounterStatus.DRAFT, to_status=EncounterStatus.SIGNED, at=e.signed_at
            )
            for e in encounters
        ],
    )
    pairs = list(zip(encounters, cases, strict=True))
    write_rows(Condition, [_condition(e, case, persian) for e, case in pairs])
    write_rows(MedicationRequest, [_line(e, case, persian) for e, case in pairs if case[5]])
    known = set(AllergyIntolerance.objects.values_list("patient_id", flat=True))
    allergic = {e.patient_id: e for e in encounters if rng.random() < ALLERGIC_SHARE and e.patient_id not in known}
    write_rows(AllergyIntolerance, [_allergy(rng, e, persian) for e in allergic.values()])


def _encounter(visit: Visit, case: tuple[str, ...], persian: bool, doctor: int) -> Encounter:
    began = visit.in_room_at or visit.arrived_at
    return Encounter(
        visit=visit,
        patient_id=visit.patient_id,
        practitioner_id=visit.practitioner_id,
        status=EncounterStatus.SIGNED,
        complaint=case[1] if persian else case[2],
        note=case[3] if persian else case[4],
        saved_at=visit.finished_at or began,
        signed_at=visit.finished_at or began,
        signed_by_id=doctor,
        created_at=began,
    )


def _condition(encounter: Encounter, case: tuple[str, ...], persian: bool) -> Condition:
    title = case[1] if persian else case[2]
    lasting = case[0] in {"L70.0", "L20.9"}
    return Condition(
        patient_id=encounter.patient_id,
        encounter=encounter,
        code=case[0],
        title=title,
        is_problem=lasting,
        ended_on=None if not lasting else encounter.created_at.date() + dt.timedelta(days=200),
        created_at=encounter.created_at,
    )


def _line(encounter: Encounter, case: tuple[str, ...], persian: bool) -> MedicationRequest:
    return MedicationRequest(
        encounter=encounter,
        patient_id=encounter.patient_id,
        name=case[5] if persian else case[6],
        dose=case[7] if persian else case[8],
        quantity="20",
        days=10,
        created_at=encounter.created_at,
    )


def _allergy(rng: Random, encounter: Encounter, persian: bool) -> AllergyIntolerance:
    fa, en, reaction_fa, reaction_en = rng.choice(ALLERGENS)
    return AllergyIntolerance(
        patient_id=encounter.patient_id,
        substance=fa if persian else en,
        reaction=reaction_fa if persian else reaction_en,
        severity=Severity.MODERATE,
        created_at=encounter.created_at,
    )
