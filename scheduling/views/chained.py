"""Several services in one booking of the desk: which parts they are, and when else they fit."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from clinic.accounts.models import Branch
from clinic.shared.errors import Conflict
from scheduling import actions
from scheduling.models import Mode, Practitioner, PractitionerService, Service
from scheduling.queries.chains import Chain, chain_at, free_chains

LOOK_AHEAD, NEAREST = dt.timedelta(days=14), 4


def parts_from(
    services: Sequence[Service],
    doctor: Practitioner,
    branch: Branch,
    starts_at: dt.datetime,
    *,
    mode: str = "",
    override: bool = False,
) -> list[actions.Part]:
    """Services one directly after the other from a moment on; whoever books over a conflict looks at nothing else.

    Raises Conflict (code `taken`) where they do not all fit.
    """
    if override:
        return _one_after_the_other(services, doctor, starts_at, mode)
    chain = chain_at(
        services=services, practitioner=doctor.pk, branch=branch.pk, starts_at=starts_at, mode=mode or None
    )
    if chain is None:
        text = _("These services do not all fit one after the other from then on. Choose another time.")
        raise Conflict(text, field="starts_at", code="taken")
    doctors = Practitioner.objects.in_bulk(chain.practitioners)
    return [
        actions.Part(service, doctors[slot.practitioner_id], slot.starts_at, slot.mode)
        for service, slot in zip(services, chain.slots, strict=True)
    ]


def _one_after_the_other(
    services: Sequence[Service], doctor: Practitioner, starts_at: dt.datetime, mode: str
) -> list[actions.Part]:
    """Whatever else is booked then: with this doctor what she gives, the rest with whoever gives it."""
    parts = []
    for number, service in enumerate(services):
        offers = PractitionerService.objects.filter(service=service, is_active=True, practitioner__is_active=True)
        rows = list(offers.select_related("practitioner").order_by("practitioner"))
        offer = next((each for each in rows if each.practitioner_id == doctor.pk), rows[0] if rows else None)
        own = [getattr(offer, name, None) for name in ("minutes", "buffer_before", "buffer_after")]
        usual = (service.minutes, service.buffer_before, service.buffer_after)
        minutes, before, after = (most if value is None else value for value, most in zip(own, usual, strict=True))
        if number:
            starts_at += dt.timedelta(minutes=before)
        way = mode if service.mode == Mode.EITHER and mode else None
        parts.append(actions.Part(service, offer.practitioner if offer else doctor, starts_at, way))
        starts_at += dt.timedelta(minutes=minutes + after)
    return parts


def chains_after(
    services: Sequence[Service], doctor: Practitioner, branch: Branch, starts_at: dt.datetime, *, mode: str = ""
) -> list[Chain]:
    """The next times at which all of it fits, from a moment on."""
    return free_chains(
        services=services, practitioner=doctor.pk, branch=branch.pk, since=starts_at,
        until=starts_at + LOOK_AHEAD, for_staff=True, mode=mode or None, limit=NEAREST,
    )  # fmt: skip
