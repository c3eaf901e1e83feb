"""Lives of messages and of follow-up tasks."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MessageStatus(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Not delivered")
    WITHDRAWN = "withdrawn", _("Withdrawn")


MESSAGE_MOVES: dict[str, set[str]] = {
    MessageStatus.QUEUED: {MessageStatus.SENDING, MessageStatus.WITHDRAWN, MessageStatus.FAILED},
    MessageStatus.SENDING: {MessageStatus.SENT, MessageStatus.QUEUED, MessageStatus.FAILED},
    MessageStatus.SENT: {MessageStatus.DELIVERED, MessageStatus.FAILED},
    MessageStatus.DELIVERED: set(),
    MessageStatus.FAILED: {MessageStatus.QUEUED},  # a person asks for another try
    MessageStatus.WITHDRAWN: {MessageStatus.QUEUED},  # its cause came back: a cancellation was undone
}


class TaskStatus(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Not needed")


TASK_MOVES: dict[str, set[str]] = {
    TaskStatus.OPEN: {TaskStatus.DONE, TaskStatus.CANCELLED},
    TaskStatus.DONE: {TaskStatus.OPEN},
    TaskStatus.CANCELLED: {TaskStatus.OPEN},
}
