"""Key tables of the record: the list of drugs alone. Who owns a clinic reads no medical record, here either."""

from clinic.accounts.admin import clinic_tables
from clinic.shared.tables import TableAdmin
from emr.models import Medication


class MedicationTable(TableAdmin):
    list_display = ("name", "name_en", "strength", "form", "substance", "atc", "is_active")
    search_fields = ("name", "name_en", "substance")
    editable = ("default_dose",)


clinic_tables.register(Medication, MedicationTable)
