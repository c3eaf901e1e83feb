"""Reads of bills: whose they are and who may see them."""

from django.db.models import Q, QuerySet

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient
from finance.models import Invoice, Payment
from finance.statuses import InvoiceStatus
from scheduling.models import Visit

SHOWN = ("patient", "branch", "visit__practitioner")


def invoices_for(user: User, permission: str = Perm.INVOICES_VIEW) -> QuerySet[Invoice]:
    """The bills that a person may see: those of her branches with the permission, and those of her own patients."""
    own = Q(patient__access__user=user, patient__access__held_at=None) & ~Q(status=InvoiceStatus.DRAFT)
    if permission != Perm.INVOICES_VIEW or user.can(permission):
        own = staff_scope(user, permission) | (own if permission == Perm.INVOICES_VIEW else Q(pk=None))
    return Invoice.objects.filter(own).distinct().select_related(*SHOWN).order_by("-pk")


def staff_scope(user: User, permission: str, branch: str = "branch") -> Q:
    """The rows of the branches in which a member of staff holds the permission."""
    if not user.can(permission):
        return Q(pk=None)
    scope = user.rights.branches(permission)
    return ~Q(pk=None) if scope is None else Q(**{f"{branch}__in": scope})


def payments_for(user: User, permission: str = Perm.INVOICES_VIEW) -> QuerySet[Payment]:
    """The payments that a person may see, as with bills."""
    allowed = staff_scope(user, permission)
    if permission == Perm.INVOICES_VIEW:
        allowed |= Q(patient__access__user=user, patient__access__held_at=None)
    return Payment.objects.filter(allowed).distinct().select_related("patient", "branch", "invoice", "received_by")


def bill_of(visit: Visit) -> Invoice | None:
    """The bill of a visit that is not cancelled."""
    return Invoice.objects.filter(visit=visit).exclude(status=InvoiceStatus.CANCELLED).first()


def invoices_of(patient: Patient) -> QuerySet[Invoice]:
    """A patient's bills, the newest first, with those of patients merged into her."""
    rows = Invoice.objects.filter(Q(patient=patient) | Q(patient__merged_into=patient))
    return rows.exclude(status=InvoiceStatus.DRAFT).select_related(*SHOWN).order_by("-pk")
