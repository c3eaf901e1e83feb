"""Key tables of messages and follow-ups, to be read: they are worked on in their own pages."""

from clinic.accounts.admin import clinic_tables
from clinic.shared.tables import TableAdmin
from messaging.models import FollowUpTask, Message


class MessageTable(TableAdmin):
    list_display = ("created_at", "kind", "recipient", "status", "tries", "error")
    list_filter = ("status", "kind")


class FollowUpTable(TableAdmin):
    list_display = ("due_on", "patient", "why", "status", "done_at", "done_by")
    list_filter = ("status",)
    list_select_related = True


clinic_tables.register(Message, MessageTable)
clinic_tables.register(FollowUpTask, FollowUpTable)
