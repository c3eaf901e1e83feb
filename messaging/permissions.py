"""Who takes part in which conversation. An owner reads none of what patients write."""

from django.db.models import Q, QuerySet

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.patients.permissions import acts_for
from messaging.models import ChatSide, Conversation, ConversationKind
from scheduling.models import Mode

K = ConversationKind
# What somebody of the clinic needs for each kind; among colleagues one must also be a member.
NEEDS = {K.VISIT: Perm.ONLINE_MEET, K.CLINIC: Perm.CHAT_PATIENTS}


def visible_conversations(user: User) -> QuerySet[Conversation]:
    """The conversations in which an account takes part, on either side."""
    found = Q(patient__in=acts_for(user).values("pk"))
    for kind, permission in NEEDS.items():
        if not user.can(permission):
            continue
        branches = user.rights.branches(permission)
        found |= Q(kind=kind) if branches is None else Q(kind=kind, branch__in=branches)
    if user.can(Perm.CHAT):
        found |= Q(pk__in=Conversation.objects.filter(kind=K.STAFF, members=user).values("pk"))
    return Conversation.objects.filter(found)


def side_of(user: User, conversation: Conversation) -> str:
    """On which side an account takes part: her own and her family's as the patient, else as the clinic; "" for none."""
    if conversation.patient_id and acts_for(user).filter(pk=conversation.patient_id).exists():
        return ChatSide.PATIENT
    if conversation.kind == K.STAFF:
        member = user.can(Perm.CHAT) and conversation.members.filter(pk=user.pk).exists()
        return ChatSide.CLINIC if member else ""
    permission = NEEDS[K(conversation.kind)]
    return ChatSide.CLINIC if user.can(permission, conversation.branch_id) else ""


def chat_of_key(key: str, user: User | None) -> int | None:
    """The conversation that a key opens: its number for who takes part, a patient's link beside her online visit."""
    if key.isdigit():
        if len(key) > 18 or user is None:
            return None
        return visible_conversations(user).filter(pk=int(key)).values_list("pk", flat=True).first()
    rows = Conversation.objects.filter(appointment__link_token=key, appointment__mode=Mode.ONLINE)
    return rows.values_list("pk", flat=True).first() if key else None
