"""What a booking form begins with."""

from clinic.accounts.models import Branch
from scheduling.models import Appointment, Service

LOOKED_AT = 200


def usual_service(branch: Branch, practitioner: int | None = None) -> Service | None:
    """What is booked most often here (with this doctor), so that the form begins with it."""
    services = Service.objects.filter(is_active=True, practitioners__is_active=True)
    rows = Appointment.objects.filter(branch=branch, service__in=services)
    if practitioner is not None:
        services = services.filter(offers__practitioner=practitioner, offers__is_active=True)
        rows = rows.filter(practitioner=practitioner, service__in=services)
    recent = list(rows.order_by("-pk").values_list("service", flat=True)[:LOOKED_AT])
    most = max(set(recent), key=recent.count) if recent else None
    return services.filter(pk=most).first() or services.order_by("pk").first()
