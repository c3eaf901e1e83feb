"""A tenth of the great race: 1,000 attempts on 50 slots through HTTP, over two server processes."""

from typing import Any

from bench.race import find_slots, race
from scheduling.models import Appointment, Occupancy
from scheduling.statuses import AppointmentStatus
from tests.make import Make
from tests.server import serving


def test_each_slot_has_one_winner(committed: Any) -> None:
    make = Make()
    service = make.service()
    for _number in range(2):
        make.practitioner(service)
    with serving(workers=2, HOLDS_PER_MINUTE="0") as port:
        url = f"http://a.localhost:{port}"
        outcome, _slowest, _seconds = race(url, find_slots(url, 50, None), attempts=1000, processes=4, threads=4)
    assert outcome == {201: 50, 409: 950}
    held = Appointment.objects.filter(status=AppointmentStatus.HELD)
    assert held.count() == 50
    assert Occupancy.objects.filter(resource__startswith="d:").count() == 50
