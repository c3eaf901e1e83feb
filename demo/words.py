"""What stands in the records of the demo's patients, Persian first."""

PLAN = ("درمان جوش و جای آن", "Treatment of acne and its scars")
PLAN_NOTE = (
    "هر چهار هفته یک جلسه؛ بین جلسه‌ها ضدآفتاب و مرطوب‌کننده.",
    "One session every four weeks; sunscreen and moisturiser in between.",
)
GOALS = [
    ("کاهش نیمی از جای جوش‌ها", "Half of the scars gone"),
    ("پوست بدون قرمزی پس از جلسه", "No redness after a session"),
]
QUESTION = ("خستگی از سه ماه پیش", "Tired for three months")
REPORT = (
    "کم‌خونی خفیف فقر آهن، آهن خوراکی و کنترل سه ماه بعد.",
    "Mild iron deficiency; iron by mouth, control in three months.",
)
SCAN = ("سونوگرافی تیروئید", "Ultrasound of the thyroid")
SCAN_REPORT = (
    "اندازه و نمای هر دو لوب طبیعی است، گره‌ای دیده نشد.",
    "Both lobes of normal size and texture, no nodule.",
)
PHOTO = ("گونهٔ راست", "Right cheek")
PAPER = ("نسخهٔ کاغذی پزشک خانواده", "Prescription of the family doctor")
BACKGROUND = [
    ("illness", ("تیروئید کم‌کار", "Underactive thyroid"), {"year": 2016}),
    ("surgery", ("آپاندیس", "Appendix"), {"year": 2009}),
    ("family", ("دیابت", "Diabetes"), {"relative": "mother"}),
    ("smoking", ("هرگز", "Never"), {}),
    ("occupation", ("معلم", "Teacher"), {}),
    ("vaccine", ("کزاز", "Tetanus"), {"year": 2022}),
]  # fmt: skip
PROBLEM = ("E03.9", "کم‌کاری تیروئید", "Hypothyroidism")
FORM = ("فرم پیش از ویزیت", "Form before the visit")
ANSWERS = {
    "address": ("تهران، خیابان شریعتی، کوچه یاس، پلاک ۸", "8 Jasmine Lane, London SE5"),
    "insurer": ("تأمین اجتماعی", "Bupa"),
    "long": ("لووتیروکسین ۱۰۰، روزی یک عدد", "Levothyroxine 100, one a day"),
}
# Blood pressure, pulse, weight: how many days ago.
MEASURED = [
    (210, "148", "92", "84", "78.5"), (150, "142", "90", "80", "77.2"), (90, "136", "86", "78", "75.8"),
    (45, "131", "84", "76", "74.9"), (3, "126", "81", "74", "74.1"),
]  # fmt: skip
PAIN = [(210, 8), (150, 6), (90, 5), (45, 3), (3, 2)]
SIGNATURE = [
    [[60, 130], [90, 70], [120, 60], [130, 100], [110, 140], [150, 120], [190, 80], [210, 120], [240, 110]],
    [[260, 120], [300, 60], [310, 130], [350, 90], [390, 130], [460, 80], [540, 100]],
]
