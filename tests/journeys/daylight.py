"""A clinic in whose time zone people work now, whatever the hour of the machine."""

import contextlib
import zoneinfo
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from clinic.shared.tenancy import use_clinic, use_platform
from tenants.models import Clinic
from tenants.queries import forget_hosts
from tests.conftest import clinic_info
from tests.make import Make


def daytime(preferred: str) -> str:
    """A time zone in which people work now, the clinic's own if they do there."""
    for name in (preferred, "Asia/Tokyo", "America/Los_Angeles", "Europe/London"):
        if 1 <= timezone.now().astimezone(zoneinfo.ZoneInfo(name)).hour < 21:
            return name
    raise AssertionError("The sun shines nowhere.")


@contextlib.contextmanager
def in_daylight(host: str) -> Iterator[tuple[Make, Any]]:
    """Inside the clinic of a host, moved to where it is day: makers of rows, its branch."""
    with use_platform():
        clinic = Clinic.objects.get(schema_name=clinic_info(host).schema_name)
        clinic.time_zone = daytime(clinic.time_zone)
        clinic.save()
    forget_hosts()
    with use_clinic(clinic_info(host)) as info:
        make = Make()
        branch = make.branch()
        branch.time_zone = info.time_zone
        branch.save()
        yield make, branch
