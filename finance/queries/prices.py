"""What a visit costs, and where that price comes from."""

from dataclasses import dataclass
from decimal import Decimal

from clinic.shared.money import quantise
from finance.queries.follow_ups import SOURCE, window_for
from scheduling.models import PractitionerService, Visit


@dataclass(frozen=True)
class Price:
    """An amount in the clinic's currency and the row that says so, such as `offer:7`."""

    amount: Decimal
    source: str


def price_of(visit: Visit) -> Price:
    """What a visit costs: nothing or less within a free follow-up, else its own price."""
    full, window = own_price(visit), window_for(visit)
    if window is None or not full.amount:
        return full
    return Price(quantise(full.amount * window.percent / 100), f"{SOURCE}{window.pk}")


def own_price(visit: Visit) -> Price:
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
