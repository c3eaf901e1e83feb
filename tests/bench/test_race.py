"""A tenth of the great race: 1,000 attempts on 50 slots through HTTP, over two server processes."""

from typing import Any

from bench.race import run
from scheduling.models import Appointment, Occupancy
from scheduling.statuses import AppointmentStatus
from tests.make import Make
from tests.server import serving


def test_each_slot_has_one_winner(committed: Any, capsys: Any) -> None:
    make = Make()
    service = make.service()
    for _number in range(2):
        make.practitioner(service)
    with serving(workers=2, HOLDS_PER_MINUTE="0") as port:
        right = run(f"http://a.localhost:{port}", slots=50, attempts=1000, processes=8, seed=7)
    assert right, capsys.readouterr().out
    held = Appointment.objects.filter(status=AppointmentStatus.HELD)
    assert held.count() == 50
    assert Occupancy.objects.filter(resource__startswith="d:").count() == 50
