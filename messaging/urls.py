"""Addresses of this app: pages and fragments, and the API's part below /api/v1/."""

from django.urls import path

from messaging.views import calls, outbox

app_name = "messaging"
urlpatterns = [
    path("follow-ups/", calls.call_list, name="calls"),
    path("follow-ups/for-patient/<int:patient_id>/", calls.for_patient, name="calls_of"),
    path("follow-ups/<int:pk>/done/", calls.done, name="done"),
    path("follow-ups/<int:pk>/not-needed/", calls.dropped, name="not_needed"),
    path("follow-ups/<int:pk>/reopen/", calls.reopen, name="reopen"),
    path("messages/", outbox.outbox, name="outbox"),
    path("messages/for-patient/<int:patient_id>/", outbox.for_patient, name="messages_of"),
    path("messages/<int:pk>/retry/", outbox.retry, name="retry"),
]
api_patterns: list = []
