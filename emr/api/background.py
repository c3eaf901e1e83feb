"""Background and scores for clients, and what letters and plans share: staff see all, a patient what is hers."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient
from emr import actions
from emr.api.care import named
from emr.api.records import BIGGEST_ID, FILTERS, Records
from emr.models import (
    BackgroundEntry,
    BackgroundKind,
    OutcomeMeasure,
    OutcomeScore,
    Relative,
)
from emr.queries.chart import whole_of

FROZEN = OpenApiResponse(description="It is issued, over, or in another state already")


def an_id(**more: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=BIGGEST_ID, **more)


class OfPatient(ListModelMixin, Records):
    """Rows of one patient, newest first; the reading is noted."""

    def rows(self) -> QuerySet[Any]:
        """All that stand, of every patient."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.rows().none()
        rows = self.rows()
        return rows.filter(whole_of(named(self))) if self.action == "list" else rows

    @extend_schema(parameters=FILTERS)
    def list(self, request: Request) -> Response:
        """Name the patient by number."""
        self.note_reading(named(self))
        return super().list(request)


class BackgroundOutput(serializers.ModelSerializer):
    class Meta:
        model = BackgroundEntry
        fields = ["id", "patient", "kind", "title", "relative", "year", "detail", "created_at"]
        read_only_fields = fields


class BackgroundInput(serializers.Serializer):
    patient = an_id()
    kind = serializers.ChoiceField(choices=BackgroundKind.choices)
    title = serializers.CharField(max_length=200)
    relative = serializers.ChoiceField(choices=Relative.choices, required=False, allow_blank=True)
    year = serializers.IntegerField(required=False, allow_null=True, min_value=1850, max_value=2200)
    detail = serializers.CharField(required=False, allow_blank=True, max_length=300)


@needs(Perm.RECORD_VIEW, create=Perm.RECORD_WRITE, destroy=Perm.RECORD_WRITE)
class Background(OfPatient):
    """Illnesses and operations of the past, the family, the way of life."""

    kind = "background"
    serializer_class = BackgroundOutput
    queryset = BackgroundEntry.objects.none()

    def rows(self) -> QuerySet[BackgroundEntry]:
        return BackgroundEntry.objects.filter(entered_in_error=False).order_by("-pk")

    @extend_schema(request=BackgroundInput, responses={201: BackgroundOutput})
    def create(self, request: Request) -> Response:
        """Note a fact; the same one again gets its details."""
        body = self.checked(BackgroundInput)
        patient = get_object_or_404(Patient, pk=body.pop("patient"))
        row = actions.add_background(patient=patient, by=request.user, **body)
        return Response(BackgroundOutput(row).data, status=201)

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        """It was entered in error: it stays in the history and is shown no more."""
        actions.remove_background(entry=self.get_object(), by=request.user)
        return Response(status=204)


class ScoreOutput(serializers.ModelSerializer):
    measure_name = serializers.CharField(source="measure.name", read_only=True)
    answers = serializers.ListField(child=serializers.IntegerField(), read_only=True)

    class Meta:
        model = OutcomeScore
        fields = ["id", "patient", "visit", "measure", "measure_name", "score", "answers", "measured_at"]
        read_only_fields = fields


class ScoreInput(serializers.Serializer):
    patient, measure = an_id(), an_id()
    answers = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=1000), allow_empty=False, max_length=40,
        help_text="One for each question, in their order",
    )  # fmt: skip
    measured_at = serializers.DateTimeField(required=False)


@needs(Perm.RECORD_VIEW, create=Perm.RECORD_MEASURE, destroy=Perm.RECORD_MEASURE)
class Scores(OfPatient):
    """How a patient does, in numbers."""

    kind = "scores"
    serializer_class = ScoreOutput
    queryset = OutcomeScore.objects.none()

    def rows(self) -> QuerySet[OutcomeScore]:
        rows = OutcomeScore.objects.filter(entered_in_error=False).select_related("measure")
        return rows.order_by("-measured_at", "-pk")

    @extend_schema(request=ScoreInput, responses={201: ScoreOutput})
    def create(self, request: Request) -> Response:
        """Write answers down; the score is their sum."""
        body = self.checked(ScoreInput)
        patient = get_object_or_404(Patient, pk=body.pop("patient"))
        measure = get_object_or_404(OutcomeMeasure, pk=body.pop("measure"), is_active=True)
        row = actions.record_score(patient=patient, measure=measure, by=request.user, **body)
        return Response(ScoreOutput(row).data, status=201)

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        """It was entered in error."""
        actions.withdraw_score(score=self.get_object(), by=request.user)
        return Response(status=204)


class Seen(OfPatient, RetrieveModelMixin):
    """Rows that a patient's account sees, too, where they are for her."""

    def released(self) -> QuerySet[Any]:
        """Those of the people for whom the caller acts."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False) or self.clinical:
            return super().get_queryset()
        patient = self.wanted_patient() if self.action == "list" else None
        return self.released().filter(whole_of(patient)) if patient else self.released()

    @extend_schema(parameters=FILTERS)
    def list(self, request: Request) -> Response:
        """Staff name the patient; others get those of the people they act for."""
        patient = named(self) if self.clinical else self.wanted_patient()
        if patient is not None:
            self.note_reading(patient)
        return ListModelMixin.list(self, request)

    def retrieve(self, request: Request, pk: int) -> Response:
        """One of them."""
        row = self.get_object()
        self.note_reading(row.patient)
        return self.shown(row)

    def shown(self, row: Any, status: int = 200) -> Response:
        """One row as it is now."""
        return Response(self.get_serializer(self.get_queryset().get(pk=row.pk)).data, status=status)


def one(view: Any, **methods: str) -> Any:
    """The view of one row."""
    return view.as_view(methods, detail=True)


patterns = [
    path("background/", Background.as_view({"get": "list", "post": "create"})),
    path("background/<int:pk>/", one(Background, delete="destroy")),
    path("scores/", Scores.as_view({"get": "list", "post": "create"})),
    path("scores/<int:pk>/", one(Scores, delete="destroy")),
]
