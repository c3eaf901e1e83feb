"""Key tables: what is offered, by whom, when; the diary is read here and written at the desk."""

from clinic.accounts.admin import clinic_tables
from clinic.shared.tables import TableAdmin
from scheduling.models import (
    Appointment,
    AppointmentStatusChange,
    ClosedDay,
    Holiday,
    Practitioner,
    PractitionerService,
    Room,
    Service,
    ServiceCategory,
    TimeOff,
    Visit,
    VisitStatusChange,
    WorkingHours,
)


class ServiceTable(TableAdmin):
    list_display = ("name", "minutes", "price", "is_online", "is_active")
    editable = ("name", "name_en", "description", "price", "is_online", "is_active")


class CategoryTable(TableAdmin):
    list_display = ("name", "name_en", "position")
    editable = ("name", "name_en", "position")


class PractitionerTable(TableAdmin):
    list_display = ("name", "specialty", "license_number", "is_active")
    editable = ("name", "name_en", "specialty", "license_number")


class OfferTable(TableAdmin):
    list_display = ("practitioner", "service", "minutes", "price", "is_active")
    list_select_related = True
    editable = ("price", "is_active")


class RoomTable(TableAdmin):
    list_display = ("name", "branch", "is_active")
    editable = ("name", "name_en")


class HoursTable(TableAdmin):
    list_display = ("practitioner", "branch", "weekday", "starts", "ends", "valid_from", "valid_until")
    list_select_related = True


class TimeOffTable(TableAdmin):
    list_display = ("practitioner", "room", "branch", "starts_at", "ends_at", "reason")
    list_select_related = True


class HolidayTable(TableAdmin):
    list_display = ("date", "name", "branch", "is_open", "is_official")
    editable = ("name", "is_open")


class AppointmentTable(TableAdmin):
    list_display = ("starts_at", "practitioner", "patient", "service", "status", "source")
    list_filter = ("status", "source")
    list_select_related = True


class VisitTable(TableAdmin):
    list_display = ("day", "number", "patient", "practitioner", "status", "arrived_at", "finished_at")
    list_filter = ("status",)
    list_select_related = True


class ClosedDayTable(TableAdmin):
    list_display = ("day", "branch", "closed_at", "closed_by", "seen", "left", "missed")
    list_select_related = True


class MoveTable(TableAdmin):
    list_display = ("at", "subject_id", "from_status", "to_status", "by", "reason")
    list_select_related = ("by",)


for model, table in (
    (Service, ServiceTable),
    (ServiceCategory, CategoryTable),
    (Practitioner, PractitionerTable),
    (PractitionerService, OfferTable),
    (Room, RoomTable),
    (WorkingHours, HoursTable),
    (TimeOff, TimeOffTable),
    (Holiday, HolidayTable),
    (Appointment, AppointmentTable),
    (Visit, VisitTable),
    (ClosedDay, ClosedDayTable),
    (AppointmentStatusChange, MoveTable),
    (VisitStatusChange, MoveTable),
):
    clinic_tables.register(model, table)
