"""A demo clinic's staff, rooms, stock and two years of history."""

import datetime as dt
from decimal import Decimal
from random import Random

from django.utils import timezone

from clinic.accounts.actions import account_for_phone, grant_role
from clinic.accounts.models import Branch, User
from clinic.accounts.roles import Role
from clinic.patients.models import Patient, PatientAccess
from clinic.roof.seeding.diary import Cast
from clinic.roof.seeding.history import seed_history
from clinic.roof.seeding.people import seed_patients
from clinic.roof.seeding.staff import ensure_doctors, ensure_services, weekend_of
from clinic.shared.money import quantise
from clinic.shared.phones import read_mobile, read_phone
from clinic.shared.tenancy import ClinicInfo
from demo.care import lay_care, lay_intake
from demo.purse import lay_money
from demo.rules import lay_decisions, lay_rules
from demo.shares import lay_share_rules
from demo.world import DRUGS, ITEMS, OPERATOR_PHONE, DemoClinic
from emr.models import Medication
from inventory.actions import receive
from inventory.models import Item, TemplateLine
from loyalty.models import LoyaltyRule
from scheduling.actions import fill_official_holidays
from scheduling.models import Holiday, Practitioner, Room, Service

PATIENTS, YEARS = 900, 2


def furnish_platform() -> None:
    """The operator of the platform."""
    operator = account_for_phone(phone=read_mobile(OPERATOR_PHONE), full_name="Operator", by=None)
    grant_role(user=operator, role=Role.OPERATOR, by=None)


def furnish(demo: DemoClinic, clinic: ClinicInfo) -> None:
    """Everything but today."""
    rng = Random(demo.schema)
    branch = Branch.objects.get()
    branch.name_en, branch.address, branch.phone = demo.branch_en, demo.address, read_phone(demo.phone)
    branch.save()
    people = _staff(demo)
    for name in demo.rooms:
        Room(branch=branch, name=name).save()
    services = ensure_services(clinic)
    if clinic.currency == "IRR":  # what the demo's bank takes
        services[-1].deposit = quantise(services[-1].price / 5)
        services[-1].save()
    lay_rules(services)
    doctors = ensure_doctors(clinic, services, branch, 3)
    _accounts_of_doctors(demo, doctors, people[Role.DOCTOR])
    lay_share_rules(doctors, services)
    today = timezone.now().date()
    for year in range(today.year - YEARS, today.year + 2):
        fill_official_holidays(year=year, by=None)
    _history(clinic, rng, branch=branch, doctors=doctors, services=services, today=today)
    _stock(demo, services, branch, people[Role.OWNER], today)
    _drugs(demo)
    if not LoyaltyRule.objects.exists():
        rial = clinic.currency == "IRR"
        LoyaltyRule(
            money_per_point=Decimal(100_000 if rial else 1), point_value=Decimal(2_000 if rial else "0.02")
        ).save()
    patient = _patient_account(demo, people[Role.PATIENT])
    lay_decisions(services, branch, people[Role.PATIENT], patient)
    lay_care(demo, patient, doctors[0])
    lay_intake(demo, patient, Patient.objects.order_by("pk")[1])
    lay_money(demo, branch=branch, people=people, service=services[2], doctor=doctors[0], patient=patient)


def _accounts_of_doctors(demo: DemoClinic, doctors: list[Practitioner], first: User) -> None:
    """Every doctor signs with an account of her own; the first one's is the demo's doctor."""
    for place, doctor in enumerate(doctors):
        phone = read_mobile(demo.staff[Role.DOCTOR][0][:-2] + f"1{place}")
        doctor.user = first if place == 0 else account_for_phone(phone=phone, full_name=doctor.name, by=None)
        doctor.save()
        grant_role(user=doctor.user, role=Role.DOCTOR, by=None)


def _staff(demo: DemoClinic) -> dict[Role, User]:
    people = {}
    for role, (phone, name) in demo.staff.items():
        user = account_for_phone(phone=read_mobile(phone), full_name=name, by=None)
        user.full_name = name
        user.save()
        if role != Role.PATIENT:
            grant_role(user=user, role=role, by=None)
        people[role] = user
    return people


def _history(
    clinic: ClinicInfo,
    rng: Random,
    *,
    branch: Branch,
    doctors: list[Practitioner],
    services: list[Service],
    today: dt.date,
) -> None:
    first = today - dt.timedelta(days=365 * YEARS)
    known_since = dt.datetime.combine(first, dt.time(12), tzinfo=dt.UTC)
    ids = seed_patients(clinic, rng, PATIENTS, known_since=known_since)
    closed = set(Holiday.objects.filter(is_open=False).values_list("date", flat=True))
    cast = Cast(branch, doctors, services, ids, closed)
    seed_history(
        cast, rng, first=first, last=today - dt.timedelta(days=1), weekend=weekend_of(clinic), fill=0.22, records=True
    )


def _stock(demo: DemoClinic, services: list[Service], branch: Branch, owner: User, today: dt.date) -> None:
    persian = demo.language == "fa"
    for place, (fa, en, unit_fa, unit_en, low, on_hand, rials, pence, used_in) in enumerate(ITEMS):
        item = Item(
            name=fa if persian else en, name_en=en, unit=unit_fa if persian else unit_en, low_level=Decimal(low)
        )
        item.save()
        receive(
            item=item,
            branch=branch,
            quantity=Decimal(on_hand),
            unit_cost=Decimal(rials) if persian else Decimal(pence) / 100,
            number=f"L{place + 1}042",
            expires_on=today + dt.timedelta(days=70 + 90 * place),
            cause=f"demo:{item.pk}",
            by=owner,
        )
        for service_place in used_in:
            TemplateLine(service=services[service_place], item=item, quantity=Decimal(2 if low > 300 else 1)).save()


def _drugs(demo: DemoClinic) -> None:
    for fa, en, form, strength, substance, atc in DRUGS:
        persian = demo.language == "fa"
        Medication(
            name=fa if persian else en,
            name_en=en,
            form=form if persian else "",
            strength=strength,
            substance=substance,
            atc=atc,
            search_text=f"{fa} {en} {substance}".lower(),
        ).save()


def _patient_account(demo: DemoClinic, user: User) -> Patient:
    """The demo's patient sees a past of her own."""
    patient = Patient.objects.order_by("pk").first()
    assert patient
    first, _space, last = demo.staff[Role.PATIENT][1].partition(" ")
    patient.first_name, patient.last_name, patient.phone = first, last, user.phone
    patient.sex, patient.birth_date = "female", dt.date(1991, 5, 14)
    patient.save()
    PatientAccess(user=user, patient=patient).save()
    return patient
