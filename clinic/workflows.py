"""What follows from what: the one page where apps meet. Handlers only write rows, inside the publisher's transaction."""

from importlib import import_module
from typing import Any

from clinic.shared.events import when
from emr.events import EncounterOpened, EncounterSigned
from finance.events import InvoiceIssued, InvoicePaid, PaymentReceived, PaymentRefunded
from finance.models import REAL_MONEY, Invoice, Refund
from inventory.events import StockLow, StockMoved
from inventory.models import StockMovement
from loyalty.events import PointsMoved, PointsRevalued
from loyalty.models import LoyaltyRule, PointsEntry
from messaging.events import FollowUpDone
from scheduling.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMissed,
    AppointmentRescheduled,
    AppointmentRestored,
    VisitFinished,
    VisitReopened,
    VisitStarted,
)
from scheduling.models import Appointment, Visit


def _do(module: str, name: str, **kw: Any) -> Any:
    try:
        function = getattr(import_module(module), name, None)
    except ModuleNotFoundError:
        return None
    return function(**kw) if function else None


def _told(kind: str, appointment: Appointment, cause: str, **more: Any) -> None:
    _do("messaging.actions", "queue_message", kind=kind, patient=appointment.patient, appointment=appointment, cause=cause, by=None, **more)


@when(AppointmentBooked)
def booked(event: AppointmentBooked) -> None:
    _told("booking_confirmed", Appointment.objects.get(pk=event.appointment_id), f"appointment:{event.appointment_id}")


@when(AppointmentRescheduled)
def rescheduled(event: AppointmentRescheduled) -> None:
    _do("messaging.actions", "withdraw_for", appointment=Appointment.objects.get(pk=event.old_id), by=None)
    _told("appointment_moved", Appointment.objects.get(pk=event.new_id), f"appointment:{event.new_id}")


@when(AppointmentCancelled)
def cancelled(event: AppointmentCancelled) -> None:
    appointment = Appointment.objects.get(pk=event.appointment_id)
    _do("messaging.actions", "withdraw_for", appointment=appointment, by=None)
    if appointment.patient_id:
        _told("appointment_cancelled", appointment, f"appointment:{event.appointment_id}")


@when(AppointmentRestored)
def restored(event: AppointmentRestored) -> None:
    _do("messaging.actions", "withdraw_for", appointment=Appointment.objects.get(pk=event.appointment_id), by=None)


@when(AppointmentMissed)
def missed(event: AppointmentMissed) -> None:
    pass


@when(VisitStarted)
def visit_started(event: VisitStarted) -> None:
    _do("inventory.actions", "prepare_consumption", visit=Visit.objects.get(pk=event.visit_id), by=None)


@when(VisitFinished)
def visit_finished(event: VisitFinished) -> None:
    visit = Visit.objects.select_related("patient", "branch", "service", "appointment").get(pk=event.visit_id)
    _do("inventory.actions", "post_consumption", visit=visit, by=None)
    _do("finance.actions", "issue_for_visit", visit=visit, by=None)
    _do("messaging.actions", "queue_message", kind="thank_you", patient=visit.patient, cause=f"visit:{visit.pk}", by=None)


@when(VisitReopened)
def visit_reopened(event: VisitReopened) -> None:
    visit = Visit.objects.get(pk=event.visit_id)
    _do("finance.actions", "cancel_for_visit", visit=visit, by=None)
    _do("inventory.actions", "take_back_consumption", visit=visit, by=None)


@when(EncounterOpened)
def encounter_opened(event: EncounterOpened) -> None:
    pass


@when(EncounterSigned)
def encounter_signed(event: EncounterSigned) -> None:
    pass


@when(StockMoved)
def stock_moved(event: StockMoved) -> None:
    _do("finance.actions", "post_stock", movement=StockMovement.objects.get(pk=event.movement_id), by=None)


@when(StockLow)
def stock_low(event: StockLow) -> None:
    pass


@when(InvoiceIssued)
def invoice_issued(event: InvoiceIssued) -> None:
    pass


@when(PaymentReceived)
def payment_received(event: PaymentReceived) -> None:
    pass


@when(InvoicePaid)
def invoice_paid(event: InvoicePaid) -> None:
    invoice = Invoice.objects.select_related("patient").get(pk=event.invoice_id)
    amount = _do("finance.queries", "real_money_paid", invoice=invoice)
    if amount:
        _do("loyalty.actions", "earn", patient=invoice.patient, amount=amount, cause=f"invoice:{invoice.pk}", by=None)


@when(PaymentRefunded)
def payment_refunded(event: PaymentRefunded) -> None:
    refund = Refund.objects.select_related("payment__invoice__patient").get(pk=event.refund_id)
    invoice = refund.payment.invoice
    if invoice and refund.payment.method in REAL_MONEY:
        kept = _do("finance.queries", "real_money_paid", invoice=invoice)
        _do(
            "loyalty.actions",
            "take_back",
            patient=invoice.patient,
            cause=f"invoice:{invoice.pk}",
            kept=kept,
            before=kept + refund.amount,
            because=f"refund:{refund.pk}",
            by=None,
        )


@when(PointsMoved)
def points_moved(event: PointsMoved) -> None:
    _do("finance.actions", "post_points", entry=PointsEntry.objects.get(pk=event.entry_id), by=None)


@when(PointsRevalued)
def points_revalued(event: PointsRevalued) -> None:
    rule = LoyaltyRule.objects.get(pk=event.rule_id)
    _do("finance.actions", "post_points_revaluation", rule=rule, amount=event.amount, by=None)


@when(FollowUpDone)
def follow_up_done(event: FollowUpDone) -> None:
    pass
