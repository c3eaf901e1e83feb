"""Finding the clinic that a host or a schema name means."""

import time
from collections.abc import Iterator

from django.conf import settings

from clinic.shared.tenancy import ClinicInfo, use_platform
from tenants.models import Clinic, Domain
from tenants.statuses import ClinicStatus

KEEP_SECONDS = 5.0
_by_host: dict[str, tuple[float, ClinicInfo | None]] = {}


def is_platform_host(host: str) -> bool:
    """Whether a host (without port) is the platform's own."""
    return host in {settings.PLATFORM_HOST, "127.0.0.1"}


def clinic_for_host(host: str) -> ClinicInfo | None:
    """The clinic of a host name, looked up at most every few seconds; None for unknown and closed ones."""
    found = _by_host.get(host)
    if found and found[0] > time.monotonic():
        return found[1]
    with use_platform():
        domain = Domain.objects.select_related("tenant").filter(domain=host).first()
    info = domain.tenant.info(host) if domain and domain.tenant.status != ClinicStatus.CLOSED else None
    if len(_by_host) > 10_000:
        _by_host.clear()
    _by_host[host] = (time.monotonic() + KEEP_SECONDS, info)
    return info


def forget_hosts() -> None:
    """After a change of clinics in this process."""
    _by_host.clear()


def clinic_by_schema(schema: str) -> ClinicInfo | None:
    """The clinic of a schema name, if it may work."""
    with use_platform():
        clinic = Clinic.objects.filter(schema_name=schema, status=ClinicStatus.ACTIVE).first()
        return clinic.info(_host_of(clinic)) if clinic else None


def active_clinics() -> Iterator[ClinicInfo]:
    """Every clinic that works now."""
    with use_platform():
        rows = list(Clinic.objects.filter(status=ClinicStatus.ACTIVE).order_by("pk"))
        infos = [clinic.info(_host_of(clinic)) for clinic in rows]
    yield from infos


def _host_of(clinic: Clinic) -> str:
    domain = Domain.objects.filter(tenant=clinic).order_by("-is_primary", "pk").first()
    return domain.domain if domain else ""
