"""What a visit costs, and where that price comes from."""

from dataclasses import dataclass
from decimal import Decimal

from scheduling.models import PractitionerService, Visit


@dataclass(frozen=True)
class Price:
    """An amount in the clinic's currency and the row that says so, such as `offer:7`."""

    amount: Decimal
    source: str


def price_of(visit: Visit) -> Price:
    """The price promised when booked, else the doctor's own, else the service's.

    A promise counts while the visit is for what was booked; one of zero is none (rows from other systems lack it).
    """
    booked = visit.appointment
    if (
        booked
        and booked.price
        and (booked.service_id, booked.practitioner_id)
        == (
            visit.service_id,
            visit.practitioner_id,
        )
    ):
        return Price(booked.price, f"appointment:{booked.pk}")
    offer = PractitionerService.objects.filter(
        practitioner=visit.practitioner_id, service=visit.service_id, price__isnull=False
    ).first()
    if offer and offer.price is not None:
        return Price(offer.price, f"offer:{offer.pk}")
    return Price(visit.service.price, f"service:{visit.service_id}")
