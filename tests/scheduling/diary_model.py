"""A small diary of the test's own: who has which half hour, kept in a dictionary; the product is held against it."""

import datetime as dt
import itertools
import secrets
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone

from clinic.accounts.models import User
from clinic.patients.actions import own_patient_for
from clinic.shared.errors import ActionError
from scheduling import actions
from scheduling.models import Appointment, FreedTime, Occupancy, WaitlistEntry, WaitlistOffer
from scheduling.queries.asked import asked_for
from scheduling.statuses import HOLDS_THE_SLOT, LIVE_ENTRIES, AppointmentStatus, OfferStatus, WaitlistStatus

A = AppointmentStatus
CELLS, DOCTORS, PATIENTS = 4, 2, 3
HALF_HOUR = dt.timedelta(minutes=30)

# Two people on one resource at once, by the rows themselves and not by the constraint that forbids it.
OVERLAPS = """
    SELECT count(*) FROM scheduling_occupancy a JOIN scheduling_occupancy b
      ON a.resource = b.resource AND a.id < b.id AND a.interval && b.interval
"""


def noon_zone() -> str:
    """A time zone in which it is about noon now, so that nobody is asked at night whenever the tests run."""
    ahead = 12 - timezone.now().hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "UTC"


@dataclass
class World:
    """Two doctors, three patients and a morning of four half hours, far enough ahead that nothing is too late."""

    service: Any
    branch: Any
    doctors: list[Any]
    patients: list[Any]
    accounts: list[User]
    begin: dt.datetime
    holds: list[tuple[Appointment, str]] = field(default_factory=list)
    booked: list[Appointment] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def at(self, cell: int) -> dt.datetime:
        """The beginning of a cell."""
        return self.begin + cell * HALF_HOUR

    def cell_of(self, appointment: Appointment) -> int:
        """The other way round."""
        return int((appointment.starts_at - self.begin) / HALF_HOUR)


def make_world(make: Any, day: int = 3) -> World:
    """The rows that a sequence plays with."""
    branch = make.branch(name=f"B{secrets.token_hex(3)}", time_zone=noon_zone())
    service = make.service(horizon_days=730, cancel_until_hours=0)
    doctors = [make.practitioner(service, branch=branch) for _each in range(DOCTORS)]
    begin = (timezone.now() + dt.timedelta(days=day)).replace(minute=0, second=0, microsecond=0)
    accounts = [make.user("patient") for _each in range(PATIENTS)]
    patients = [own_patient_for(user=each, first_name="Sara", last_name="Karimi", by=each) for each in accounts]
    return World(service, branch, doctors, patients, accounts, begin)


def play(world: World, step: tuple[Any, ...]) -> bool | None:
    """One step through the product's own actions: True where it was done, False where it was refused, None where there
    was nothing to do it with.
    """
    kind, first, second, third = step
    do = STEPS[kind]
    try:
        done = do(world, first, second, third)
    except ActionError:
        return False
    return done


def _hold(world: World, doctor: int, cell: int, _third: int) -> bool:
    secret = secrets.token_hex(8)
    held = actions.hold(
        service=world.service, practitioner=world.doctors[doctor % DOCTORS], branch=world.branch,
        starts_at=world.at(cell % CELLS), secret=secret, by=None,
    )  # fmt: skip
    world.holds.append((held, secret))
    return True


def _book(world: World, which: int, patient: int, _third: int) -> bool | None:
    if not world.holds:
        return None
    held, secret = world.holds[which % len(world.holds)]
    booked = actions.book(hold=held, patient=world.patients[patient % PATIENTS], secret=secret, by=None)
    world.booked.append(booked)
    return True


def _at_once(world: World, doctor: int, cell: int, patient: int) -> bool:
    """As the API does where nothing was held: asked for in one question, written by one statement."""
    number = patient % PATIENTS
    user = world.accounts[number]
    names = {"service": world.service.pk, "doctor": world.doctors[doctor % DOCTORS].pk, "branch": world.branch.pk}
    asked = asked_for(**names, starts_at=world.at(cell % CELLS), user=user)
    assert asked.doctor
    booked = actions.book_direct(
        service=world.service, practitioner=asked.doctor, branch=world.branch, patient=world.patients[number],
        starts_at=world.at(cell % CELLS), source="site", as_patient=True, known=asked.known, by=user,
    )  # fmt: skip
    world.booked.append(booked)
    return True


def _lapse(world: World, which: int, sweep: int, _third: int) -> bool | None:
    """The five minutes of a hold are over; sometimes the sweep comes by before the next step."""
    if not world.holds:
        return None
    held, _secret = world.holds[which % len(world.holds)]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE scheduling_appointment SET hold_expires_at = now() - interval '1 second' "
            "WHERE id = %s AND status = 'held'",
            [held.pk],
        )
    if sweep % 2:
        actions.expire_holds()
    return True


def _cancel(world: World, which: int, by_patient: int, _third: int) -> bool | None:
    if not world.booked:
        return None
    actions.cancel(appointment=world.booked[which % len(world.booked)], by_patient=bool(by_patient % 2), by=None)
    return True


def _move(world: World, which: int, doctor: int, cell: int) -> bool | None:
    if not world.booked:
        return None
    moved = actions.reschedule(
        appointment=world.booked[which % len(world.booked)], starts_at=world.at(cell % CELLS),
        practitioner=world.doctors[doctor % DOCTORS], by=None,
    )  # fmt: skip
    world.booked.append(moved)
    return True


def _restore(world: World, which: int, _second: int, _third: int) -> bool | None:
    if not world.booked:
        return None
    actions.restore(appointment=world.booked[which % len(world.booked)], by=None)
    return True


def _confirm(world: World, which: int, _second: int, _third: int) -> bool | None:
    if not world.booked:
        return None
    actions.confirm(appointment=world.booked[which % len(world.booked)], by=None)
    return True


def _wait(world: World, patient: int, instead: int, which: int) -> bool | None:
    who = world.patients[patient % PATIENTS]
    own = list(Appointment.objects.filter(patient=who, status=A.BOOKED, branch=world.branch).order_by("pk"))
    old = own[which % len(own)] if own and instead % 2 else None
    actions.join_waitlist(patient=who, service=world.service, branch=world.branch, instead_of=old, by=None)
    return True


def _accept(world: World, which: int, _second: int, _third: int) -> bool | None:
    offer = _some_offer(world, which)
    if offer is None:
        return None
    world.booked.append(actions.accept_offer(offer=offer, by=None))
    return True


def _decline(world: World, which: int, _second: int, _third: int) -> bool | None:
    offer = _some_offer(world, which)
    if offer is None:
        return None
    actions.decline_offer(offer=offer, by=None)
    return True


def _answer_late(world: World, which: int, _second: int, _third: int) -> bool | None:
    """The time for an answer is over, and the sweep passes the offer on."""
    offer = _some_offer(world, which)
    if offer is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("UPDATE scheduling_waitlistoffer SET expires_at = now() WHERE id = %s", [offer.pk])
    actions.pass_on(time=offer.time)
    return True


def _withdraw(world: World, which: int, _second: int, _third: int) -> bool | None:
    entries = list(WaitlistEntry.objects.filter(branch=world.branch, status__in=LIVE_ENTRIES).order_by("pk"))
    if not entries:
        return None
    actions.withdraw_entry(entry=entries[which % len(entries)], by=None)
    return True


def _some_offer(world: World, which: int) -> WaitlistOffer | None:
    rows = WaitlistOffer.objects.select_related("time", "entry", "hold").filter(hold__branch=world.branch)
    offers = list(rows.order_by("pk"))
    return offers[which % len(offers)] if offers else None


STEPS = {
    "hold": _hold,
    "book": _book,
    "at once": _at_once,
    "lapse": _lapse,
    "cancel": _cancel,
    "move": _move,
    "restore": _restore,
    "confirm": _confirm,
    "wait": _wait,
    "accept": _accept,
    "decline": _decline,
    "late": _answer_late,
    "withdraw": _withdraw,
}


def check(world: World) -> None:
    """What must be true whatever happened, from the rows alone."""
    rows = {row.pk: row for row in Appointment.objects.filter(branch=world.branch)}
    assert world.seen <= set(rows), "an appointment was lost"
    world.seen = set(rows)
    with connection.cursor() as cursor:
        cursor.execute(OVERLAPS)
        assert cursor.fetchone()[0] == 0, "somebody is in two places"
    taken: dict[int, dict[str, Occupancy]] = {}
    for each in Occupancy.objects.filter(appointment__in=rows):
        taken.setdefault(each.appointment_id, {})[each.resource] = each
    owners: dict[tuple[int, dt.datetime], int] = {}
    for row in rows.values():
        own = set(taken.get(row.pk, {}))
        if row.status not in HOLDS_THE_SLOT:
            assert own == set(), f"{row.status} occupies time"
            continue
        wanted = {f"d:{row.practitioner_id}"} | ({f"p:{row.patient_id}"} if row.patient_id else set())
        assert own == wanted, f"{row.status} occupies {own}"
        assert owners.setdefault((row.practitioner_id, row.starts_at), row.pk) == row.pk, "two own one time"
        assert (row.patient_id is None) == (row.status == A.HELD)
    for row in rows.values():
        assert (row.status == A.RESCHEDULED) == (row.successor_id is not None)
    _check_moves(rows)
    _check_waitlist(world, rows)


def _check_moves(rows: dict[int, Appointment]) -> None:
    """The last move of each leads to where it stands, and the moves are one chain."""
    from scheduling.models import AppointmentStatusChange

    chains: dict[int, list[tuple[str, str]]] = {}
    for move in AppointmentStatusChange.objects.filter(subject__in=rows).order_by("pk"):
        chains.setdefault(move.subject_id, []).append((move.from_status, move.to_status))
    for pk, row in rows.items():
        chain = chains[pk]
        assert chain[0][0] == ""
        assert chain[-1][1] == row.status
        assert all(before[1] == after[0] for before, after in itertools.pairwise(chain))


def _check_waitlist(world: World, rows: dict[int, Appointment]) -> None:
    offers = list(WaitlistOffer.objects.select_related("hold", "entry").filter(hold__branch=world.branch))
    live = [offer for offer in offers if offer.status == OfferStatus.OFFERED]
    asked = [offer.entry_id for offer in live]
    assert len(asked) == len(set(asked)), "one is asked for two times at once"
    for entry in WaitlistEntry.objects.filter(branch=world.branch):
        assert (entry.status == WaitlistStatus.OFFERED) == (entry.pk in asked)
        if entry.status == WaitlistStatus.BOOKED:
            assert entry.booked_id in rows
    for offer in live:
        assert offer.hold.status == A.HELD or offer.hold.hold_expires_at <= timezone.now()
    won = [offer.hold_id for offer in offers if offer.status == OfferStatus.ACCEPTED]
    assert len(won) == len(set(won)), "two won one time"
    for time in FreedTime.objects.filter(branch=world.branch, outcome=""):
        assert time.look_at is not None or any(offer.time_id == time.pk for offer in live), "a search was forgotten"
