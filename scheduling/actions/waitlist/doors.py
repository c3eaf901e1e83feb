"""The doors of an offer's and an entry's status, and the locks behind them."""

from typing import Any

from clinic.shared.statuses import move
from scheduling.actions.occupancy import lock_doctors
from scheduling.models import FreedTime, WaitlistEntry, WaitlistOffer, WaitlistOfferStatusChange, WaitlistStatusChange
from scheduling.statuses import OFFER_MOVES, WAITLIST_MOVES, OfferStatus


def move_offer(offer: WaitlistOffer, to: str, *, by: Any, **changes: Any) -> WaitlistOffer:
    """The one door of an offer's status."""
    return move(offer, to, moves=OFFER_MOVES, log=WaitlistOfferStatusChange, by=by, changes=changes)


def move_entry(entry: WaitlistEntry, to: str, *, by: Any, reason: str = "", **changes: Any) -> WaitlistEntry:
    """The one door of an entry's status."""
    return move(
        entry, to, moves=WAITLIST_MOVES, log=WaitlistStatusChange, by=by, reason=reason, changes=changes
    )  # fmt: skip


def locked(time: FreedTime, *doctors: int) -> FreedTime:
    """The freed time as it is now; nobody else searches for it, answers or takes it back meanwhile."""
    lock_doctors({time.practitioner_id, *doctors})
    return FreedTime.objects.select_related("branch", "practitioner").select_for_update(of=("self",)).get(pk=time.pk)


def open_offers(time: FreedTime) -> list[WaitlistOffer]:
    """Its unanswered offers, locked."""
    rows = WaitlistOffer.objects.select_related("entry").filter(time=time, status=OfferStatus.OFFERED)
    return list(rows.select_for_update(of=("self",)).order_by("pk"))
