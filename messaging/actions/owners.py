"""What the owner must hear at once: a message each, in her language, at any hour."""

from django.utils import timezone

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.shared.actions import action
from clinic.shared.links import absolute
from clinic.shared.speaking import speaking
from clinic.shared.tenancy import current_clinic
from clinic.shared.work import wake
from emr.models import GlassBreak
from messaging import tasks
from messaging.models import Message, MessageStatusChange
from messaging.statuses import MessageStatus
from messaging.templates import render, say_when


@action
def tell_owners_of_glass(*, glass: GlassBreak, by: User | None) -> list[Message]:
    """Queue to everybody who watches the log that a private note was opened: who and when, nothing of the patient or
    the note. Safe to repeat."""
    everybody = User.objects.filter(is_active=True, grants__isnull=False).distinct()
    owners = [user for user in everybody.prefetch_related("grants", "overrides") if user.can(Perm.AUDIT_VIEW)]
    return [_tell(owner, glass, by) for owner in owners]


def _tell(owner: User, glass: GlassBreak, by: User | None) -> Message:
    kind, clinic = "glass_broken", current_clinic()
    with speaking(owner.language, clinic.time_zone) as language:
        named = clinic.name_en if language == "en" and clinic.name_en else clinic.name
        words = {"name": str(glass.user), "clinic": named, "when": say_when(glass.at, language)}
        text = render(kind, language, {**words, "link": absolute("/audit/opened-notes/")})
    values = {"language": language, "text": text, "send_after": timezone.now()}
    message, made = Message.objects.get_or_create(
        cause=f"glass:{glass.pk}", kind=kind, recipient=owner.phone, defaults=values
    )
    if made:
        MessageStatusChange.record(message, "", MessageStatus.QUEUED, by=by)
        wake(tasks.send_message, message.pk)
    return message
