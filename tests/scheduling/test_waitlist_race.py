"""Two at once on real connections: one wins, nothing is lost or doubled."""

from typing import Any

from scheduling import actions
from scheduling.models import Appointment, Occupancy, WaitlistEntry, WaitlistOffer
from tests.scheduling.test_race import at_once  # noqa: F401  (a fixture)
from tests.scheduling.waiting import Waiting, lapse, told


def test_the_first_of_several_wins(make: Any, at_once: Any) -> None:  # noqa: F811 (the imported fixture)
    hall = Waiting(make)
    hall.rules(waitlist_mode="several", waitlist_at_once=6)
    for _each in range(6):
        hall.joins()
    hall.frees()
    told(hall.time)
    at_once(lambda offer: actions.accept_offer(offer=offer, by=None), list(WaitlistOffer.objects.all()))
    assert Appointment.objects.filter(status="booked").count() == 1
    statuses = sorted(WaitlistOffer.objects.values_list("status", flat=True))
    assert statuses == ["accepted", *["lost"] * 5]
    assert WaitlistEntry.objects.filter(status="waiting").count() == 5


def test_accepting_against_the_sweep(make: Any, at_once: Any) -> None:  # noqa: F811 (the imported fixture)
    hall = Waiting(make)
    first, second = hall.joins(), hall.joins()
    hall.frees()
    offer, time = hall.offer, hall.time
    lapse(offer)
    steps = [lambda: actions.accept_offer(offer=offer, by=None), *[lambda: actions.pass_on(time=time, by=None)] * 3]
    at_once(lambda step: step(), steps)
    assert WaitlistOffer.objects.filter(time=time).count() == 2
    assert list(WaitlistOffer.objects.order_by("pk").values_list("entry", "status")) == [
        (first.pk, "expired"), (second.pk, "offered"),
    ]  # fmt: skip
    assert Occupancy.objects.filter(resource=f"d:{hall.doctor.pk}").count() == 1


def test_accepting_against_cancelling_the_old_visit(make: Any, at_once: Any) -> None:  # noqa: F811 (the imported fixture)
    hall = Waiting(make)
    old = hall.booked(hall.at(9))
    entry = hall.joins(patient=old.patient, instead_of=old)
    hall.frees()
    offer = hall.offer
    steps = [
        lambda: actions.accept_offer(offer=offer, by=None),
        lambda: actions.cancel(appointment=old, by_patient=True, by=None),
    ]
    at_once(lambda step: step(), steps)
    booked = Appointment.objects.get(patient=entry.patient, status="booked")
    assert booked.starts_at == hall.at()
    old.refresh_from_db()
    assert old.status in {"cancelled", "rescheduled"}
