"""The waitlist: one's own entries and offers, or a branch's for staff."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.accounts.guards import needs
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient
from clinic.patients.permissions import acts_for
from clinic.shared.errors import NotFound
from scheduling import actions
from scheduling.api.slots import ConflictOutput
from scheduling.models import Practitioner, Service, Source, WaitlistEntry, WaitlistOffer
from scheduling.queries.waitlist import visible_entries


class WaitingOutput(serializers.ModelSerializer):
    doctor = serializers.IntegerField(source="practitioner_id", allow_null=True)

    class Meta:
        model = WaitlistEntry
        fields = [
            *("id", "status", "patient", "service", "doctor", "branch", "weekdays", "from_time", "until_time"),
            *(
                "first_day",
                "last_day",
                "notice_minutes",
                "party_size",
                "companions",
                "priority",
                "instead_of",
                "booked",
            ),
            *("joined_at", "expires_on"),
        ]


class WaitingInput(serializers.Serializer):
    patient = serializers.PrimaryKeyRelatedField(queryset=Patient.objects.all())
    service = serializers.PrimaryKeyRelatedField(queryset=Service.objects.all())
    doctor = serializers.PrimaryKeyRelatedField(queryset=Practitioner.objects.all(), required=False, allow_null=True)
    branch = serializers.PrimaryKeyRelatedField(queryset=Branch.objects.all(), required=False, allow_null=True)
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), max_length=7, required=False
    )
    from_time = serializers.TimeField(required=False, allow_null=True)
    until_time = serializers.TimeField(required=False, allow_null=True)
    first_day = serializers.DateField(required=False, allow_null=True)
    last_day = serializers.DateField(required=False, allow_null=True)
    notice_minutes = serializers.IntegerField(min_value=0, max_value=7 * 24 * 60, required=False)
    companions = serializers.PrimaryKeyRelatedField(
        queryset=Patient.objects.all(), many=True, required=False, help_text="who comes along: all get a time, or none"
    )


class WaitlistOfferOutput(serializers.ModelSerializer):
    doctor = serializers.IntegerField(source="hold.practitioner_id")
    service = serializers.IntegerField(source="hold.service_id")
    branch = serializers.IntegerField(source="hold.branch_id")
    starts_at = serializers.DateTimeField(source="hold.starts_at")

    class Meta:
        model = WaitlistOffer
        fields = ["id", "status", "entry", "doctor", "service", "branch", "starts_at", "tell_at", "expires_at"]


@needs(Perm.OWN_BOOK, list=Perm.OWN_VIEW, retrieve=Perm.OWN_VIEW)
class Waitlist(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Who waits for what."""

    serializer_class = WaitingOutput
    queryset = WaitlistEntry.objects.none()

    def get_queryset(self) -> QuerySet[WaitlistEntry]:
        return (
            visible_entries(self.request.user).prefetch_related("companions").order_by("-priority", "joined_at", "pk")
        )

    @extend_schema(request=WaitingInput, responses={201: WaitingOutput, 409: ConflictOutput})
    def create(self, request: Request) -> Response:
        """Put a patient on the list; one live entry a patient and service."""
        data = WaitingInput(data=request.data)
        data.is_valid(raise_exception=True)
        values: dict[str, Any] = dict(data.validated_data)
        patient = values.pop("patient")
        at_desk = request.user.can(Perm.DIARY_BOOK)
        if not at_desk:
            mine = set(acts_for(request.user).values_list("pk", flat=True))
            for field, people in (("patient", [patient]), ("companions", values.get("companions", []))):
                if not {each.pk for each in people} <= mine:
                    raise NotFound(_("There is no such patient for you."), field=field)
        if "doctor" in values:
            values["practitioner"] = values.pop("doctor")
        entry = actions.join_waitlist(
            patient=patient, source=Source.DESK if at_desk else Source.SITE, by=request.user, **values
        )
        return Response(WaitingOutput(entry).data, status=201)

    @extend_schema(request=None, responses={200: WaitingOutput, 409: ConflictOutput})
    def withdraw(self, request: Request, pk: int) -> Response:
        """She waits no more; a time that is held for her goes to the next one."""
        entry = self.get_queryset().filter(pk=pk).first()
        if entry is None:
            raise NotFound(_("She does not wait any more."))
        return Response(WaitingOutput(actions.withdraw_entry(entry=entry, by=request.user)).data)


@needs(Perm.OWN_BOOK, list=Perm.OWN_VIEW)
class Offers(mixins.ListModelMixin, viewsets.GenericViewSet):
    """Freed times that were offered, latest first."""

    serializer_class = WaitlistOfferOutput
    queryset = WaitlistOffer.objects.none()

    def get_queryset(self) -> QuerySet[WaitlistOffer]:
        rows = WaitlistOffer.objects.filter(entry__in=visible_entries(self.request.user).values("pk"))
        return rows.select_related("hold").order_by("-pk")

    @extend_schema(request=None, responses={200: WaitlistOfferOutput, 409: ConflictOutput})
    def accept(self, request: Request, pk: int) -> Response:
        """Take the time: booked, or the visit that she wanted earlier moved to it."""
        offer = self._own(pk)
        actions.accept_offer(offer=offer, by=request.user)
        return Response(WaitlistOfferOutput(self._own(pk)).data)

    @extend_schema(request=None, responses={200: WaitlistOfferOutput, 409: ConflictOutput})
    def decline(self, request: Request, pk: int) -> Response:
        """Let it go to the next one; the place on the list stays."""
        actions.decline_offer(offer=self._own(pk), by=request.user)
        return Response(WaitlistOfferOutput(self._own(pk)).data)

    def _own(self, pk: int) -> WaitlistOffer:
        offer = self.get_queryset().select_related("hold", "entry", "time").filter(pk=pk).first()
        if offer is None:
            raise NotFound(_("This time is no longer available."))
        return offer
