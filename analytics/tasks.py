"""Timed work; what runs when stands in clinic/celery.py."""

from celery import shared_task

from analytics import actions
from clinic.patients.models import RecordExport

AT_ONCE = 20


def make_day_packs() -> None:
    """Keep every branch's pack a few minutes young."""
    actions.make_packs(by=None)


@shared_task
def make_record(pk: int) -> None:
    """Make one record that was asked for."""
    actions.make_record(export_id=pk, by=None)


def sweep_records() -> None:
    """Make what a lost wake-up left behind, and forget what was kept for its day."""
    for pk in RecordExport.objects.filter(ready_at=None).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]:
        actions.make_record(export_id=pk, by=None)
    actions.forget_records(by=None)
