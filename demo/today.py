"""Today, half over: laid round the moment of start and topped up at each start."""

import datetime as dt
import secrets
import zoneinfo
from random import Random

from django.db.models import Max
from django.utils import timezone

from clinic.accounts.models import Branch
from clinic.patients.models import Patient
from clinic.roof.seeding import diary, money
from clinic.shared.tenancy import ClinicInfo
from demo.care import lay_care
from demo.purse import lay_drawer
from demo.shares import lay_shares
from demo.world import DemoClinic
from finance.models import PaymentMethod
from messaging.actions import conversation_beside, write_message
from messaging.models import ChatSide
from scheduling.actions.occupancy import occupy
from scheduling.models import (
    Appointment,
    AppointmentStatusChange,
    FloorRules,
    Mode,
    Occupancy,
    Practitioner,
    Priority,
    Room,
    RoomStay,
    Service,
    Source,
    Visit,
    WorkingHours,
)
from scheduling.statuses import AppointmentStatus, VisitStatus

HOURS_BACK, HOURS_AHEAD = 3, 4
EARLY_MINUTES = 50
NO_CASH = [method for method in money.METHODS if method != PaymentMethod.CASH]  # cash goes through a drawer


def lay_today(demo: DemoClinic, clinic: ClinicInfo) -> None:
    """Fill the hours round this moment and the coming days, unless an earlier start did so."""
    branch = Branch.objects.order_by("pk").first()
    assert branch
    now = timezone.now().replace(second=0, microsecond=0)
    zone = zoneinfo.ZoneInfo(branch.time_zone)
    today = now.astimezone(zone).date()
    doctors = list(Practitioner.objects.filter(is_active=True).order_by("pk")[:3])
    services = list(Service.objects.filter(is_active=True).order_by("pk"))
    people = list(Patient.objects.order_by("-pk").values_list("pk", flat=True)[:400])
    cast = diary.Cast(branch, doctors, services, people, set())
    rng = Random(f"{demo.schema}{today}")
    begins, ends = _shift(now, zone, today)
    _open(doctors, branch, begins, ends, today)
    if not Visit.objects.filter(branch=branch, day=today).exists():
        _lay(cast, rng, now, begins, ends)
        _charts(demo, doctors[0], today)
        lay_shares(branch, today)
    lay_drawer(demo, branch)
    _online(demo, branch, now, zone)
    _coming_days(cast, rng, today)


def _charts(demo: DemoClinic, doctor: Practitioner, today: dt.date) -> None:
    """The doctor's next patients have a past worth reading."""
    here = Visit.objects.filter(practitioner=doctor, day=today, finished_at=None).order_by("promised_at")
    for visit in here.select_related("patient")[:3]:
        lay_care(demo, visit.patient, doctor)


def _online(demo: DemoClinic, branch: Branch, now: dt.datetime, zone: zoneinfo.ZoneInfo) -> None:
    """A visit by video that begins in some minutes, of the patient with an account, who has written already."""
    if Appointment.objects.filter(mode=Mode.ONLINE, status=AppointmentStatus.BOOKED, ends_at__gt=now).exists():
        return
    doctor = Practitioner.objects.filter(is_active=True, user__isnull=False).order_by("pk").first()
    patient = Patient.objects.filter(access__isnull=False).order_by("pk").first()
    service = Service.objects.filter(is_active=True).order_by("pk").first()
    if doctor is None or patient is None or service is None:
        return
    starts_at = now + dt.timedelta(minutes=10 - now.minute % 5)
    appointment = Appointment(
        status=AppointmentStatus.BOOKED,
        mode=Mode.ONLINE,
        branch=branch,
        service=service,
        practitioner=doctor,
        patient=patient,
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=20),
        wall_time=starts_at.astimezone(zone).replace(tzinfo=dt.UTC),
        time_zone=branch.time_zone,
        price=service.price,
        source=Source.SITE,
        link_token=secrets.token_urlsafe(32),
    )
    appointment.save()
    AppointmentStatusChange.record(appointment, "", AppointmentStatus.BOOKED, by=None)
    occupy(appointment, override=True)
    words = "سلام، عکس زخم را آماده کرده‌ام." if demo.language == "fa" else "Hello, I have the photos of the scar ready."
    beside = conversation_beside(appointment=appointment, by=None)
    write_message(conversation=beside, side=ChatSide.PATIENT, text=words, by=None)


def _shift(now: dt.datetime, zone: zoneinfo.ZoneInfo, today: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """From some hours ago until some hours from now, inside the branch's day."""
    first = dt.datetime.combine(today, dt.time(0, 15), tzinfo=zone)
    last = dt.datetime.combine(today, dt.time(23, 45), tzinfo=zone)
    begins = max(first, now.astimezone(zone) - dt.timedelta(hours=HOURS_BACK)).replace(minute=0)
    return max(first, begins), min(last, now.astimezone(zone) + dt.timedelta(hours=HOURS_AHEAD)).replace(minute=45)


def _open(doctors: list[Practitioner], branch: Branch, begins: dt.datetime, ends: dt.datetime, today: dt.date) -> None:
    """Hours of today alone, wherever the usual ones do not reach round this moment."""
    for doctor in doctors:
        hours = WorkingHours.objects.filter(practitioner=doctor, valid_from=today, valid_until=today).first()
        hours = hours or WorkingHours(
            practitioner=doctor, branch=branch, weekday=today.weekday(), valid_from=today, valid_until=today
        )
        before = (hours.starts, hours.ends)
        hours.starts = min(hours.starts, begins.time()) if hours.pk else begins.time()
        hours.ends = max(hours.ends, ends.time()) if hours.pk else ends.time()
        if before != (hours.starts, hours.ends):
            hours.save()


def _lay(cast: diary.Cast, rng: Random, now: dt.datetime, begins: dt.datetime, ends: dt.datetime) -> None:
    block = (begins.hour * 60 + begins.minute, ends.hour * 60 + ends.minute)
    people = iter(rng.sample(cast.patients, min(len(cast.patients), 120)))
    slots = list(diary.day_times(cast, rng, begins.date(), 0.75, [block]))
    rows = [
        diary.appointment(cast, rng, slot, next(people), _status(rng, slot[2], slot[1].duration, now)) for slot in slots
    ]
    rows = _without_taken(rows)
    diary.write_appointments(rows)
    numbers = {begins.date(): Visit.objects.filter(day=begins.date()).aggregate(n=Max("number"))["n"] or 0}
    done = diary.finished_visits(cast, rng, [r for r in rows if r.status == AppointmentStatus.FULFILLED], numbers)
    for visit in done:
        visit.left_room_at = visit.finished_at = min(visit.finished_at, now)
    diary.write_visits(done)
    money.bill_visits(rng, done, NO_CASH)
    _in_building(cast, rng, [r for r in rows if r.status == AppointmentStatus.CHECKED_IN], numbers, now)


def _status(rng: Random, starts_at: dt.datetime, duration: dt.timedelta, now: dt.datetime) -> str:
    if starts_at + duration < now - dt.timedelta(minutes=20):
        return AppointmentStatus.NO_SHOW if rng.random() < 0.08 else AppointmentStatus.FULFILLED
    if starts_at < now + dt.timedelta(minutes=EARLY_MINUTES):
        return AppointmentStatus.CHECKED_IN
    return AppointmentStatus.BOOKED


def _without_taken(rows: list[Appointment]) -> list[Appointment]:
    """What people booked themselves in the demo stays; only free times are filled."""
    taken = (
        [
            (o.resource, o.interval.lower, o.interval.upper)
            for o in Occupancy.objects.filter(interval__overlap=(rows[0].starts_at - dt.timedelta(days=1), None))
        ]
        if rows
        else []
    )
    return [
        row
        for row in rows
        if not any(
            resource == f"d:{row.practitioner_id}" and lower < row.ends_at and upper > row.starts_at
            for resource, lower, upper in taken
        )
    ]


def _in_building(
    cast: diary.Cast, rng: Random, rows: list[Appointment], numbers: dict[dt.date, int], now: dt.datetime
) -> None:
    """Who is here: one in each room, the others waiting."""
    visits = diary.finished_visits(cast, rng, rows, numbers)
    rooms = list(Room.objects.filter(branch=cast.branch).order_by("pk"))
    seen: set[int] = set()
    for place, visit in enumerate(visits):
        visit.arrived_at = min(visit.arrived_at, now - dt.timedelta(minutes=rng.randrange(2, 24)))
        visit.finished_at = visit.left_room_at = None
        inside = visit.practitioner_id not in seen and visit.promised_at < now and rooms
        seen.add(visit.practitioner_id)
        born = VisitStatus.IN_ROOM if inside else VisitStatus.ARRIVED
        visit.__dict__["status"] = born
        visit.called_at = visit.in_room_at = now - dt.timedelta(minutes=rng.randrange(3, 18)) if inside else None
        visit.room = rooms.pop(0) if inside else None
        visit.priority = Priority.SOON if not inside and place % 4 == 3 else Priority.NORMAL
    diary.write_visits(visits)
    RoomStay.objects.bulk_create(
        [RoomStay(visit=visit, room=visit.room, entered_at=visit.in_room_at) for visit in visits if visit.room]
    )
    if rooms:  # one that nobody sits in is being made ready
        rooms[-1].cleaning_since = now - dt.timedelta(minutes=4)
        rooms[-1].save()
    if not FloorRules.objects.filter(branch=cast.branch).exists():
        FloorRules(branch=cast.branch, cleans_rooms=True).save()


def _coming_days(cast: diary.Cast, rng: Random, today: dt.date) -> None:
    """A third of the coming week is booked."""
    for ahead in range(1, 8):
        day = today + dt.timedelta(days=ahead)
        if Appointment.objects.filter(wall_time__date=day).exists():
            continue
        open_today = WorkingHours.objects.filter(weekday=day.weekday(), valid_until=None).exists()
        if not open_today:
            continue
        people = iter(rng.sample(cast.patients, min(len(cast.patients), 80)))
        slots = diary.day_times(cast, rng, day, 0.45, [(9 * 60, 13 * 60), (16 * 60, 20 * 60)])
        rows = [diary.appointment(cast, rng, slot, next(people), AppointmentStatus.BOOKED) for slot in slots]
        for row in rows:
            row.created_at = min(row.created_at, timezone.now())
        diary.write_appointments(rows)
