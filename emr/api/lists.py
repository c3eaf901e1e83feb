"""The clinic's own lists behind the record for clients: drugs, interactions, examinations, letters, scores, sets."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.text import normalise
from emr import actions
from emr.api.records import ALLERGY, BIGGEST_ID, EncounterOutput, Records
from emr.models import (
    Interaction,
    LetterTemplate,
    Medication,
    OrderItem,
    OutcomeMeasure,
    PrescriptionSet,
    PrescriptionSetLine,
)
from emr.queries import with_content

SEARCH = [OpenApiParameter("q", OpenApiTypes.STR, description="Only rows with these words")]
LONGEST = {"max_length": 10_000}


class FormularyDrug(serializers.ModelSerializer):
    class Meta:
        model = Medication
        fields = ["id", "name", "name_en", "form", "strength", "substance", "atc", "unit", "default_dose", "is_active"]
        validators: list[Any] = []


class InteractionRow(serializers.ModelSerializer):
    class Meta:
        model = Interaction
        fields = ["id", "first", "first_atc", "second", "second_atc", "severity", "effect", "advice", "is_active"]
        validators: list[Any] = []


class Examination(serializers.ModelSerializer):
    panel = serializers.PrimaryKeyRelatedField(
        many=True, required=False, queryset=OrderItem.objects.filter(is_active=True)
    )

    class Meta:
        model = OrderItem
        fields = [
            "id", "kind", "name", "name_en", "loinc", "unit", "low", "high", "low_women", "high_women", "normal_text",
            "panel", "is_active",
        ]  # fmt: skip
        validators: list[Any] = []


class LetterText(serializers.ModelSerializer):
    class Meta:
        model = LetterTemplate
        fields = ["id", "kind", "name", "language", "title", "text", "paper", "is_active"]
        extra_kwargs = {"text": LONGEST}
        validators: list[Any] = []


class Measure(serializers.ModelSerializer):
    lowest = serializers.IntegerField(min_value=0, max_value=1000, default=0)
    highest = serializers.IntegerField(min_value=0, max_value=1000, default=10)

    class Meta:
        model = OutcomeMeasure
        fields = ["id", "name", "questions", "lowest", "highest", "better", "is_active"]
        extra_kwargs = {"questions": {"max_length": 4_000}}
        validators: list[Any] = []


class KeptList(ListModelMixin, RetrieveModelMixin, GenericViewSet):
    """Rows of one list; whoever keeps the list adds and changes them."""

    save: Callable[..., Any]
    argument = ""
    looks_in: tuple[str, ...] = ("name",)

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        for word in normalise(self.request.query_params.get("q", "")[:80]).split():
            wanted = Q()
            for name in self.looks_in:
                wanted |= Q(**{f"{name}__icontains": word})
            rows = rows.filter(wanted)
        return rows

    @extend_schema(parameters=SEARCH)
    def list(self, request: Request) -> Response:
        """All rows, those out of use, too."""
        return super().list(request)

    def create(self, request: Request) -> Response:
        """Add a row."""
        return self._save(None, 201)

    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a row; fields that are not sent stay."""
        return self._save(self.get_object(), 200)

    def _save(self, row: Any, status: int) -> Response:
        body = self.get_serializer(row, data=self.request.data, partial=row is not None)
        body.is_valid(raise_exception=True)
        saved = type(self).save(**{self.argument: row}, by=self.request.user, **body.validated_data)
        return Response(self.get_serializer(saved).data, status=status)


@needs(Perm.RECORD_VIEW, create=Perm.PRESCRIBE, partial_update=Perm.PRESCRIBE)
class Formulary(KeptList):
    """The clinic's drugs."""

    queryset = Medication.objects.order_by("name", "pk")
    serializer_class = FormularyDrug
    save, argument, looks_in = actions.save_medication, "medication", ("name", "name_en", "substance", "atc")


@needs(Perm.RECORD_VIEW, create=Perm.RECORD_LISTS, partial_update=Perm.RECORD_LISTS)
class Interactions(KeptList):
    """What may not be taken together."""

    queryset = Interaction.objects.order_by("first", "second", "pk")
    serializer_class = InteractionRow
    save, argument = actions.save_interaction, "interaction"
    looks_in = ("first", "second", "first_atc", "second_atc", "effect")


@needs(Perm.RECORD_VIEW, create=Perm.RECORD_LISTS, partial_update=Perm.RECORD_LISTS)
class Examinations(KeptList):
    """What can be ordered."""

    queryset = OrderItem.objects.prefetch_related("panel").order_by("kind", "name", "pk")
    serializer_class = Examination
    save, argument, looks_in = actions.save_order_item, "item", ("name", "name_en", "loinc")


@needs(Perm.RECORD_VIEW, create=Perm.RECORD_LISTS, partial_update=Perm.RECORD_LISTS)
class LetterTemplates(KeptList):
    """Texts that letters begin with."""

    queryset = LetterTemplate.objects.order_by("kind", "name", "pk")
    serializer_class = LetterText
    save, argument, looks_in = actions.save_letter_template, "template", ("name", "title", "text")


@needs(Perm.RECORD_VIEW, create=Perm.RECORD_LISTS, partial_update=Perm.RECORD_LISTS)
class OutcomeMeasures(KeptList):
    """What patients are asked, again and again."""

    queryset = OutcomeMeasure.objects.order_by("name", "pk")
    serializer_class = Measure
    save, argument, looks_in = actions.save_outcome_measure, "measure", ("name", "questions")


class SetLine(serializers.ModelSerializer):
    dose_words = serializers.CharField(read_only=True)

    class Meta:
        model = PrescriptionSetLine
        fields = ["id", "medication", "name", "dose", "dosing", "dose_words", "quantity", "days"]
        read_only_fields = fields


class PrescriptionSetOutput(serializers.ModelSerializer):
    lines = SetLine(many=True, read_only=True)
    shared = serializers.SerializerMethodField(help_text="Of the whole clinic, not of one doctor")

    class Meta:
        model = PrescriptionSet
        fields = ["id", "name", "advice", "shared", "lines"]
        read_only_fields = fields

    def get_shared(self, row: PrescriptionSet) -> bool:
        """Whether every doctor uses it."""
        return row.owner_id is None


class NewSetInput(serializers.Serializer):
    encounter = serializers.IntegerField(
        min_value=1, max_value=BIGGEST_ID, help_text="Its lines and its advice are kept as the set"
    )
    name = serializers.CharField(max_length=80)
    shared = serializers.BooleanField(required=False, default=False)


class UseSetInput(serializers.Serializer):
    encounter = serializers.IntegerField(min_value=1, max_value=BIGGEST_ID)
    override_reason = serializers.CharField(required=False, allow_blank=True, max_length=300)


@needs(Perm.PRESCRIBE)
class PrescriptionSets(ListModelMixin, RetrieveModelMixin, Records):
    """The caller's own sets, and the clinic's."""

    kind = "prescription sets"
    serializer_class = PrescriptionSetOutput
    queryset = PrescriptionSet.objects.none()

    def get_queryset(self) -> QuerySet[PrescriptionSet]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        rows = PrescriptionSet.objects.filter(Q(owner=self.request.user) | Q(owner=None), is_active=True)
        return rows.prefetch_related("lines").order_by("name", "pk")

    @extend_schema(request=NewSetInput, responses={201: PrescriptionSetOutput})
    def create(self, request: Request) -> Response:
        """Keep the lines of a record as a set; one of the same name gets these lines instead."""
        body = self.checked(NewSetInput)
        record = self.for_writing(body.pop("encounter"))
        made = actions.save_set(encounter=record, by=request.user, **body)
        return Response(self.get_serializer(self.get_queryset().get(pk=made.pk)).data, status=201)

    @extend_schema(request=UseSetInput, responses={200: EncounterOutput, 409: ALLERGY})
    def use(self, request: Request, pk: int) -> Response:
        """Prescribe the whole set in an open record."""
        body, of_set = self.checked(UseSetInput), self.get_object()
        record = self.for_writing(body.pop("encounter"))
        actions.use_set(encounter=record, of_set=of_set, by=request.user, **body)
        whole = get_object_or_404(with_content(type(record).objects.all()), pk=record.pk)
        return Response(EncounterOutput(whole, context=self.get_serializer_context()).data)

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        """Take a set out of use."""
        actions.drop_set(of_set=self.get_object(), by=request.user)
        return Response(status=204)


def _list(name: str, view: type[KeptList]) -> list[Any]:
    return [
        path(f"{name}/", view.as_view({"get": "list", "post": "create"})),
        path(f"{name}/<int:pk>/", view.as_view({"get": "retrieve", "patch": "partial_update"}, detail=True)),
    ]


patterns = [
    *_list("medications", Formulary),
    *_list("interactions", Interactions),
    *_list("examinations", Examinations),
    *_list("letter-templates", LetterTemplates),
    *_list("outcome-measures", OutcomeMeasures),
    path("prescription-sets/", PrescriptionSets.as_view({"get": "list", "post": "create"})),
    path(
        "prescription-sets/<int:pk>/", PrescriptionSets.as_view({"get": "retrieve", "delete": "destroy"}, detail=True)
    ),
    path("prescription-sets/<int:pk>/use/", PrescriptionSets.as_view({"post": "use"}, detail=True)),
]
