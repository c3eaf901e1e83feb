"""What those who wait are told: that they wait, that a time is held for them, that it is gone."""

from typing import Any
from zoneinfo import ZoneInfo

from clinic.shared.actions import action
from clinic.shared.calendar import format_time
from clinic.shared.links import absolute
from clinic.shared.speaking import speaking
from messaging.actions.queue import queue_message, withdraw_for
from messaging.models import Message
from messaging.queries import database_now
from scheduling.events import OfferChanged, WaitlistJoined
from scheduling.models import WaitlistEntry, WaitlistOffer
from scheduling.statuses import OfferStatus

AboutWaiting = WaitlistJoined | OfferChanged


@action
def tell_of_waiting(*, about: AboutWaiting, by: Any) -> Message | None:
    """Queue what this turn of her waiting means for her, once."""
    if isinstance(about, WaitlistJoined):
        return tell_of_entry(entry_id=about.entry_id, by=by)
    return tell_of_offer(offer_id=about.offer_id, by=by)


@action
def tell_of_entry(*, entry_id: int, by: Any) -> Message | None:
    """Queue the word that she is on the list, with the link to change it; once an entry."""
    entry = WaitlistEntry.objects.select_related("patient", "service").get(pk=entry_id)
    with speaking(entry.patient.language) as language:
        service = entry.service.name_en if language == "en" and entry.service.name_en else entry.service.name
    return queue_message(
        kind="waitlist_joined",
        patient=entry.patient,
        cause=f"waits:{entry.pk}",
        service=service[:30],
        link=absolute(f"/w/{entry.link_token}/"),
        by=by,
    )


@action
def tell_of_offer(*, offer_id: int, by: Any) -> Message | None:
    """Queue an open offer for the moment at which the time cannot be taken back any more; take the message of an ended
    one back, and where somebody else was first tell who knows of it. Once an offer and kind.
    """
    offer = WaitlistOffer.objects.select_related("entry__patient", "hold__branch", "hold__patient").get(pk=offer_id)
    if offer.status == OfferStatus.OFFERED:
        return _queue("waitlist_offer", offer, by, send_after=offer.tell_at, until=_until(offer))
    unsent = withdraw_for(cause=_cause(offer), by=by)
    if offer.status != OfferStatus.LOST or unsent or offer.tell_at > database_now():
        return None
    return _queue("waitlist_gone", offer, by)


def _queue(kind: str, offer: WaitlistOffer, by: Any, **facts: Any) -> Message | None:
    return queue_message(
        kind=kind,
        patient=offer.entry.patient,
        appointment=offer.hold,
        cause=_cause(offer),
        link=absolute(f"/o/{offer.token}/"),
        by=by,
        **facts,
    )


def _until(offer: WaitlistOffer) -> str:
    zone = offer.hold.branch.time_zone
    with speaking(offer.entry.patient.language, zone) as language:
        return format_time(offer.expires_at.astimezone(ZoneInfo(zone)), language)


def _cause(offer: WaitlistOffer) -> str:
    return f"offer:{offer.pk}"
