"""Key tables: patients. The record itself is not shown here."""

from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.accounts.admin import clinic_tables
from clinic.patients.models import CONSENTS, AccessLog, Consent, Patient
from clinic.patients.queries import what_was_read
from clinic.shared.tables import TableAdmin


class PatientTable(TableAdmin):
    list_display = ("first_name", "last_name", "phone", "birth_date", "referral_source", "created_at")
    search_fields = ("search_text",)


class ConsentTable(TableAdmin):
    list_display = ("patient", "agreed_to", "version", "accepted_at", "withdrawn_at")
    list_select_related = True

    @admin.display(description=_("consent"))
    def agreed_to(self, row: Consent) -> str:
        """Its title; the clinic's own forms have theirs in the text."""
        known = CONSENTS.get(row.kind)
        return str(known.title) if known else gettext("Agreed to in a form")


class AccessLogTable(TableAdmin):
    list_display = ("at", "user", "patient", "what_was_read", "ip")
    list_select_related = True

    @admin.display(description=_("What"))
    def what_was_read(self, row: AccessLog) -> str:
        """In words."""
        return what_was_read(row.what)


clinic_tables.register(Patient, PatientTable)
clinic_tables.register(Consent, ConsentTable)
clinic_tables.register(AccessLog, AccessLogTable)
