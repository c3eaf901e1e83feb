"""Key tables: patients. The record itself is not shown here."""

from clinic.accounts.admin import clinic_tables
from clinic.patients.models import AccessLog, Consent, Patient
from clinic.shared.tables import TableAdmin


class PatientTable(TableAdmin):
    list_display = ("first_name", "last_name", "phone", "birth_date", "referral_source", "created_at")
    search_fields = ("search_text",)


class ConsentTable(TableAdmin):
    list_display = ("patient", "kind", "version", "accepted_at", "withdrawn_at")
    list_select_related = True


class AccessLogTable(TableAdmin):
    list_display = ("at", "user", "patient", "what", "ip")
    list_select_related = True


clinic_tables.register(Patient, PatientTable)
clinic_tables.register(Consent, ConsentTable)
clinic_tables.register(AccessLog, AccessLogTable)
