"""Key tables: patients. The record itself is not shown here."""

from typing import ClassVar

from django.utils.translation import gettext

from clinic.accounts.admin import clinic_tables
from clinic.patients.models import CONSENTS, AccessLog, Consent, Patient
from clinic.patients.queries import what_was_read
from clinic.shared.tables import TableAdmin


def _agreed_to(kind: str) -> str:
    """The title of a consent; the clinic's own forms have theirs in the text."""
    known = CONSENTS.get(kind)
    return str(known.title) if known else gettext("Agreed to in a form")


class PatientTable(TableAdmin):
    list_display = ("first_name", "last_name", "phone", "birth_date", "referral_source", "created_at")
    search_fields = ("search_text",)


class ConsentTable(TableAdmin):
    list_display = ("patient", "kind", "version", "accepted_at", "withdrawn_at")
    list_select_related = True
    words: ClassVar = {"kind": _agreed_to}


class AccessLogTable(TableAdmin):
    list_display = ("at", "user", "patient", "what", "ip")
    list_select_related = True
    words: ClassVar = {"what": what_was_read}


clinic_tables.register(Patient, PatientTable)
clinic_tables.register(Consent, ConsentTable)
clinic_tables.register(AccessLog, AccessLogTable)
