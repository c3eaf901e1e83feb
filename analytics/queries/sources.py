"""What each source brought: bookings, who came, who did not; by campaign too, with the rows behind every number."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from analytics.queries.today import CAME, day_span
from clinic.accounts.models import Branch
from scheduling.models import Appointment, Source
from scheduling.queries.origins import campaign_words
from scheduling.statuses import AppointmentStatus

A = AppointmentStatus
# A booking that was moved is counted where it stands now; holds and mistakes were never bookings.
COUNTED = [A.PENDING, A.BOOKED, *CAME, A.NO_SHOW, A.CANCELLED]
UPCOMING = {A.PENDING, A.BOOKED}


@dataclass
class Row:
    """One source, or one campaign or referrer of it."""

    source: str
    label: str
    detail: str = ""
    booked: int = 0
    came: int = 0
    missed: int = 0
    cancelled: int = 0
    ahead: int = 0

    @property
    def kept_share(self) -> float | None:
        """Who came, among those whose time has come and who had not called it off."""
        due = self.came + self.missed
        return self.came / due if due else None

    @property
    def missed_share(self) -> float | None:
        """Who did not come, among the same."""
        due = self.came + self.missed
        return self.missed / due if due else None


def booked_between(branch: Branch, first: dt.date, last: dt.date) -> QuerySet[Appointment]:
    """Appointments of the days from first to last, by the day of the visit."""
    zone = ZoneInfo(branch.time_zone)
    since, until = day_span(first, zone)[0], day_span(last, zone)[1]
    return Appointment.objects.filter(
        branch=branch, starts_at__gte=since, starts_at__lt=until, status__in=COUNTED, patient__isnull=False
    )


def by_source(branch: Branch, first: dt.date, last: dt.date) -> tuple[list[Row], list[Row]]:
    """(sources, campaigns and referrers), the most bookings first."""
    sources: dict[str, Row] = {}
    details: dict[tuple[str, str], Row] = {}
    columns = ("source", "status", "campaign", "referred_by")
    for source, status, campaign, referred_by in booked_between(branch, first, last).values_list(*columns):
        label = str(Source(source).label)
        _count(sources.setdefault(source, Row(source, label)), status)
        detail = campaign_words(campaign) or referred_by
        if detail:
            _count(details.setdefault((source, detail), Row(source, label, detail)), status)
    return _sorted(sources.values()), _sorted(details.values())


def behind(branch: Branch, first: dt.date, last: dt.date, source: str, detail: str) -> list[Appointment]:
    """The appointments of one source (and one campaign or referrer of it), the latest visit first."""
    rows = booked_between(branch, first, last).filter(source=source)
    rows = rows.select_related("patient", "service", "practitioner").order_by("-starts_at")
    found = (row for row in rows if not detail or (campaign_words(row.campaign) or row.referred_by) == detail)
    return [row for row, _n in zip(found, range(200), strict=False)]


def _sorted(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (-row.booked, row.label, row.detail))


def _count(row: Row, status: str) -> None:
    row.booked += 1
    row.came += status in CAME
    row.missed += status == A.NO_SHOW
    row.cancelled += status == A.CANCELLED
    row.ahead += status in UPCOMING
