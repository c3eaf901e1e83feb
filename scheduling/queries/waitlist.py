"""The waitlist as screens and the API read it."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet, Sum
from django.utils import timezone

from clinic.accounts.models import Branch, User
from clinic.accounts.permissions import Perm
from clinic.patients.permissions import acts_for
from clinic.shared.calendar import add_months, make_date, year_month_day
from clinic.shared.text import search_key
from scheduling.models import (
    FreedTime,
    Outcome,
    WaitlistEntry,
    WaitlistOffer,
    WaitlistSkip,
)
from scheduling.queries.opening import zone_of
from scheduling.queries.slots import local_day
from scheduling.statuses import LIVE_ENTRIES, OfferStatus


def with_wishes(entries: QuerySet[WaitlistEntry]) -> QuerySet[WaitlistEntry]:
    """With everything that a line about an entry names."""
    open_ones = WaitlistOffer.objects.filter(status=OfferStatus.OFFERED).select_related("hold__practitioner")
    return entries.select_related(
        "patient", "service", "practitioner", "branch", "instead_of", "booked", "added_by"
    ).prefetch_related(Prefetch("offers", open_ones, to_attr="open_offers"), "companions")


def visible_entries(user: User) -> QuerySet[WaitlistEntry]:
    """Her own and her family's; for the desk those of its branches and those that any branch suits."""
    own = Q(patient__in=acts_for(user).values("pk"))
    if not user.can(Perm.DIARY_BOOK):
        return WaitlistEntry.objects.filter(own)
    branches = user.rights.branches(Perm.DIARY_BOOK)
    if branches is None:
        return WaitlistEntry.objects.all()
    return WaitlistEntry.objects.filter(Q(branch=None) | Q(branch__in=branches) | own)


def live_entries_of(user: User) -> QuerySet[WaitlistEntry]:
    """What an account and its family wait for."""
    rows = WaitlistEntry.objects.filter(patient__in=acts_for(user).values("pk"), status__in=LIVE_ENTRIES)
    return with_wishes(rows).order_by("joined_at")


def entry_by_link(token: str) -> WaitlistEntry | None:
    """The entry of a patient's link."""
    return with_wishes(WaitlistEntry.objects.filter(link_token=token)).first()


def offer_by_link(token: str) -> WaitlistOffer | None:
    """The offer of a message's link."""
    rows = WaitlistOffer.objects.select_related(
        "entry__patient", "entry__service", "entry__practitioner", "entry__booked", "entry__instead_of",
        "hold__service", "hold__practitioner", "hold__branch", "time",
    )  # fmt: skip
    return rows.filter(token=token).first()


@dataclass(frozen=True)
class Count:
    """How a month went: times that became free, and seats that were filled from the list."""

    freed: int
    refilled: int


def refilled(branch: Branch, since: dt.datetime, until: dt.datetime) -> QuerySet[WaitlistOffer]:
    """The offers that were accepted between two moments, latest first: each a seat that would have stayed empty."""
    rows = WaitlistOffer.objects.filter(
        status=OfferStatus.ACCEPTED, hold__branch=branch, answered_at__gte=since, answered_at__lt=until
    )
    return rows.select_related("entry__patient", "entry__booked", "hold__service", "hold__practitioner").order_by(
        "-answered_at"
    )


def month_of(branch: Branch, *, now: dt.datetime | None = None) -> tuple[dt.datetime, dt.datetime]:
    """The present month of the reader's calendar, on the branch's clock."""
    today = (now or timezone.now()).astimezone(zone_of(branch.time_zone)).date()
    year, month, _day = year_month_day(today)
    following = make_date(*add_months(year, month, 1), 1)
    return local_day(make_date(year, month, 1), branch.time_zone)[0], local_day(following, branch.time_zone)[0]


def count_of(branch: Branch, since: dt.datetime, until: dt.datetime) -> Count:
    """Seats that were freed and filled again between two moments; what was taken back does not count."""
    freed = FreedTime.objects.filter(branch=branch, created_at__gte=since, created_at__lt=until, freed__isnull=False)
    seats = refilled(branch, since, until).aggregate(seats=Sum("entry__party_size"))["seats"]
    return Count(freed.exclude(outcome=Outcome.UNDONE).count(), seats or 0)


def desk_entries(user: User, branch: Branch, text: str = "", limit: int = 300) -> list[WaitlistEntry]:
    """Who waits in a branch, in the order of asking; with a text those whose name, service or doctor holds it."""
    rows = visible_entries(user).filter(Q(branch=None) | Q(branch=branch), status__in=LIVE_ENTRIES)
    if text.strip():
        found = search_key(text)
        rows = rows.filter(
            Q(patient__search_text__contains=found)
            | Q(service__name__icontains=text.strip()[:60])
            | Q(practitioner__name__icontains=text.strip()[:60])
        )
    return list(with_wishes(rows).order_by("-priority", "joined_at", "pk")[:limit])


def offers_of(branch: Branch, limit: int = 100) -> list[WaitlistOffer]:
    """The latest offers of a branch, open ones first."""
    rows = WaitlistOffer.objects.filter(hold__branch=branch).select_related(
        "entry__patient", "hold__service", "hold__practitioner"
    )
    latest = list(rows.order_by("-pk")[:limit])
    return sorted(latest, key=lambda offer: offer.status != OfferStatus.OFFERED)


def history_of(entry: WaitlistEntry, limit: int = 20) -> dict[str, list]:
    """What she was offered, and why she was passed over, latest first."""
    offers = WaitlistOffer.objects.filter(entry=entry).select_related("hold__practitioner").order_by("-pk")
    skips = WaitlistSkip.objects.filter(entry=entry).select_related("time__practitioner").order_by("-pk")
    return {"offers": list(offers[:limit]), "skips": list(skips[:limit])}
