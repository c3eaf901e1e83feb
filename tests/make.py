"""Makers of common rows: real rows through the product's own actions where there are any."""

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from clinic.accounts.actions import account_for_phone, grant_role
from clinic.accounts.models import Branch, User
from clinic.accounts.roles import Role
from clinic.patients.models import Patient
from scheduling.models import Practitioner, PractitionerService, Room, Service, WorkingHours

_numbers = itertools.count(100)  # below are the numbers of the template's owners


class Make:
    """One method a kind; every keyword overrides a field."""

    def branch(self, **fields: Any) -> Branch:
        """The clinic's first branch, or a new one where fields are given."""
        first = Branch.objects.order_by("pk").first()
        if first and not fields:
            return first
        branch = Branch(**{"name": f"Branch {next(_numbers)}", "time_zone": "Asia/Tehran", **fields})
        branch.save()
        return branch

    def user(self, role: str | Role = "", *, branch: Branch | None = None, phone: str = "", name: str = "") -> User:
        """An account with a role (none: only its own rights)."""
        phone = phone or f"+98912{next(_numbers):07d}"
        user = account_for_phone(phone=phone, full_name=name or f"{str(role) or 'nobody'} {phone[-4:]}", by=None)
        if role and role != Role.PATIENT:
            grant_role(user=user, role=Role(role), branch=branch, by=None)
        return User.objects.get(pk=user.pk)

    def patient(self, **fields: Any) -> Patient:
        """A patient with a mobile number of her own."""
        number = next(_numbers)
        values = {"first_name": "مینا", "last_name": f"شریفی {number}", "phone": f"+98935{number:07d}", **fields}
        patient = Patient(**values)
        patient.search_text = f"{patient.first_name} {patient.last_name} {patient.phone} {patient.national_code}"
        patient.save()
        return patient

    def service(self, **fields: Any) -> Service:
        """A half-hour service of 500,000 rials that may be booked at once."""
        values = {"name": f"ویزیت {next(_numbers)}", "minutes": 30, "price": Decimal(500000), "min_notice_minutes": 0}
        service = Service(**{**values, **fields})
        service.save()
        return service

    def room(self, **fields: Any) -> Room:
        """A room of the first branch."""
        room = Room(**{"branch": self.branch(), "name": f"اتاق {next(_numbers)}", **fields})
        room.save()
        return room

    def practitioner(
        self,
        *services: Service,
        hours: bool = True,
        branch: Branch | None = None,
        user: User | None = None,
        **fields: Any,
    ) -> Practitioner:
        """A doctor who offers the services; with `hours` she works 08:00–20:00 every day in the branch."""
        practitioner = Practitioner(**{"name": f"دکتر رضایی {next(_numbers)}", "user": user, **fields})
        practitioner.save()
        for service in services:
            PractitionerService(practitioner=practitioner, service=service).save()
        if hours:
            for weekday in range(7):
                WorkingHours(
                    practitioner=practitioner,
                    branch=branch or self.branch(),
                    weekday=weekday,
                    starts=dt.time(8),
                    ends=dt.time(20),
                ).save()
        return practitioner


def sign_in(client: Client, user: User) -> None:
    """Start a session as the sign-in page would, second factor included where the role needs it."""
    client.force_login(user, backend="clinic.accounts.backends.CodeBackend")
    if user.rights.needs_totp:
        device, _made = TOTPDevice.objects.get_or_create(user=user, confirmed=True, defaults={"name": "default"})
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = device.persistent_id
        session.save()
