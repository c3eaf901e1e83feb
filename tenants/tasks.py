"""Builds admitted clinics."""

from importlib import import_module

from celery import shared_task

from tenants.models import ClinicRequest
from tenants.statuses import RequestStatus


@shared_task
def build_requested(pk: int) -> None:
    """Build the clinic of one approved request."""
    request = ClinicRequest.objects.filter(pk=pk, status=RequestStatus.APPROVED).first()
    if request:
        _actions().build_requested(request=request)


def sweep_requests() -> None:
    """Build what a lost wake-up left behind."""
    for request in ClinicRequest.objects.filter(status=RequestStatus.APPROVED):
        _actions().build_requested(request=request)


def _actions():  # type: ignore[no-untyped-def]  # its type lies in a layer that is loaded later
    return import_module("tenants.actions")  # the actions wake these tasks; the loop is closed at run time
