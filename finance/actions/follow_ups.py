"""Free follow-up: a paid visit opens it, the next visits use it, a day or a taken-back bill ends it."""

import datetime as dt

from django.db import transaction

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.statuses import begin, move
from finance.models import CreditNote, FollowUpWindow, FollowUpWindowStatusChange, Invoice
from finance.queries.days import clinic_today
from finance.queries.follow_ups import used, window_named
from finance.statuses import FOLLOW_UP_MOVES, FollowUpStatus, InvoiceStatus
from scheduling.models import Visit

S = FollowUpStatus


@action
def follow_ups_after(*, visit: Visit, invoice: Invoice, by: User | None) -> None:
    """After the bill of a visit: a window that it used is counted, else a paid one opens its own. May be repeated."""
    line = invoice.lines.order_by("pk").first()
    if line is None:
        return
    window = window_named(line.price_source)
    if window:
        _count(window, by)
        return
    service = visit.service
    given = service.follow_up_days and service.follow_up_visits
    if not given or invoice.total <= 0 or line.price_source.startswith("package:"):
        return
    if FollowUpWindow.objects.filter(invoice=invoice).exists():
        return
    row = FollowUpWindow(
        patient=invoice.patient, practitioner=visit.practitioner, service=service, invoice=invoice, begins=visit.day,
        until=visit.day + dt.timedelta(days=service.follow_up_days), visits=service.follow_up_visits,
        percent=service.follow_up_percent,
    )  # fmt: skip
    begin(row, log=FollowUpWindowStatusChange, by=by)


@action
def free_follow_ups(*, invoice: Invoice, by: User | None) -> None:
    """A bill was taken back: the window that it opened is over, and one that it used can be used again."""
    if invoice.status != InvoiceStatus.CANCELLED:
        return
    _cancel(invoice, by)
    for line in invoice.lines.order_by("pk"):
        if window := window_named(line.price_source):
            _count(window, by)


@action
def follow_credit_note(*, note: CreditNote, by: User | None) -> None:
    """A bill of which nothing is left gives no free follow-up any more."""
    invoice = Invoice.objects.get(pk=note.invoice_id)
    if invoice.credited == invoice.total:
        _cancel(invoice, by)


@action
def expire_follow_ups(*, by: User | None) -> None:
    """End the windows whose last day is over."""
    for row in FollowUpWindow.objects.filter(status=S.ACTIVE, until__lt=clinic_today()).order_by("pk")[:500]:
        with transaction.atomic():
            _move(row, S.EXPIRED, by)


def _cancel(invoice: Invoice, by: User | None) -> None:
    row = FollowUpWindow.objects.filter(invoice=invoice).exclude(status=S.CANCELLED).first()
    if row:
        _move(row, S.CANCELLED, by)


def _count(window: FollowUpWindow, by: User | None) -> None:
    """Bring the state in line with how many visits used it."""
    full = used(window) >= window.visits
    if full and window.status == S.ACTIVE:
        _move(window, S.COMPLETED, by)
    elif not full and window.status == S.COMPLETED:
        _move(window, S.ACTIVE, by)


def _move(window: FollowUpWindow, to: str, by: User | None) -> None:
    move(window, to, moves=FOLLOW_UP_MOVES, log=FollowUpWindowStatusChange, by=by)
