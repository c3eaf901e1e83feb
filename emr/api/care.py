"""Measurements, orders and scores for clients of the staff, as the pages have them."""

from decimal import Decimal

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient
from clinic.shared.errors import Invalid
from emr import actions
from emr.api.records import BIGGEST_ID, FILTERS, Records
from emr.models import OrderItem, Result, ServiceRequest, VitalSign
from emr.queries.chart import whole_of
from emr.queries.orders import with_results
from emr.statuses import OrderStatus


class VitalOutput(serializers.ModelSerializer):
    class Meta:
        model = VitalSign
        fields = ["id", "patient", "visit", "code", "value", "unit", "measured_at"]
        read_only_fields = fields


class VitalsInput(serializers.Serializer):
    """Values by code, in the unit that the measure has."""

    patient = serializers.IntegerField(min_value=1, max_value=BIGGEST_ID)
    values = serializers.DictField(child=serializers.DecimalField(max_digits=9, decimal_places=2), allow_empty=False)
    measured_at = serializers.DateTimeField(required=False)


class ResultOutput(serializers.ModelSerializer):
    class Meta:
        model = Result
        fields = ["id", "name", "number", "text", "unit", "low", "high", "normal_text", "flag", "entered_at"]
        read_only_fields = fields


class OrderOutput(serializers.ModelSerializer):
    results = ResultOutput(many=True, read_only=True)

    class Meta:
        model = ServiceRequest
        fields = [
            "id", "patient", "visit", "practitioner", "kind", "status", "is_urgent", "question", "place", "conclusion",
            "resulted_at", "reviewed_at", "released_at", "created_at", "results",
        ]  # fmt: skip
        read_only_fields = fields


class ServiceRequestInput(serializers.Serializer):
    patient = serializers.IntegerField(min_value=1, max_value=BIGGEST_ID)
    items = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=BIGGEST_ID), allow_empty=False, max_length=60
    )
    question = serializers.CharField(required=False, allow_blank=True, max_length=300)
    place = serializers.CharField(required=False, allow_blank=True, max_length=120)
    is_urgent = serializers.BooleanField(required=False, default=False)


class ResultValueInput(serializers.Serializer):
    result = serializers.IntegerField(min_value=1, max_value=BIGGEST_ID)
    value = serializers.CharField(allow_blank=True, max_length=200)


class ResultsInput(serializers.Serializer):
    """What came back; an empty value takes one away."""

    values = ResultValueInput(many=True)
    conclusion = serializers.CharField(required=False, allow_blank=True, max_length=20_000)


class ReviewInput(serializers.Serializer):
    release = serializers.BooleanField(required=False, default=False)


@needs(Perm.RECORD_VIEW, create=Perm.RECORD_MEASURE)
class Vitals(ListModelMixin, Records):
    """Measurements of a patient, newest first."""

    kind = "vitals"
    serializer_class = VitalOutput
    queryset = VitalSign.objects.none()

    def get_queryset(self) -> QuerySet[VitalSign]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        rows = VitalSign.objects.filter(whole_of(named(self)), entered_in_error=False)
        return rows.order_by("-measured_at", "-pk")

    @extend_schema(parameters=FILTERS)
    def list(self, request: Request) -> Response:
        """Name the patient by number."""
        self.note_reading(named(self))
        return super().list(request)

    @extend_schema(request=VitalsInput, responses={201: VitalOutput(many=True)})
    def create(self, request: Request) -> Response:
        """Write down what was measured at one moment."""
        body = self.checked(VitalsInput)
        patient = get_object_or_404(Patient, pk=body["patient"])
        values: dict[str, Decimal] = body["values"]
        rows = actions.record_vitals(
            patient=patient, values=values, measured_at=body.get("measured_at"), by=request.user
        )
        return Response(VitalOutput(rows, many=True).data, status=201)


def named(view: Records) -> Patient:
    """The patient that the address names; refused without one."""
    patient = view.wanted_patient()
    if patient is None:
        raise Invalid(_("Name the patient by number."), field="patient")
    return patient


@needs(Perm.RECORD_VIEW, create=Perm.RECORD_WRITE, results=Perm.RECORD_MEASURE, review=Perm.RECORD_WRITE)
class Orders(ListModelMixin, RetrieveModelMixin, Records):
    """Orders with their results, newest first."""

    kind = "orders"
    serializer_class = OrderOutput
    queryset = ServiceRequest.objects.none()

    def get_queryset(self) -> QuerySet[ServiceRequest]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        rows = with_results(ServiceRequest.objects.exclude(status=OrderStatus.ENTERED_IN_ERROR)).order_by("-pk")
        return rows.filter(whole_of(named(self))) if self.action == "list" else rows

    @extend_schema(parameters=FILTERS)
    def list(self, request: Request) -> Response:
        """Name the patient by number."""
        self.note_reading(named(self))
        return super().list(request)

    def retrieve(self, request: Request, pk: int) -> Response:
        """One order."""
        order = self.get_object()
        self.note_reading(order.patient)
        return Response(self.get_serializer(order).data)

    @extend_schema(request=ServiceRequestInput, responses={201: OrderOutput(many=True)})
    def create(self, request: Request) -> Response:
        """Order examinations; one order for each kind of them comes back."""
        body = self.checked(ServiceRequestInput)
        patient = get_object_or_404(Patient, pk=body.pop("patient"))
        items = list(OrderItem.objects.filter(pk__in=body.pop("items"), is_active=True))
        orders = actions.place_order(patient=patient, items=items, by=request.user, **body)
        return Response(OrderOutput(orders, many=True).data, status=201)

    @extend_schema(request=ResultsInput, responses={200: OrderOutput})
    def results(self, request: Request, pk: int) -> Response:
        """Enter what came back; the doctor sees it anew."""
        order, body = self.get_object(), self.checked(ResultsInput)
        values = {each["result"]: each["value"] for each in body["values"]}
        actions.enter_results(order=order, values=values, conclusion=body.get("conclusion"), by=request.user)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=ReviewInput, responses={200: OrderOutput})
    def review(self, request: Request, pk: int) -> Response:
        """Seen by the doctor; with `release` the patient sees it, too."""
        actions.review_order(order=self.get_object(), release=self.checked(ReviewInput)["release"], by=request.user)
        return Response(self.get_serializer(self.get_object()).data)


patterns = [
    path("vitals/", Vitals.as_view({"get": "list", "post": "create"})),
    path("orders/", Orders.as_view({"get": "list", "post": "create"})),
    path("orders/<int:pk>/", Orders.as_view({"get": "retrieve"}, detail=True)),
    path("orders/<int:pk>/results/", Orders.as_view({"post": "results"}, detail=True)),
    path("orders/<int:pk>/review/", Orders.as_view({"post": "review"}, detail=True)),
]
