"""The line: its order, the next call, skips, and what people are told about their wait."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.utils import timezone

from clinic.shared.tenancy import use_clinic
from scheduling import actions
from scheduling.models import Visit
from scheduling.queries.floor import display, place_of, queue_rows
from scheduling.statuses import VisitStatus
from tests.scheduling.floor_make import Floor
from tests.statements import statements

V = VisitStatus


@pytest.fixture
def floor(make: Any) -> Floor:
    return Floor(make)


def minutes(number: float) -> dt.timedelta:
    return dt.timedelta(minutes=number)


def order(floor: Floor) -> list[int]:
    return [row.id for row in queue_rows(floor.branch) if row.status == V.ARRIVED]


def test_the_line_goes_by_what_was_promised_not_by_arrival(floor: Floor) -> None:
    now = timezone.now()
    early = floor.visit(starts_at=now + minutes(40))
    on_time = floor.visit(starts_at=now + minutes(5))
    assert order(floor) == [on_time.pk, early.pk]


def test_who_comes_too_late_stands_by_arrival(floor: Floor) -> None:
    now = timezone.now()
    waits = floor.visit(starts_at=now - minutes(10))
    too_late = floor.visit(starts_at=now - minutes(60))
    assert order(floor) == [waits.pk, too_late.pk]


def test_urgent_goes_first(floor: Floor) -> None:
    first = floor.visit()
    urgent = actions.walk_in(
        patient=floor.make.patient(), service=floor.service, practitioner=floor.doctor, branch=floor.branch,
        priority=20, by=floor.clerk,
    )  # fmt: skip
    assert order(floor) == [urgent.pk, first.pk]
    assert actions.call_next(branch=floor.branch, by=floor.clerk) == urgent


def test_call_next_is_of_the_doctor_and_ends(floor: Floor) -> None:
    colleague = floor.make.practitioner(floor.service)
    hers = floor.visit(practitioner=colleague)
    floor.visit()
    assert actions.call_next(branch=floor.branch, practitioner=colleague, by=floor.clerk) == hers
    assert actions.call_next(branch=floor.branch, practitioner=colleague, by=floor.clerk) is None


def test_a_skipped_patient_goes_behind_two(floor: Floor) -> None:
    visits = [floor.visit() for _number in range(4)]
    called = actions.call_next(branch=floor.branch, by=floor.clerk)
    assert called == visits[0]
    actions.skip(visit=called, by=floor.clerk)
    assert order(floor) == [visits[1].pk, visits[2].pk, visits[0].pk, visits[3].pk]


def test_calling_again_keeps_each_call(floor: Floor) -> None:
    visit = floor.visit("call", "call")
    assert [move.reason for move in visit.moves.order_by("pk")] == ["", "", "recall"]


def test_a_walk_in_gets_free_time_or_a_place_in_line(floor: Floor) -> None:
    def walk_in() -> Visit:
        return actions.walk_in(
            patient=floor.make.patient(), service=floor.service, practitioner=floor.doctor, branch=floor.branch,
            by=floor.clerk,
        )  # fmt: skip

    for hours in floor.doctor.hours.all():
        hours.starts, hours.ends = dt.time(0), dt.time(23, 59)
        hours.save()
    first, second = walk_in(), walk_in()
    assert first.appointment is not None
    first.appointment.refresh_from_db()
    assert (first.appointment.source, first.appointment.status) == ("walk_in", "checked_in")
    assert second.appointment is None
    assert (first.number, second.number) == (1, 2)


def test_waits_add_up_and_are_told_as_ranges(floor: Floor) -> None:
    floor.through_the_night()
    first, second, third = floor.visit("enter_room"), floor.visit(), floor.visit()
    now = timezone.now() + minutes(5)
    rows = {row.id: row for row in queue_rows(floor.branch, now=now)}
    assert (rows[second.pk].place, rows[third.pk].place) == (1, 2)
    # 15 minutes are left of the first visit's 20, then a minute to change; nothing is learned yet.
    assert (rows[second.pk].wait_low, rows[second.pk].wait_high) == (5, 25)
    assert (rows[third.pk].wait_low, rows[third.pk].wait_high) == (25, 50)
    assert rows[first.pk].waited == 0


def test_nobody_is_promised_to_go_in_before_her_time(floor: Floor) -> None:
    visit = floor.visit(starts_at=timezone.now() + minutes(60))
    row = queue_rows(floor.branch)[0]
    assert (row.id, row.wait_low) == (visit.pk, 55)
    assert row.wait_high >= 60


@pytest.mark.parametrize(("waited", "level"), [(14, ""), (15, "warn"), (29, "warn"), (30, "long")])
def test_colours_of_a_wait(floor: Floor, waited: int, level: str) -> None:
    floor.through_the_night()
    floor.visit()
    row = queue_rows(floor.branch, now=timezone.now() + minutes(waited + 0.5))[0]
    assert (row.waited, row.level) == (waited, level)


def test_a_place_in_line_by_its_token(floor: Floor) -> None:
    floor.visit()
    visit = floor.visit()
    found = place_of(visit.queue_token)
    assert found is not None
    assert found[0] == visit
    assert found[1] is not None
    assert found[1].place == 2
    assert place_of("no-such-token") is None


def test_the_display_shows_three_calls_or_all_who_have_not_come_and_five_next(floor: Floor) -> None:
    visits = [floor.visit() for _number in range(10)]
    for visit in visits[:4]:
        actions.call(visit=visit, by=floor.clerk)
    shown = display(floor.branch)
    assert [row.number for row in shown["calls"]] == [4, 3, 2, 1]
    actions.enter_room(visit=visits[3], by=floor.clerk)
    actions.enter_room(visit=visits[2], by=floor.clerk)
    assert [row.number for row in display(floor.branch)["calls"]] == [2, 1, 4]
    assert [row.number for row in shown["next"]] == [5, 6, 7, 8, 9]


def test_the_queue_costs_the_same_for_two_and_for_twenty(floor: Floor) -> None:
    for _number in range(2):
        floor.visit()
    assert statements(lambda: queue_rows(floor.branch)) == 3
    for _number in range(18):
        floor.visit()
    assert statements(lambda: queue_rows(floor.branch)) == 3
    assert len(queue_rows(floor.branch)) == 20


def test_two_who_press_at_once_call_two_patients(committed: Any, make: Any) -> None:
    floor = Floor(make)
    for _number in range(4):
        floor.visit()
    start, called, errors = threading.Barrier(4), [], []

    def press() -> None:
        from django.db import connection

        try:
            with use_clinic(committed):
                start.wait(10)
                visit = actions.call_next(branch=floor.branch, by=None)
                called.append(visit.number if visit else None)
        except Exception as error:  # noqa: BLE001 (told by the assertion below)
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not errors
    assert sorted(called) == [1, 2, 3, 4]
