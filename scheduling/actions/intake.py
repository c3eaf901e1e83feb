"""What the diary shows of a form that the patient fills before her visit."""

from typing import Any

from clinic.shared.actions import action
from clinic.shared.notices import tell
from scheduling.models import Appointment


@action
def note_intake(*, appointment: Appointment | None, state: str, by: Any) -> None:
    """Keep how far the form of an appointment is (`sent`, `filled`, `accepted` …), so that the board shows it."""
    if appointment is None:
        return
    row = Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    row.intake = state[:10]
    row.save()
    tell("board", branch=row.branch_id)
