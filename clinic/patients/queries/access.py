"""Who read which record, when and from where."""

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from clinic.patients.models import AccessLog, Patient

# What the short names in the log mean; a name that is not here is shown as it is.
WHAT = {
    "card": _("The card"),
    "record": _("The record"),
    "visit": _("The record of a visit"),
    "api": _("The card, by a program"),
    "print": _("A printed paper"),
    "export": _("The whole record, to hand over"),
    "list": _("Name and number, in a list that was taken"),
    "care": _("Care and measurements"),
    "emergency": _("A closed note, in an emergency"),
    "files": _("Files and photos"),
    "pictures": _("Files and photos"),
    "own care": _("Plans, results and letters, by the patient"),
    "own files": _("Files, by the patient"),
    "intake": _("A form before the visit"),
    "letter": _("A letter"),
    "orders": _("Orders and results"),
    "order": _("An order and its result"),
    "plan": _("A treatment plan"),
    "prescription": _("A prescription"),
    "timeline": _("The timeline"),
}


def readings(
    *,
    patient: Patient | None = None,
    user: int | None = None,
    what: str = "",
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
) -> QuerySet[AccessLog]:
    """Readings of records, the latest first; those of cards that were merged into a patient's count as hers."""
    rows = AccessLog.objects.select_related("user", "patient")
    if patient is not None:
        rows = rows.filter(Q(patient=patient) | Q(patient__merged_into=patient))
    if user:
        rows = rows.filter(user=user)
    if what:
        rows = rows.filter(what=what)
    if since:
        rows = rows.filter(at__gte=since)
    if until:
        rows = rows.filter(at__lt=until)
    return rows.order_by("-at", "-pk")


def what_was_read(name: str) -> str:
    """The words for one kind of reading."""
    return str(WHAT.get(name, name))
