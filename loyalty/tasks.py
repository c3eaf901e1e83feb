"""Timed work of loyalty; `clinic/celery.py` says how often."""

from clinic.patients.models import Patient
from loyalty import actions, queries
from loyalty.models import PointsLot


def expire_points() -> None:
    """End the points whose time is over, one patient a transaction."""
    lots = PointsLot.objects.filter(remaining__gt=0, expires_on__lt=queries.today())
    for patient in Patient.objects.filter(pk__in=lots.values("patient")).order_by("pk"):
        actions.expire_points(patient=patient, by=None)
