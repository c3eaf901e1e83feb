"""Letters and scores that a practice begins with, in the clinic's language; it changes them as it likes."""

from typing import Any

from clinic.shared.money import language
from emr.models import Better, LetterKind, Paper

LETTERS: dict[str, list[tuple[str, str, str, str]]] = {
    "fa": [
        (
            LetterKind.SICK_LEAVE, "استعلاجی", "گواهی استراحت پزشکی",
            ("گواهی می‌شود {patient} با کد ملی {national_code} در تاریخ {visit_date} در {clinic} معاینه شد و به علت "
            "{diagnoses} از تاریخ {date} به مدت ........ روز به استراحت نیاز دارد."),
        ),
        (
            LetterKind.CERTIFICATE, "گواهی حضور", "گواهی حضور",
            ("گواهی می‌شود {patient} در تاریخ {visit_date} برای ویزیت به {clinic} مراجعه کرده است.\n\n"
            "این گواهی به درخواست ایشان برای ارائه به {to} صادر شد."),
        ),
        (
            LetterKind.REFERRAL, "ارجاع به متخصص", "ارجاع {patient}",
            ("همکار گرامی {to}\n\nبا سلام، {patient}، {age} ساله، برای بررسی بیشتر خدمت شما معرفی می‌شود.\n\n"
            "تشخیص: {diagnoses}\nسابقه: {problems}\nداروهای فعلی: {medicines}\nحساسیت‌ها: {allergies}\n\n"
            "خواهشمند است نظر خود را مرقوم فرمایید.\n\nبا احترام، {doctor}"),
        ),
        (
            LetterKind.LETTER, "خلاصه پرونده", "خلاصه پرونده {patient}",
            ("{patient}، {age} ساله، در تاریخ {visit_date} معاینه شد.\n\nتشخیص: {diagnoses}\nمشکلات: {problems}\n"
            "داروها: {medicines}\nحساسیت‌ها: {allergies}\n\nتوصیه‌ها: {advice}"),
        ),
    ],
    "en": [
        (
            LetterKind.SICK_LEAVE, "Sick note", "Medical certificate",
            ("This is to certify that {patient}, born {birth_date}, was examined at {clinic} on {visit_date} and, "
            "because of {diagnoses}, is unfit for work for ........ days from {date}."),
        ),
        (
            LetterKind.CERTIFICATE, "Attendance", "Certificate of attendance",
            ("This is to certify that {patient} attended an appointment at {clinic} on {visit_date}.\n\n"
            "Issued on request, to be shown to {to}."),
        ),
        (
            LetterKind.REFERRAL, "Referral to a specialist", "Referral of {patient}",
            ("Dear {to},\n\nThank you for seeing {patient}, aged {age}.\n\nDiagnosis: {diagnoses}\n"
            "Background: {problems}\nCurrent medicines: {medicines}\nAllergies: {allergies}\n\n"
            "I should be grateful for your opinion.\n\nYours sincerely,\n{doctor}"),
        ),
        (
            LetterKind.LETTER, "Summary of the record", "Summary for {patient}",
            ("{patient}, aged {age}, was seen on {visit_date}.\n\nDiagnosis: {diagnoses}\nProblems: {problems}\n"
            "Medicines: {medicines}\nAllergies: {allergies}\n\nAdvice: {advice}"),
        ),
    ],
}  # fmt: skip

# PHQ-9 and GAD-7 may be used by everybody without asking (Pfizer, 2010).
PHQ9 = {
    "fa": [
        "کم‌علاقگی یا لذت نبردن از انجام کارها", "احساس غمگینی، افسردگی یا ناامیدی",
        "دشواری در به خواب رفتن یا خواب زیاد", "احساس خستگی یا کم‌انرژی بودن", "کم‌اشتهایی یا پرخوری",
        "احساس بد نسبت به خود، احساس شکست یا شرمندگی نزد خانواده", "دشواری در تمرکز، مثلاً هنگام خواندن",
        "کندی چشمگیر در حرکت و گفتار، یا برعکس بی‌قراری", "فکر اینکه بهتر است زنده نباشم یا به خود آسیب بزنم",
    ],
    "en": [
        "Little interest or pleasure in doing things", "Feeling down, depressed or hopeless",
        "Trouble falling or staying asleep, or sleeping too much", "Feeling tired or having little energy",
        "Poor appetite or overeating", "Feeling bad about yourself, or that you have let yourself or your family down",
        "Trouble concentrating on things", "Moving or speaking slowly, or being fidgety and restless",
        "Thoughts that you would be better off dead, or of hurting yourself",
    ],
}  # fmt: skip
GAD7 = {
    "fa": [
        "احساس عصبی بودن، اضطراب یا بی‌قراری", "ناتوانی در متوقف یا مهار کردن نگرانی",
        "نگرانی زیاد دربارهٔ چیزهای گوناگون", "دشواری در آرام شدن", "چنان بی‌قرار که نشستن سخت است",
        "زود آزرده یا عصبانی شدن", "ترس از اینکه اتفاق بدی بیفتد",
    ],
    "en": [
        "Feeling nervous, anxious or on edge", "Not being able to stop or control worrying",
        "Worrying too much about different things", "Trouble relaxing", "So restless that it is hard to sit still",
        "Becoming easily annoyed or irritable", "Feeling afraid as if something awful might happen",
    ],
}  # fmt: skip


def letters() -> list[dict[str, Any]]:
    """What `save_letter_template` takes."""
    here = "fa" if language() == "fa" else "en"
    return [
        {
            "kind": kind, "name": name, "title": title, "text": text, "language": here,
            "paper": Paper.A5 if kind in {LetterKind.SICK_LEAVE, LetterKind.CERTIFICATE} else Paper.A4,
        }
        for kind, name, title, text in LETTERS[here]
    ]  # fmt: skip


def scores() -> list[dict[str, Any]]:
    """What `save_outcome_measure` takes."""
    here = "fa" if language() == "fa" else "en"
    fa = here == "fa"
    tenth = {"questions": "", "lowest": 0, "highest": 10}
    weeks = {"lowest": 0, "highest": 3, "better": Better.LOWER}
    return [
        {"name": "درد" if fa else "Pain", **tenth, "better": Better.LOWER},
        {"name": "حال عمومی" if fa else "Well-being", **tenth, "better": Better.HIGHER},
        {"name": "افسردگی (PHQ-9)" if fa else "Depression (PHQ-9)", "questions": "\n".join(PHQ9[here]), **weeks},
        {"name": "اضطراب (GAD-7)" if fa else "Anxiety (GAD-7)", "questions": "\n".join(GAD7[here]), **weeks},
    ]
