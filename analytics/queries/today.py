"""Today in numbers, compared with the same weekday of the last four weeks."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, Sum
from django.utils import timezone

from clinic.accounts.models import Branch
from clinic.patients.models import Patient
from finance.models import Discount, Invoice, Payment, Refund
from finance.models.documents import REAL_MONEY
from finance.statuses import DiscountStatus, InvoiceStatus
from messaging.models import FollowUpTask
from messaging.statuses import TaskStatus
from scheduling.models import Appointment, Visit
from scheduling.statuses import WAITING, AppointmentStatus, VisitStatus

WEEKS = 4
A = AppointmentStatus
CAME = [A.ARRIVED, A.CHECKED_IN, A.FULFILLED]
BOOKED = [A.BOOKED, *CAME, A.NO_SHOW]


@dataclass(frozen=True)
class Day:
    """One day of one branch (or of all): counts, minutes, money of the clinic's currency."""

    booked: int
    came: int
    no_shows: int
    cancelled: int
    waiting_now: int
    in_room: int
    finished: int
    waited: float | None  # mean minutes from arrival (or the promised time, if later) to the room
    takings: Decimal
    new_patients: int

    @property
    def no_show_share(self) -> float | None:
        """No-shows among those whose time has come."""
        due = self.came + self.no_shows
        return self.no_shows / due if due else None


def day_span(day: dt.date, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """The moments between which a local day lies."""
    start = dt.datetime.combine(day, dt.time(), tzinfo=zone)
    return start, dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=zone)


def day_in_numbers(branch: Branch, day: dt.date, *, until: dt.time | None = None) -> Day:
    """The numbers of a day; `until` counts only what was promised or paid before that wall time."""
    zone = ZoneInfo(branch.time_zone)
    start, end = day_span(day, zone)
    if until is not None:
        end = min(end, dt.datetime.combine(day, until, tzinfo=zone))
    counts = Appointment.objects.filter(branch=branch, starts_at__gte=start, starts_at__lt=end).aggregate(
        booked=Count("pk", filter=Q(status__in=BOOKED)),
        came=Count("pk", filter=Q(status__in=CAME)),
        no_shows=Count("pk", filter=Q(status=A.NO_SHOW)),
        cancelled=Count("pk", filter=Q(status=A.CANCELLED)),
    )
    visits = Visit.objects.filter(branch=branch, day=day, arrived_at__lt=end)
    floor = visits.aggregate(
        waiting_now=Count("pk", filter=Q(status__in=WAITING)),
        in_room=Count("pk", filter=Q(status=VisitStatus.IN_ROOM)),
        finished=Count("pk", filter=Q(status__in=[VisitStatus.CHECKOUT, VisitStatus.FINISHED])),
    )
    return Day(
        **counts,
        **floor,
        waited=_waited(visits),
        takings=takings(branch, day, before=end),
        new_patients=Patient.objects.filter(created_at__gte=start, created_at__lt=end, merged_into=None).count(),
    )


def _waited(visits) -> float | None:  # type: ignore[no-untyped-def]  # a queryset of Visit
    gap = ExpressionWrapper(F("in_room_at") - F("arrived_at"), output_field=DurationField())
    mean = visits.filter(in_room_at__isnull=False).aggregate(mean=Avg(gap))["mean"]
    return mean.total_seconds() / 60 if mean is not None else None


def takings(branch: Branch, day: dt.date, *, before: dt.datetime | None = None) -> Decimal:
    """Real money of a business day: what came less what went back."""
    came = Payment.objects.filter(branch=branch, business_date=day, method__in=REAL_MONEY)
    back = Refund.objects.filter(payment__branch=branch, business_date=day, method__in=REAL_MONEY)
    if before is not None:
        came, back = came.filter(received_at__lt=before), back.filter(refunded_at__lt=before)
    total = came.aggregate(s=Sum("amount"))["s"] or Decimal(0)
    return total - (back.aggregate(s=Sum("amount"))["s"] or Decimal(0))


def usual(branch: Branch, day: dt.date, until: dt.time) -> list[Day]:
    """The same weekday of the last weeks, up to the same time of day; closed days are left out."""
    days = [day_in_numbers(branch, day - dt.timedelta(weeks=week), until=until) for week in range(1, WEEKS + 1)]
    return [found for found in days if found.booked]


def last_days(branch: Branch, day: dt.date, count: int = 14) -> list[tuple[dt.date, int, int]]:
    """(day, came, did not come) for the last days, oldest first."""
    zone = ZoneInfo(branch.time_zone)
    start, _end = day_span(day - dt.timedelta(days=count - 1), zone)
    _start, end = day_span(day, zone)
    rows = Appointment.objects.filter(
        branch=branch, starts_at__gte=start, starts_at__lt=end, status__in=[*CAME, A.NO_SHOW]
    ).values_list("starts_at", "status")
    table = {day - dt.timedelta(days=back): [0, 0] for back in range(count - 1, -1, -1)}
    for starts_at, status in rows:
        table[starts_at.astimezone(zone).date()][status == A.NO_SHOW] += 1
    return [(each, came, missed) for each, (came, missed) in table.items()]


@dataclass(frozen=True)
class Open:
    """What waits for a decision: counts and money, each with rows behind it."""

    unpaid: int
    unpaid_amount: Decimal
    overdue_calls: int
    not_arrived: int
    discounts: int = 0  # asked for, above somebody's limit


def open_matters(branch: Branch, day: dt.date) -> Open:
    """Bills that are not paid, calls that are overdue, patients whose time passed and who are not here."""
    unpaid = Invoice.objects.filter(branch=branch, status=InvoiceStatus.ISSUED).aggregate(
        n=Count("pk"), amount=Sum(F("total") - F("credited") - F("paid"))
    )
    late = timezone.now() - dt.timedelta(minutes=15)
    start, _end = day_span(day, ZoneInfo(branch.time_zone))
    return Open(
        unpaid=unpaid["n"],
        unpaid_amount=unpaid["amount"] or Decimal(0),
        overdue_calls=FollowUpTask.objects.filter(branch=branch, status=TaskStatus.OPEN, due_on__lt=day).count(),
        not_arrived=Appointment.objects.filter(
            branch=branch, status=A.BOOKED, starts_at__gte=start, starts_at__lt=late
        ).count(),
        discounts=Discount.objects.filter(branch=branch, status=DiscountStatus.ASKED).count(),
    )
