"""Treatment plans for clients; a patient's account gets those that she sees, and agrees to them."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient
from emr import actions
from emr.api.background import FROZEN, Seen, an_id, one
from emr.models import CarePlan, PlanGoal
from emr.queries.plans import PlanView, shown_plans, views_of, with_parts
from emr.statuses import PlanStatus
from scheduling.models import Service


class GoalOutput(serializers.ModelSerializer):
    class Meta:
        model = PlanGoal
        fields = ["id", "text", "due_on", "reached_on"]
        read_only_fields = fields


class ProgressOutput(serializers.Serializer):
    service = serializers.IntegerField(source="sessions.service_id")
    name = serializers.CharField(source="sessions.service.name")
    count = serializers.IntegerField(source="sessions.count")
    every_days = serializers.IntegerField(source="sessions.every_days", allow_null=True)
    done = serializers.IntegerField()
    due_on = serializers.DateField(allow_null=True)


class PlanOutput(serializers.ModelSerializer):
    """With how far it is, which the visits tell, and whether the patient agreed to it as it reads now."""

    goals = GoalOutput(many=True, read_only=True)
    sessions = serializers.SerializerMethodField()
    agreed = serializers.SerializerMethodField()

    class Meta:
        model = CarePlan
        fields = [
            "id", "patient", "practitioner", "title", "status", "starts_on", "ends_on", "note", "for_patient",
            "goals", "sessions", "agreed", "created_at",
        ]  # fmt: skip
        read_only_fields = fields

    def _view(self, plan: CarePlan) -> PlanView:
        """All plans of an answer are looked at together: one query for their visits."""
        views: dict[int, PlanView] = self.__dict__.setdefault("_views", {})
        if plan.pk not in views:
            many = isinstance(self.parent, serializers.ListSerializer)
            views.update({view.plan.pk: view for view in views_of(self.parent.instance if many else [plan])})
        return views[plan.pk]

    @extend_schema(responses=ProgressOutput(many=True))
    def get_sessions(self, plan: CarePlan) -> list[Any]:
        """Planned and done, service by service."""
        return list(ProgressOutput(self._view(plan).progress, many=True).data)

    def get_agreed(self, plan: CarePlan) -> bool:
        """Whether the patient agreed to these very words."""
        return self._view(plan).agreed


class PlanInput(serializers.Serializer):
    title = serializers.CharField(max_length=120)
    starts_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    for_patient = serializers.BooleanField(required=False, default=True)


class NewPlanInput(PlanInput):
    patient = an_id()


class GoalInput(serializers.Serializer):
    text = serializers.CharField(max_length=200)
    due_on = serializers.DateField(required=False, allow_null=True)


class SessionsInput(serializers.Serializer):
    service = an_id()
    count = serializers.IntegerField(min_value=0, max_value=200, help_text="0 takes the service out of the plan")
    every_days = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=365)


class PlanMoveInput(serializers.Serializer):
    to = serializers.ChoiceField(choices=PlanStatus.choices)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=300)


@needs(
    Perm.OWN_VIEW,
    create=Perm.RECORD_WRITE,
    update=Perm.RECORD_WRITE,
    goals=Perm.RECORD_WRITE,
    sessions=Perm.RECORD_WRITE,
    move=Perm.RECORD_WRITE,
)
class Plans(Seen):
    """Treatment plans: goals, sessions, consent."""

    kind = "plans"
    serializer_class = PlanOutput
    queryset = CarePlan.objects.none()

    def rows(self) -> QuerySet[CarePlan]:
        return with_parts(CarePlan.objects.all()).order_by("-pk")

    def released(self) -> QuerySet[CarePlan]:
        return shown_plans(self.request.user)

    @extend_schema(request=NewPlanInput, responses={201: PlanOutput})
    def create(self, request: Request) -> Response:
        """Write a plan."""
        body = self.checked(NewPlanInput)
        patient = get_object_or_404(Patient, pk=body.pop("patient"))
        return self.shown(actions.save_plan(patient=patient, by=request.user, **body), 201)

    @extend_schema(request=PlanInput, responses={200: PlanOutput, 409: FROZEN})
    def update(self, request: Request, pk: int) -> Response:
        """Write a plan anew."""
        row = self.get_object()
        return self.shown(actions.save_plan(patient=row.patient, plan=row, by=request.user, **self.checked(PlanInput)))

    @extend_schema(request=GoalInput, responses={201: PlanOutput, 409: FROZEN})
    def goals(self, request: Request, pk: int) -> Response:
        """Add a goal."""
        row = self.get_object()
        actions.add_goal(plan=row, by=request.user, **self.checked(GoalInput))
        return self.shown(row, 201)

    @extend_schema(request=SessionsInput, responses={200: PlanOutput, 409: FROZEN})
    def sessions(self, request: Request, pk: int) -> Response:
        """Plan so many sessions of a service."""
        row, body = self.get_object(), self.checked(SessionsInput)
        service = get_object_or_404(Service, pk=body.pop("service"), is_active=True)
        actions.plan_sessions(plan=row, service=service, by=request.user, **body)
        return self.shown(row)

    @extend_schema(request=PlanMoveInput, responses={200: PlanOutput, 409: FROZEN})
    def move(self, request: Request, pk: int) -> Response:
        """Begin, complete, stop (with a reason), or take up again."""
        body = self.checked(PlanMoveInput)
        return self.shown(actions.move_plan(plan=self.get_object(), by=request.user, **body))

    @extend_schema(request=None, responses={200: PlanOutput, 409: FROZEN})
    def agree(self, request: Request, pk: int) -> Response:
        """The patient agrees to her plan as it reads now."""
        row = get_object_or_404(self.released().filter(status=PlanStatus.ACTIVE), pk=pk)
        actions.consent_to_plan(plan=row, by=request.user)
        return Response(self.get_serializer(self.released().get(pk=row.pk)).data)


patterns = [
    path("plans/", Plans.as_view({"get": "list", "post": "create"})),
    path("plans/<int:pk>/", one(Plans, get="retrieve", put="update")),
    path("plans/<int:pk>/goals/", one(Plans, post="goals")),
    path("plans/<int:pk>/sessions/", one(Plans, post="sessions")),
    path("plans/<int:pk>/move/", one(Plans, post="move")),
    path("plans/<int:pk>/agree/", one(Plans, post="agree")),
]
