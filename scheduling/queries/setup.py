"""Reads of the set-up pages: what is missing, whose hours, which closed days."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, RoleGrant, User
from clinic.accounts.permissions import Perm
from clinic.accounts.queries import open_branches
from clinic.accounts.roles import Role
from clinic.shared.calendar import make_date, year_month_day
from scheduling.models import (
    Appointment,
    Equipment,
    EquipmentKind,
    Holiday,
    Practitioner,
    PractitionerService,
    Room,
    Service,
    TimeOff,
    WorkingHours,
)
from scheduling.statuses import UPCOMING


@dataclass(frozen=True)
class Step:
    """One line of the checklist."""

    done: bool
    title: str
    hint: str
    url: str


def my_branches(user: User) -> QuerySet[Branch]:
    """The branches that an account sets up, closed ones too."""
    scope = user.rights.branches(Perm.SETUP_MANAGE)
    return Branch.objects.all() if scope is None else Branch.objects.filter(pk__in=scope)


def sets_up_all(user: User) -> bool:
    """Whether an account sets up the whole clinic."""
    return user.rights.branches(Perm.SETUP_MANAGE) is None


def my_practitioners(user: User) -> QuerySet[Practitioner]:
    """The doctors whose hours an account sets: all, or those of its branches and those without hours yet."""
    everybody = Practitioner.objects.order_by("-is_active", "pk")
    scope = user.rights.branches(Perm.SETUP_MANAGE)
    if scope is None:
        return everybody
    return everybody.filter(Q(hours__branch__in=scope) | Q(hours=None)).distinct()


def doctors_with_gaps() -> QuerySet[Practitioner]:
    """Doctors, with what keeps each from being booked: `has_hours`, `has_offers`."""
    hours = WorkingHours.objects.filter(practitioner=OuterRef("pk"))
    offers = PractitionerService.objects.filter(practitioner=OuterRef("pk"), is_active=True, service__is_active=True)
    rows = Practitioner.objects.annotate(has_hours=Exists(hours), has_offers=Exists(offers))
    return rows.order_by("-is_active", "pk")


def checklist(user: User) -> list[Step]:
    """What a clinic needs before its first patient, in the order of doing it."""
    services = Service.objects.filter(is_active=True)
    doctors = list(doctors_with_gaps().filter(is_active=True))
    no_hours = [each.name for each in doctors if not each.has_hours]  # type: ignore[attr-defined]  # annotated
    no_offers = [each.name for each in doctors if not each.has_offers]  # type: ignore[attr-defined]  # annotated
    unserved = services.annotate(given=Count("offers", filter=Q(offers__is_active=True))).filter(given=0)
    roomless = services.filter(needs_room=True).annotate(count=Count("rooms", filter=Q(rooms__is_active=True)))
    this_year = Holiday.objects.filter(date__gte=_year_start(), date__lt=_year_start(1))
    desk = RoleGrant.objects.filter(role__in=[Role.SECRETARY, Role.MANAGER], user__is_active=True)
    branches = open_branches().filter(address="")
    return [
        Step(
            not branches,
            _("Where you are"),
            _("Give every branch its address, so that patients find it."),
            "/set-up/branches/",
        ),
        Step(
            services.exists() and not [each for each in roomless if not each.count],
            _("What can be booked"),
            _("Services with their length and price; those that need a room know which."),
            "/set-up/services/",
        ),
        Step(
            bool(doctors) and not no_offers and not unserved,
            _("Who gives it"),
            _missing(_("Every doctor gives a service, and every service has a doctor."), no_offers),
            "/set-up/doctors/",
        ),
        Step(
            bool(doctors) and not no_hours,
            _("When they work"),
            _missing(_("Weekly hours of every doctor."), no_hours),
            "/set-up/doctors/",
        ),
        Step(
            this_year.exists(),
            _("When you are closed"),
            _("Holidays of this year."),
            "/set-up/holidays/",
        ),
        Step(
            desk.exists() or not user.can(Perm.STAFF_MANAGE),
            _("Who runs the desk"),
            _("Invite reception by mobile number."),
            "/set-up/staff/" if user.can(Perm.STAFF_MANAGE) else "",
        ),
    ]


def _missing(text: str, names: list[str]) -> str:
    if not names:
        return text
    return _("%(text)s Missing: %(names)s.") % {"text": text, "names": "، ".join(names[:4])}


def _year_start(later: int = 0) -> dt.date:
    year, _month, _day = year_month_day(timezone.localdate())
    return make_date(year + later, 1, 1)


def rooms_by_branch(user: User) -> list[tuple[Branch, list[Room]]]:
    """The rooms of the branches that an account sets up."""
    branches = list(my_branches(user))
    rooms: dict[int, list[Room]] = {}
    for room in Room.objects.filter(branch__in=branches).order_by("-is_active", "pk"):
        rooms.setdefault(room.branch_id, []).append(room)
    return [(branch, rooms.get(branch.pk, [])) for branch in branches]


def week_of(
    practitioner: Practitioner, branch: Branch, first: dt.date | None = None, last: dt.date | None = None
) -> dict[int, list[WorkingHours]]:
    """The weekly hours of a doctor in a branch by weekday: the usual ones, or those of a plan between two days."""
    week: dict[int, list[WorkingHours]] = {}
    rows = WorkingHours.objects.filter(
        practitioner=practitioner, branch=branch, valid_from=first, valid_until=last, replaces=first is not None
    )
    for row in rows.select_related("room").prefetch_related("services").order_by("weekday", "starts"):
        week.setdefault(row.weekday, []).append(row)
    return week


@dataclass(frozen=True)
class Plan:
    """Another week of a doctor in a branch for some time; of one day where both are the same."""

    branch: Branch
    first: dt.date
    last: dt.date | None
    stretches: list[WorkingHours]

    @property
    def is_over(self) -> bool:
        """Whether it lies behind."""
        return self.last is not None and self.last < timezone.localdate()

    @property
    def is_one_day(self) -> bool:
        """Whether it counts on a single day."""
        return self.first == self.last


def plans_of(practitioner: Practitioner, branches: list[Branch]) -> list[Plan]:
    """The weeks that replace a doctor's usual one, those that are over left out, in order of time."""
    plans: dict[tuple, Plan] = {}
    rows = WorkingHours.objects.filter(practitioner=practitioner, branch__in=branches, replaces=True)
    for row in rows.select_related("branch").order_by("valid_from", "branch", "weekday", "starts"):
        assert row.valid_from
        key = (row.branch_id, row.valid_from, row.valid_until)
        plan = plans.get(key) or plans.setdefault(key, Plan(row.branch, row.valid_from, row.valid_until, []))
        plan.stretches.append(row)
    return [plan for plan in plans.values() if not plan.is_over]


def equipment_kinds() -> QuerySet[EquipmentKind]:
    """Kinds of equipment with how many services need each."""
    needed = Count("services", filter=Q(services__is_active=True))
    return EquipmentKind.objects.annotate(needed_by=needed).order_by("pk")


def devices_by_kind(user: User) -> dict[int, list[Equipment]]:
    """The devices of the branches that an account sets up, by kind."""
    found: dict[int, list[Equipment]] = {}
    rows = Equipment.objects.filter(branch__in=my_branches(user)).select_related("branch", "kind")
    for device in rows.order_by("-is_active", "branch", "pk"):
        found.setdefault(device.kind_id, []).append(device)
    return found


def times_off(user: User) -> QuerySet[TimeOff]:
    """Leaves and closures that are not over, of the branches and doctors that an account sets up."""
    branches = my_branches(user)
    mine = (
        Q(branch__in=branches) | Q(room__branch__in=branches) | Q(practitioner__in=my_practitioners(user).values("pk"))
    )
    rows = TimeOff.objects.filter(mine, ends_at__gt=timezone.now())
    return rows.select_related("practitioner", "room__branch", "branch").order_by("starts_at", "pk").distinct()


def booked_in(time_off: TimeOff) -> int:
    """How many appointments lie in a leave or closure and must be moved by hand."""
    rows = Appointment.objects.filter(
        status__in=UPCOMING, starts_at__lt=time_off.ends_at, ends_at__gt=time_off.starts_at
    )
    if time_off.practitioner_id:
        return rows.filter(practitioner=time_off.practitioner_id).count()
    if time_off.room_id:
        return rows.filter(room=time_off.room_id).count()
    return rows.filter(branch=time_off.branch_id).count()


def holidays_of(year: int, user: User) -> QuerySet[Holiday]:
    """The closed days of a year of the reader's calendar: the clinic's own and those of the account's branches."""
    rows = Holiday.objects.filter(date__gte=make_date(year, 1, 1), date__lt=make_date(year + 1, 1, 1))
    return rows.filter(Q(branch=None) | Q(branch__in=my_branches(user))).select_related("branch").order_by("date", "pk")
