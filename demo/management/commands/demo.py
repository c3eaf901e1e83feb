"""`manage.py demo`: makes the two demo clinics where they are missing and lays today round this moment."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from clinic.shared.tenancy import use_clinic, use_platform
from demo.furnish import furnish, furnish_platform
from demo.today import lay_today
from demo.world import CLINICS, DemoClinic
from tenants.actions import create_clinic, mark_demo
from tenants.models import Clinic
from tenants.queries import clinic_by_schema


class Command(BaseCommand):
    help = "Make or top up the demo."

    def handle(self, *args: Any, **options: Any) -> None:
        with use_platform():
            furnish_platform()
        for demo in CLINICS:
            self._one(demo)

    def _one(self, demo: DemoClinic) -> None:
        clinic = clinic_by_schema(demo.schema)
        if clinic is None:
            made = create_clinic(
                schema=demo.schema,
                name=demo.name,
                name_en=demo.name_en,
                host=demo.host,
                language=demo.language,
                time_zone=demo.time_zone,
                currency=demo.currency,
                money_display=demo.money_display,
                owner_phone=next(iter(demo.staff.values()))[0],
                branch=demo.branch,
            )
            with use_platform():
                made = mark_demo(clinic=Clinic.objects.get(pk=made.pk), accent=demo.accent, by=None)
            clinic = made.info(demo.host)
            with use_clinic(clinic), transaction.atomic():
                furnish(demo, clinic)
        with use_clinic(clinic), transaction.atomic():
            lay_today(demo, clinic)
        self.stdout.write(f"{demo.name_en}: http://{demo.host}")
