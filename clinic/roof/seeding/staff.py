"""Services and doctors for seeded clinics."""

import datetime as dt
from decimal import Decimal

from clinic.accounts.models import Branch
from clinic.shared.tenancy import ClinicInfo
from scheduling.models import Practitioner, PractitionerService, Service, ServiceCategory, WorkingHours

# (Persian, English, minutes, buffer after, price in toman-thousands / pounds, description fa, description en)
SERVICES = [
    ("ویزیت عمومی", "General visit", 15, 0, 350, 45, "معاینه و مشاوره", "Examination and advice"),
    (
        "ویزیت تخصصی پوست",
        "Skin consultation",
        30,
        0,
        650,
        90,
        "معاینه تخصصی پوست و مو",
        "A specialist looks at skin and hair",
    ),
    ("لیزر موهای زائد", "Laser hair removal", 45, 15, 1800, 140, "یک جلسه لیزر", "One laser session"),
    ("تزریق بوتاکس", "Botox", 30, 15, 4200, 260, "تزریق در یک ناحیه", "One area"),
    ("جلسه پیگیری", "Follow-up", 15, 0, 200, 30, "ادامه درمان", "After a treatment"),
]
CATEGORIES = [("ویزیت و پیگیری", "Visits and follow-ups"), ("لیزر و تزریق", "Laser and injections")]
TREATMENTS = {"Laser hair removal", "Botox"}  # of the second category
DOCTORS = [
    ("دکتر نگار رضایی", "Dr Nora Reed", "پوست و مو", "Dermatology"),
    ("دکتر آرش کمالی", "Dr Adam Khan", "داخلی", "General medicine"),
    ("دکتر لیلا پاکزاد", "Dr Leila Park", "زیبایی", "Aesthetics"),
]


def ensure_services(clinic: ClinicInfo) -> list[Service]:
    """The clinic's services, the usual five where it has none."""
    if not Service.objects.exists():
        persian = clinic.language == "fa"
        categories = []
        for place, (fa, en) in enumerate(CATEGORIES, start=1):
            categories.append(ServiceCategory(name=fa if persian else en, name_en=en, position=place))
            categories[-1].save()
        for fa, en, minutes, buffer, toman, pounds, text_fa, text_en in SERVICES:
            Service(
                name=fa if persian else en,
                name_en=en,
                category=categories[en in TREATMENTS],
                description=text_fa if persian else text_en,
                minutes=minutes,
                buffer_after=buffer,
                price=Decimal(toman) * 10_000 if clinic.currency == "IRR" else Decimal(pounds),
            ).save()
    return list(Service.objects.filter(is_active=True))


def ensure_doctors(clinic: ClinicInfo, services: list[Service], branch: Branch, count: int) -> list[Practitioner]:
    """The clinic's first doctors; as many as wanted are made, with all services and usual hours."""
    for place in range(Practitioner.objects.count(), count):
        fa, en, field_fa, field_en = DOCTORS[place % len(DOCTORS)]
        number = "" if place < len(DOCTORS) else f" {place + 1}"
        persian = clinic.language == "fa"
        doctor = Practitioner(
            name=(fa if persian else en) + number,
            name_en=en + number,
            specialty=field_fa if persian else field_en,
            license_number=f"{112_300 + place * 7}",
        )
        doctor.save()
        for service in services:
            PractitionerService(practitioner=doctor, service=service).save()
        usual_hours(clinic, doctor, branch)
    return list(Practitioner.objects.order_by("pk")[:count])


def usual_hours(clinic: ClinicInfo, doctor: Practitioner, branch: Branch) -> None:
    """Mornings and evenings on every day but the weekend."""
    for weekday in sorted(set(range(7)) - weekend_of(clinic)):
        for starts, ends in ((9, 13), (16, 20)):
            WorkingHours(
                practitioner=doctor, branch=branch, weekday=weekday, starts=dt.time(starts), ends=dt.time(ends)
            ).save()


def weekend_of(clinic: ClinicInfo) -> set[int]:
    """Days without work, Monday being 0: Friday in Iran, Sunday elsewhere."""
    return {4} if clinic.language == "fa" else {6}
