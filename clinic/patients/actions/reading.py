"""Notes of what was read of many patients at once, and of a list that left the clinic."""

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone

from clinic.accounts.models import User
from clinic.patients.models import AccessLog, Patient
from clinic.shared.actions import action
from clinic.shared.actor import current_actor

AGAIN = dt.timedelta(minutes=15)  # a page that draws itself anew is one reading


@action
def note_readings(*, patients: Iterable[Patient], what: str, by: User | None) -> None:
    """Note that an account read something of each of these; not again within a quarter of an hour."""
    cards = {each.pk: each for each in patients}
    rows = AccessLog.objects.filter(user=by, what=what, patient__in=cards, at__gt=timezone.now() - AGAIN)
    lately = set(rows.values_list("patient", flat=True)) if cards else set()
    _write([card for pk, card in cards.items() if pk not in lately], what, by)


@action
def note_list_taken(*, patients: Iterable[Patient], by: User | None) -> None:
    """Note for each of these that their details left the clinic in a list."""
    _write(patients, "list", by)


def _write(patients: Iterable[Patient], what: str, by: User | None) -> None:
    actor = current_actor()
    AccessLog.objects.bulk_create(
        [AccessLog(user=by, patient=each, what=what, ip=actor.ip, request_id=actor.request_id) for each in patients],
        batch_size=2000,
    )
