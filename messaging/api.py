"""Conversations for clients: whoever takes part reads and writes, on her own side; nobody else knows of them."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from clinic.accounts.guards import signed_in
from clinic.accounts.permissions import Perm
from clinic.patients.permissions import visible_to
from clinic.shared.api import once
from clinic.shared.errors import Forbidden, Invalid, NotFound
from messaging import actions
from messaging.actions.chat import LONGEST
from messaging.models import ChatMessage, Conversation
from messaging.permissions import side_of, visible_conversations
from messaging.queries import with_unread

BIGGEST_ID = 2**63 - 1


class ConversationOutput(serializers.ModelSerializer):
    """One conversation as this account sees it."""

    patient_name = serializers.CharField(source="patient.full_name", read_only=True, default="")
    last_at = serializers.DateTimeField(read_only=True, allow_null=True)
    unread = serializers.IntegerField(read_only=True)

    class Meta:
        model = Conversation
        fields = ["id", "kind", "branch", "patient", "patient_name", "appointment", "assigned_to", "last_at", "unread"]
        read_only_fields = fields


class BeginInput(serializers.Serializer):
    """With whose conversation; left away, it is one's own."""

    patient = serializers.IntegerField(required=False, min_value=1, max_value=BIGGEST_ID)


class SeenInput(serializers.Serializer):
    """The newest message that was in sight."""

    last = serializers.IntegerField(min_value=1, max_value=BIGGEST_ID)


class MessageInput(serializers.Serializer):
    """What is said, and where."""

    conversation = serializers.IntegerField(min_value=1, max_value=BIGGEST_ID)
    text = serializers.CharField(max_length=LONGEST, trim_whitespace=False)


class ChatMessageOutput(serializers.ModelSerializer):
    """One message. `by` is empty where a patient wrote by her link."""

    by_name = serializers.CharField(source="by.full_name", read_only=True, default="")

    class Meta:
        model = ChatMessage
        fields = ["id", "conversation", "side", "by", "by_name", "text", "at"]
        read_only_fields = fields


@signed_in()
class Conversations(ListModelMixin, RetrieveModelMixin, GenericViewSet):
    """Conversations in which the account takes part, the latest first."""

    serializer_class = ConversationOutput
    queryset = Conversation.objects.none()

    def get_queryset(self) -> QuerySet[Conversation]:
        return with_unread(visible_conversations(self.request.user), self.request.user)

    @extend_schema(request=BeginInput, responses={200: ConversationOutput})
    def create(self, request: Request) -> Response:
        """The conversation of a patient with the clinic: the one there is, or a new one."""
        data = BeginInput(data=request.data)
        data.is_valid(raise_exception=True)
        known = visible_to(request.user)
        wanted = data.validated_data.get("patient")
        patient = known.filter(pk=wanted).first() if wanted else None
        if wanted is None and not request.user.can(Perm.PATIENTS_VIEW):
            patient = known.first()
        if wanted is None and patient is None:
            raise Invalid(_("Name the patient."), field="patient")
        if patient is None:
            raise NotFound(_("There is no such patient."))
        own = patient.access.filter(user=request.user).exists()
        if not own and not request.user.can(Perm.CHAT_PATIENTS):
            raise Forbidden(_("Your role does not allow this."))
        found = actions.conversation_with_clinic(patient=patient, by=request.user)
        return Response(ConversationOutput(self.get_queryset().get(pk=found.pk)).data)

    @extend_schema(request=SeenInput, responses={204: None})
    def seen(self, request: Request, pk: int) -> Response:
        """Everything up to this message was in sight."""
        found = self.get_object()
        data = SeenInput(data=request.data)
        data.is_valid(raise_exception=True)
        side = side_of(request.user, found)
        actions.mark_seen(conversation=found, side=side, last=data.validated_data["last"], by=request.user)
        return Response(status=204)


@signed_in()
class Messages(ListModelMixin, GenericViewSet):
    """What was written, the newest first."""

    serializer_class = ChatMessageOutput
    queryset = ChatMessage.objects.none()

    def get_queryset(self) -> QuerySet[ChatMessage]:
        mine = visible_conversations(self.request.user)
        rows = ChatMessage.objects.filter(conversation__in=mine.values("pk")).select_related("by").order_by("-pk")
        wanted = self.request.query_params.get("conversation", "")
        if not wanted:
            return rows
        if not wanted.isdecimal() or len(wanted) > 18:
            raise Invalid(_("This is no number of a conversation."), field="conversation")
        return rows.filter(conversation=int(wanted))

    @extend_schema(parameters=[OpenApiParameter("conversation", OpenApiTypes.INT, description="Only of this one")])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(request=MessageInput, responses={201: ChatMessageOutput})
    def create(self, request: Request) -> Response:
        """Say something; with `Idempotency-Key` a repeat says nothing twice."""
        data = MessageInput(data=request.data)
        data.is_valid(raise_exception=True)
        found = visible_conversations(request.user).filter(pk=data.validated_data["conversation"]).first()
        if found is None:
            raise NotFound(_("There is no such conversation."))

        def work() -> tuple[int, Any]:
            written = actions.write_message(
                conversation=found,
                side=side_of(request.user, found),
                text=data.validated_data["text"],
                by=request.user,
            )
            return 201, ChatMessageOutput(written).data

        return once(request, f"messages:{request.user.pk}", work)
