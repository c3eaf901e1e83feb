"""Labels, family and consents of a card through the API: staff only, as on the card."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients import actions, queries
from clinic.patients.models import CONSENTS, Consent, Kin, Patient, RelatedPerson, Tag, Tone
from clinic.shared.api import read, shape

GONE = OpenApiResponse(description="done")


class LabelOutput(serializers.ModelSerializer):
    class Meta:
        model = Tag
        fields = ["id", "name", "tone", "is_active"]


class LabelInput(serializers.Serializer):
    name = serializers.CharField(max_length=40)
    tone = serializers.ChoiceField(choices=Tone.choices, default=Tone.PLAIN)
    is_active = serializers.BooleanField(default=True)


class LabelOnInput(serializers.Serializer):
    tag = serializers.PrimaryKeyRelatedField(queryset=Tag.objects.filter(is_active=True))


class RelativeOutput(serializers.ModelSerializer):
    class Meta:
        model = RelatedPerson
        fields = ["id", "patient", "relative", "name", "phone", "kin", "decides", "pays", "is_told"]


class RelativeInput(serializers.Serializer):
    relative = serializers.PrimaryKeyRelatedField(
        queryset=Patient.objects.filter(merged_into=None), required=False, allow_null=True
    )
    name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    kin = serializers.ChoiceField(choices=Kin.choices)
    decides = serializers.BooleanField(default=False)
    pays = serializers.BooleanField(default=False)
    is_told = serializers.BooleanField(default=False)


class ConsentOutput(serializers.ModelSerializer):
    class Meta:
        model = Consent
        fields = ["id", "kind", "version", "text", "accepted_at", "withdrawn_at"]


class ConsentInput(serializers.Serializer):
    kind = serializers.ChoiceField(choices=[(each.kind, each.title) for each in CONSENTS.values()])


def card_of(pk: int) -> Patient:
    """A card that stands; else 404."""
    return get_object_or_404(Patient, pk=pk, merged_into=None)


def shaped(serializer: type[serializers.Serializer], rows: QuerySet[Any]) -> Response:
    """A short list, whole."""
    return Response([shape(serializer, row) for row in rows])


@needs(Perm.PATIENTS_VIEW, create=Perm.SETUP_MANAGE, partial_update=Perm.SETUP_MANAGE)
class Labels(viewsets.ViewSet):
    """The clinic's labels."""

    @extend_schema(operation_id="tags_list", responses=LabelOutput(many=True))
    def list(self, request: Request) -> Response:
        """All labels, by name."""
        return shaped(LabelOutput, Tag.objects.all())

    @extend_schema(operation_id="tags_create", request=LabelInput, responses={201: LabelOutput})
    def create(self, request: Request) -> Response:
        """A new label; 409 for a name that is there."""
        tag = actions.save_tag(tag=None, by=request.user, **read(LabelInput, request.data))
        return Response(shape(LabelOutput, tag), status=201)

    @extend_schema(operation_id="tags_update", request=LabelInput, responses=LabelOutput)
    def partial_update(self, request: Request, tag_pk: int) -> Response:
        """Change a label: name, colour, whether it is in use."""
        tag = get_object_or_404(Tag, pk=tag_pk)
        now = {name: getattr(tag, name) for name in ("name", "tone", "is_active")}
        values = read(LabelInput, {**now, **request.data} if isinstance(request.data, dict) else request.data)
        return Response(shape(LabelOutput, actions.save_tag(tag=tag, by=request.user, **values)))


@needs(Perm.PATIENTS_VIEW, create=Perm.PATIENTS_EDIT, destroy=Perm.PATIENTS_EDIT)
class PatientLabels(viewsets.ViewSet):
    """The labels of one patient."""

    @extend_schema(operation_id="patient_tags_list", responses=LabelOutput(many=True))
    def list(self, request: Request, pk: int) -> Response:
        """By name."""
        return shaped(LabelOutput, queries.tags_of(card_of(pk)))

    @extend_schema(operation_id="patient_tags_put", request=LabelOnInput, responses={201: LabelOutput(many=True)})
    def create(self, request: Request, pk: int) -> Response:
        """Put a label on; again changes nothing."""
        patient, values = card_of(pk), read(LabelOnInput, request.data)
        actions.put_tag(patient=patient, tag=values["tag"], by=request.user)
        return Response([shape(LabelOutput, row) for row in queries.tags_of(patient)], status=201)

    @extend_schema(operation_id="patient_tags_take", responses={204: GONE})
    def destroy(self, request: Request, pk: int, tag_pk: int) -> Response:
        """Take a label off."""
        actions.take_tag(patient=card_of(pk), tag=get_object_or_404(Tag, pk=tag_pk), by=request.user)
        return Response(status=204)


@needs(Perm.PATIENTS_VIEW, create=Perm.PATIENTS_EDIT, destroy=Perm.PATIENTS_EDIT)
class Relatives(viewsets.ViewSet):
    """Who belongs to a patient, as noted on her card."""

    @extend_schema(operation_id="relatives_list", responses=RelativeOutput(many=True))
    def list(self, request: Request, pk: int) -> Response:
        """In the order in which they were noted."""
        return shaped(RelativeOutput, RelatedPerson.objects.filter(patient=card_of(pk)).order_by("pk"))

    @extend_schema(operation_id="relatives_create", request=RelativeInput, responses={201: RelativeOutput})
    def create(self, request: Request, pk: int) -> Response:
        """Another patient (`relative`), or a name and a number."""
        row = actions.save_related(patient=card_of(pk), by=request.user, **read(RelativeInput, request.data))
        return Response(shape(RelativeOutput, row), status=201)

    @extend_schema(operation_id="relatives_remove", responses={204: GONE})
    def destroy(self, request: Request, pk: int, related_pk: int) -> Response:
        """Take it back; the history keeps it."""
        actions.remove_related(related=get_object_or_404(RelatedPerson, pk=related_pk, patient=pk), by=request.user)
        return Response(status=204)


@needs(Perm.PATIENTS_VIEW, create=Perm.PATIENTS_EDIT, withdraw=Perm.PATIENTS_EDIT)
class Consents(viewsets.ViewSet):
    """What a patient agreed to: the very text, and whether it still stands."""

    @extend_schema(operation_id="consents_list", responses=ConsentOutput(many=True))
    def list(self, request: Request, pk: int) -> Response:
        """All of them, those taken back too."""
        return shaped(ConsentOutput, queries.consents_of(card_of(pk)))

    @extend_schema(operation_id="consents_create", request=ConsentInput, responses={201: ConsentOutput})
    def create(self, request: Request, pk: int) -> Response:
        """Note that she agreed to the text of this kind as it reads now."""
        row = actions.give_consent(patient=card_of(pk), by=request.user, **read(ConsentInput, request.data))
        return Response(shape(ConsentOutput, row), status=201)

    @extend_schema(operation_id="consents_withdraw", request=None, responses=ConsentOutput)
    def withdraw(self, request: Request, pk: int, consent_pk: int) -> Response:
        """Note that it was taken back."""
        row = get_object_or_404(Consent.objects.select_related("patient"), pk=consent_pk, patient=pk)
        actions.withdraw_consent(consent=row, by=request.user)
        row.refresh_from_db()
        return Response(shape(ConsentOutput, row))
