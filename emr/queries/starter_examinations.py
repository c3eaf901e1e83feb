"""The examinations that practices order most, with the usual reference values of grown-ups, to begin a list with."""

from decimal import Decimal
from typing import Any

from clinic.shared.money import language
from emr.models import OrderKind

NORMAL, NEGATIVE, NO_GROWTH = ("طبیعی", "normal"), ("منفی", "negative"), ("رشد نکرد", "no growth")

# Key: Persian, English, LOINC, unit, normal from, up to; of women from, up to (where they differ).
NUMBERS: dict[str, tuple[str, ...]] = {
    "hb": ("هموگلوبین", "Haemoglobin", "718-7", "g/dL", "13.5", "17.5", "12", "15.5"),
    "hct": ("هماتوکریت", "Haematocrit", "4544-3", "%", "41", "50", "36", "44"),
    "wbc": ("گلبول سفید", "White cells", "6690-2", "10³/µL", "4", "11"),
    "plt": ("پلاکت", "Platelets", "777-3", "10³/µL", "150", "450"),
    "mcv": ("MCV", "MCV", "787-2", "fL", "80", "100"),
    "fbs": ("قند خون ناشتا", "Fasting glucose", "1558-6", "mg/dL", "70", "99"),
    "a1c": ("هموگلوبین A1c", "Haemoglobin A1c", "4548-4", "%", "", "5.6"),
    "bun": ("اوره (BUN)", "Urea nitrogen", "3094-0", "mg/dL", "7", "20"),
    "cr": ("کراتینین", "Creatinine", "2160-0", "mg/dL", "0.7", "1.3", "0.5", "1.1"),
    "uric": ("اسید اوریک", "Uric acid", "3084-1", "mg/dL", "3.5", "7.2", "2.6", "6"),
    "na": ("سدیم", "Sodium", "2951-2", "mmol/L", "135", "145"),
    "k": ("پتاسیم", "Potassium", "2823-3", "mmol/L", "3.5", "5.1"),
    "ca": ("کلسیم", "Calcium", "17861-6", "mg/dL", "8.5", "10.5"),
    "chol": ("کلسترول تام", "Total cholesterol", "2093-3", "mg/dL", "", "199"),
    "tg": ("تری‌گلیسرید", "Triglycerides", "2571-8", "mg/dL", "", "149"),
    "hdl": ("HDL", "HDL cholesterol", "2085-9", "mg/dL", "40", "", "50", ""),
    "ldl": ("LDL", "LDL cholesterol", "13457-7", "mg/dL", "", "129"),
    "ast": ("AST", "AST", "1920-8", "U/L", "", "40", "", "32"),
    "alt": ("ALT", "ALT", "1742-6", "U/L", "", "41", "", "33"),
    "alp": ("آلکالن فسفاتاز", "Alkaline phosphatase", "6768-6", "U/L", "40", "129", "35", "104"),
    "bili": ("بیلی‌روبین تام", "Total bilirubin", "1975-2", "mg/dL", "", "1.2"),
    "tsh": ("TSH", "TSH", "3016-3", "mIU/L", "0.4", "4"),
    "ft4": ("T4 آزاد", "Free T4", "3024-7", "ng/dL", "0.8", "1.8"),
    "ferritin": ("فریتین", "Ferritin", "2276-4", "ng/mL", "30", "400", "13", "150"),
    "vitd": ("ویتامین D", "Vitamin D (25-OH)", "1989-3", "ng/mL", "30", "100"),
    "b12": ("ویتامین B12", "Vitamin B12", "2132-9", "pg/mL", "200", "900"),
    "crp": ("CRP", "CRP", "1988-5", "mg/L", "", "5"),
    "esr": ("ESR", "ESR", "4537-7", "mm/h", "", "15", "", "20"),
    "inr": ("INR", "INR", "6301-6", "", "0.8", "1.2"),
}
# Persian, English, LOINC, what is normal in words.
WORDS = [
    ("آزمایش کامل ادرار", "Urinalysis", "24356-8", NORMAL),
    ("کشت ادرار", "Urine culture", "630-4", NO_GROWTH),
    ("تست بارداری (β-hCG)", "Pregnancy test (β-hCG)", "2106-3", NEGATIVE),
    ("HBsAg", "HBsAg", "5195-3", NEGATIVE),
]
# Persian, English, LOINC, what it holds.
PANELS = [
    ("شمارش کامل خون (CBC)", "Full blood count", "58410-2", ("hb", "hct", "wbc", "plt", "mcv")),
    ("چربی‌های خون", "Lipids", "24331-1", ("chol", "tg", "hdl", "ldl")),
    ("کار کبد", "Liver function", "24325-3", ("ast", "alt", "alp", "bili")),
    ("کار کلیه و الکترولیت‌ها", "Kidney function and electrolytes", "24320-4", ("bun", "cr", "na", "k")),
    ("کار تیروئید", "Thyroid function", "", ("tsh", "ft4")),
]
IMAGING = [
    ("عکس قفسهٔ سینه", "Chest X-ray"), ("سونوگرافی شکم و لگن", "Ultrasound of abdomen and pelvis"),
    ("سونوگرافی تیروئید", "Ultrasound of the thyroid"), ("سونوگرافی بافت نرم", "Ultrasound of soft tissue"),
    ("عکس زانو", "X-ray of the knee"), ("عکس ستون فقرات کمری", "X-ray of the lumbar spine"),
    ("MRI کمر", "MRI of the lumbar spine"), ("ماموگرافی", "Mammography"), ("سنجش تراکم استخوان", "Bone density"),
]  # fmt: skip
OTHER = [("نوار قلب", "ECG"), ("اسپیرومتری", "Spirometry"), ("پاتولوژی نمونه", "Pathology of a sample")]


def examinations() -> list[dict[str, Any]]:
    """What `save_order_item` takes, in the language that is active; panels last, with the names that they hold."""
    at, rows = (0 if language() == "fa" else 1), []
    for values in NUMBERS.values():
        limits = [Decimal(value) if value else None for value in (*values[4:], *([""] * 4))[:4]]
        rows.append(
            {
                **_named(values, at), "loinc": values[2], "unit": values[3],
                **dict(zip(("low", "high", "low_women", "high_women"), limits, strict=True)),
            }
        )  # fmt: skip
    rows += [{**_named(each, at), "loinc": each[2], "normal_text": each[3][at]} for each in WORDS]
    rows += [{**_named(each, at), "kind": OrderKind.IMAGING} for each in IMAGING]
    rows += [{**_named(each, at), "kind": OrderKind.OTHER} for each in OTHER]
    rows += [{**_named(each, at), "loinc": each[2], "holds": [NUMBERS[key][at] for key in each[3]]} for each in PANELS]
    return rows


def _named(values: tuple[Any, ...], at: int) -> dict[str, Any]:
    return {"kind": OrderKind.LAB, "name": values[at], "name_en": values[1] if at == 0 else ""}
