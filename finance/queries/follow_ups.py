"""Reads of free follow-ups: which one a visit may use, and what is said of it."""

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.shared.calendar import format_date
from clinic.shared.money import format_number
from finance.models import FollowUpWindow, Invoice, InvoiceLine
from finance.queries.days import local_day
from finance.statuses import FollowUpStatus, InvoiceStatus
from scheduling.models import Appointment, Visit

SOURCE = "follow-up:"


def window_for(visit: Visit) -> FollowUpWindow | None:
    """The window that makes a visit free or cheaper: of its patient, doctor and service, open on its day.

    The visit that opened it never counts; nor does a window of which every visit is used.
    """
    rows = FollowUpWindow.objects.filter(
        Q(patient=visit.patient_id) | Q(patient__merged_into=visit.patient_id),
        practitioner=visit.practitioner_id, service=visit.service_id, status=FollowUpStatus.ACTIVE,
        begins__lte=visit.day, until__gte=visit.day,
    )  # fmt: skip
    if visit.pk:
        rows = rows.exclude(invoice__visit=visit.pk)
    return next((row for row in rows.order_by("until", "pk") if used(row) < row.visits), None)


def window_of_booking(booked: Appointment) -> FollowUpWindow | None:
    """The window that an appointment would use if it stays on its day."""
    if booked.patient_id is None or booked.practitioner_id is None:
        return None
    day = local_day(booked.branch, booked.starts_at)
    visit = Visit(
        patient_id=booked.patient_id, practitioner_id=booked.practitioner_id, service_id=booked.service_id, day=day
    )
    return window_for(visit)


def used(window: FollowUpWindow) -> int:
    """How many visits used it: the lines of standing bills whose price names it."""
    own = f"{SOURCE}{window.pk}"  # a membership may have taken more off
    rows = InvoiceLine.objects.filter(Q(price_source=own) | Q(price_source__startswith=f"{own} "))
    return rows.exclude(invoice__status=InvoiceStatus.CANCELLED).count()


def window_named(source: str) -> FollowUpWindow | None:
    """The window that the source of a price names."""
    if not source.startswith(SOURCE):
        return None
    return FollowUpWindow.objects.filter(pk=source.split(maxsplit=1)[0].removeprefix(SOURCE)).first()


def said(window: FollowUpWindow) -> str:
    """What the desk reads: why this costs nothing, or less."""
    text = ngettext(
        "Follow-up within %(days)s day of %(begins)s", "Follow-up within %(days)s days of %(begins)s", window.days
    )
    found = text % {"days": format_number(window.days), "begins": format_date(window.begins)}
    if window.percent:
        found = _("%(why)s: %(percent)s percent of the price") % {
            "why": found, "percent": format_number(window.percent),
        }  # fmt: skip
    return found


def why_of(visit: Visit, invoice: Invoice | None) -> str:
    """What the desk reads beside a visit: of its bill, or of what that will be."""
    if invoice is None:
        window = window_for(visit)
    else:
        named = invoice.lines.filter(price_source__startswith=SOURCE).values_list("price_source", flat=True).first()
        window = window_named(named) if named else None
    return said(window) if window else ""


def said_of_booking(booked: Appointment) -> str:
    """What the desk reads beside an appointment; nothing once it lies outside of the days."""
    window = window_of_booking(booked)
    return said(window) if window else ""
