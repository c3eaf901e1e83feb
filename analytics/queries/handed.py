"""What of a record is handed to its patient: the one answer for the bundle and for the paper."""

from django.db.models import QuerySet

from emr.models import CarePlan, File, Intake, Letter, OutcomeScore, ServiceRequest, VitalSign
from emr.statuses import IntakeStatus, LetterStatus, OrderStatus, PlanStatus


def vitals(cards: list[int]) -> QuerySet[VitalSign]:
    """What was measured, oldest first."""
    return VitalSign.objects.filter(patient__in=cards, entered_in_error=False).order_by("measured_at", "pk")


def scores(cards: list[int]) -> QuerySet[OutcomeScore]:
    """What she answered, oldest first."""
    rows = OutcomeScore.objects.filter(patient__in=cards, entered_in_error=False).select_related("measure")
    return rows.order_by("measured_at", "pk")


def orders(cards: list[int]) -> QuerySet[ServiceRequest]:
    """What was ordered; of what came back only `is_shown` is hers."""
    return ServiceRequest.objects.filter(patient__in=cards).exclude(status=OrderStatus.ENTERED_IN_ERROR).order_by("pk")


def is_shown(order: ServiceRequest) -> bool:
    """Whether a doctor has seen the result and shown it to her."""
    return order.status == OrderStatus.REVIEWED and order.released_at is not None


def plans(cards: list[int]) -> QuerySet[CarePlan]:
    """The treatment plans that she sees online."""
    return CarePlan.objects.filter(patient__in=cards, for_patient=True).exclude(status=PlanStatus.DRAFT).order_by("pk")


def letters(cards: list[int]) -> QuerySet[Letter]:
    """The issued letters that she sees online."""
    rows = Letter.objects.filter(patient__in=cards, status=LetterStatus.ISSUED, for_patient=True)
    return rows.select_related("practitioner").order_by("pk")


def files(cards: list[int]) -> QuerySet[File]:
    """Photos and documents that were released to her."""
    return File.objects.filter(patient__in=cards, released_at__isnull=False, removed_at=None).order_by("pk")


def intakes(cards: list[int]) -> QuerySet[Intake]:
    """The forms that she has filled, oldest first."""
    filled = [IntakeStatus.FILLED, IntakeStatus.ACCEPTED]
    return Intake.objects.filter(patient__in=cards, status__in=filled).select_related("asked__form").order_by("pk")
