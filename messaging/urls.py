"""Addresses of this app: pages and fragments, and the API's part below /api/v1/."""

from django.urls import path

from messaging.api import Conversations, Messages
from messaging.views import calls, chat, inbox, outbox

app_name = "messaging"
urlpatterns = [
    path("follow-ups/", calls.call_list, name="calls"),
    path("follow-ups/for-patient/<int:patient_id>/", calls.for_patient, name="calls_of"),
    path("follow-ups/<int:pk>/done/", calls.done, name="done"),
    path("follow-ups/<int:pk>/not-needed/", calls.dropped, name="not_needed"),
    path("follow-ups/<int:pk>/reopen/", calls.reopen, name="reopen"),
    path("v/<str:token>/chat/", chat.by_link, name="chat_by_link"),
    path("v/<str:token>/chat/write/", chat.write_by_link, name="chat_write_by_link"),
    path("v/<str:token>/chat/seen/", chat.seen_by_link, name="chat_seen_by_link"),
    path("online/<int:pk>/chat/", chat.beside, name="chat_beside"),
    path("my/chat/", inbox.mine, name="my_chat"),
    path("desk/chat/", inbox.inbox, name="inbox"),
    path("desk/chat/part/", inbox.inbox_part, name="inbox_part"),
    path("desk/chat/<int:pk>/", inbox.inbox_one, name="inbox_one"),
    path("desk/chat/<int:pk>/take/", inbox.take, name="take"),
    path("chat/<int:pk>/", chat.conversation, name="chat"),
    path("chat/<int:pk>/write/", chat.write, name="chat_write"),
    path("chat/<int:pk>/seen/", chat.seen, name="chat_seen"),
    path("messages/", outbox.outbox, name="outbox"),
    path("messages/for-patient/<int:patient_id>/", outbox.for_patient, name="messages_of"),
    path("messages/<int:pk>/retry/", outbox.retry, name="retry"),
]
api_patterns: list = [
    path("conversations/", Conversations.as_view({"get": "list", "post": "create"})),
    path("conversations/<int:pk>/", Conversations.as_view({"get": "retrieve"})),
    path("conversations/<int:pk>/seen/", Conversations.as_view({"post": "seen"})),
    path("messages/", Messages.as_view({"get": "list", "post": "create"})),
]
