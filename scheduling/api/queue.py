"""The queue and the floor through the API: the same actions as the desk's buttons."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.accounts.queries import chosen_branch
from clinic.shared.errors import Forbidden, Invalid
from scheduling import actions
from scheduling.api.undoing import UndoInput, status_seen
from scheduling.models import Practitioner, Priority, Room, Visit
from scheduling.queries.floor import queue_rows
from scheduling.queries.panel import appointment_for, visit_for


class QueueRowOutput(serializers.Serializer):
    """One visit in the building, in the order of the line."""

    id = serializers.IntegerField()
    number = serializers.IntegerField()
    ticket = serializers.CharField()
    status = serializers.CharField()
    patient = serializers.IntegerField(source="patient_id")
    patient_name = serializers.CharField(source="name")
    doctor = serializers.IntegerField(source="practitioner_id")
    doctor_name = serializers.CharField(source="practitioner")
    service = serializers.IntegerField(source="service_id")
    room = serializers.IntegerField(source="room_id", allow_null=True)
    room_name = serializers.CharField(source="room")
    priority = serializers.IntegerField()
    promised_at = serializers.DateTimeField(allow_null=True)
    arrived_at = serializers.DateTimeField()
    called_at = serializers.DateTimeField(allow_null=True)
    in_room_at = serializers.DateTimeField(allow_null=True)
    waited_minutes = serializers.IntegerField(source="waited")
    place = serializers.IntegerField()
    wait_from_minutes = serializers.IntegerField(source="wait_low")
    wait_to_minutes = serializers.IntegerField(source="wait_high")


class VisitOutput(serializers.ModelSerializer):
    """A visit."""

    doctor = serializers.IntegerField(source="practitioner_id")

    class Meta:
        model = Visit
        fields = ["id", "number", "ticket", "priority", "calls", "day", "status", "appointment", "patient", "doctor",
                  "service", "branch", "room", "queue_room",
                  "arrived_at", "checked_in_at", "called_at", "in_room_at", "left_room_at", "finished_at"]  # fmt: skip
        read_only_fields = fields


class TransferInput(serializers.Serializer):
    """Whose line she goes to; one of them at least."""

    doctor = serializers.IntegerField(required=False, allow_null=True)
    room = serializers.IntegerField(required=False, allow_null=True)


class PriorityInput(serializers.Serializer):
    """The class of the line."""

    priority = serializers.ChoiceField(choices=Priority.choices)


class WaitInput(serializers.Serializer):
    """Why she is not called for now."""

    note = serializers.CharField(required=False, allow_blank=True, max_length=120)


class NextInput(serializers.Serializer):
    """Whose next: of a doctor, of a room, or of the whole branch; `done` sends whoever is inside out first."""

    branch = serializers.IntegerField()
    doctor = serializers.IntegerField(required=False, allow_null=True)
    room = serializers.IntegerField(required=False, allow_null=True)
    done = serializers.BooleanField(required=False, default=False)
    seen = serializers.IntegerField(
        required=False,
        allow_null=True,
        help_text="the visit seen first in line; where she was called since, nobody is (409 `meanwhile`)",
    )


class NextOutput(serializers.Serializer):
    """Who is called, if anybody waits."""

    visit = VisitOutput(allow_null=True)


class RoomInput(serializers.Serializer):
    """Where to; a suitable room is found where none is named."""

    room = serializers.IntegerField(required=False, allow_null=True)


class LeftInput(serializers.Serializer):
    """Why she left."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=300)


@needs(Perm.FLOOR_VIEW)
class Queue(APIView):
    """Who is in the building today."""

    @extend_schema(
        operation_id="queue_list",
        parameters=[OpenApiParameter("branch", int, required=True), OpenApiParameter("doctor", int)],
        responses=QueueRowOutput(many=True),
    )
    def get(self, request: Request) -> Response:
        """The line of a branch, with waited minutes and the range still to wait."""
        wanted = request.query_params.get("branch", "")
        if wanted and not wanted.isdecimal():
            raise Invalid(_("The branch is a number."), field="branch")
        branch = chosen_branch(request.user, Perm.FLOOR_VIEW, wanted)
        doctor = request.query_params.get("doctor", "")
        if doctor and not doctor.isdecimal():
            raise Invalid(_("The doctor is a number."), field="doctor")
        rows = queue_rows(branch, practitioner=int(doctor) if doctor else None)
        return Response(QueueRowOutput(rows, many=True).data)


@needs(Perm.FLOOR_WORK)
class Visits(viewsets.ViewSet):
    """The moves of a visit; each is safe to repeat."""

    queryset = Visit.objects.none()
    serializer_class = VisitOutput

    @extend_schema(request=RoomInput, responses=VisitOutput)
    def call(self, request: Request, pk: int) -> Response:
        """Call her (again)."""
        visit = self._visit(pk)
        return self._answer(actions.call(visit=visit, room=self._room(visit), by=request.user))

    @extend_schema(request=RoomInput, responses=VisitOutput)
    def enter_room(self, request: Request, pk: int) -> Response:
        """Into a room."""
        visit = self._visit(pk)
        return self._answer(actions.enter_room(visit=visit, room=self._room(visit), by=request.user))

    @extend_schema(request=None, responses=VisitOutput)
    def leave_room(self, request: Request, pk: int) -> Response:
        """Out of the room."""
        return self._answer(actions.leave_room(visit=self._visit(pk), by=request.user))

    @extend_schema(request=None, responses=VisitOutput)
    def finish(self, request: Request, pk: int) -> Response:
        """The visit is over."""
        return self._answer(actions.finish_visit(visit=self._visit(pk), by=request.user))

    @extend_schema(request=LeftInput, responses=VisitOutput)
    def left(self, request: Request, pk: int) -> Response:
        """She left without being seen."""
        data = LeftInput(data=request.data)
        data.is_valid(raise_exception=True)
        return self._answer(actions.left(visit=self._visit(pk), by=request.user, **data.validated_data))

    @extend_schema(request=None, responses=VisitOutput)
    def recall(self, request: Request, pk: int) -> Response:
        """Ring again."""
        return self._answer(actions.recall(visit=self._visit(pk), by=request.user))

    @extend_schema(request=None, responses=VisitOutput)
    def skip(self, request: Request, pk: int) -> Response:
        """Back by as many places as the branch's rule says."""
        return self._answer(actions.skip(visit=self._visit(pk), by=request.user))

    @extend_schema(request=WaitInput, responses=VisitOutput)
    def hold(self, request: Request, pk: int) -> Response:
        """Not called for now; keeps her place."""
        data = WaitInput(data=request.data)
        data.is_valid(raise_exception=True)
        return self._answer(actions.hold_visit(visit=self._visit(pk), by=request.user, **data.validated_data))

    @extend_schema(request=None, responses=VisitOutput)
    def resume(self, request: Request, pk: int) -> Response:
        """Back in line where she stood."""
        return self._answer(actions.resume_visit(visit=self._visit(pk), by=request.user))

    @extend_schema(request=TransferInput, responses=VisitOutput)
    def transfer(self, request: Request, pk: int) -> Response:
        """Into another doctor's or room's line."""
        visit = self._visit(pk)
        data = TransferInput(data=request.data)
        data.is_valid(raise_exception=True)
        doctor = data.validated_data.get("doctor")
        found = None if doctor is None else Practitioner.objects.filter(pk=doctor).first()
        if doctor is not None and found is None:
            raise Invalid(_("There is no such doctor."), field="doctor")
        return self._answer(
            actions.transfer_visit(visit=visit, practitioner=found, room=self._room(visit), by=request.user)
        )

    @extend_schema(request=PriorityInput, responses=VisitOutput)
    def priority(self, request: Request, pk: int) -> Response:
        """Another class of the line."""
        data = PriorityInput(data=request.data)
        data.is_valid(raise_exception=True)
        return self._answer(actions.set_priority(visit=self._visit(pk), by=request.user, **data.validated_data))

    @extend_schema(request=UndoInput, responses=VisitOutput)
    def undo(self, request: Request, pk: int) -> Response:
        """Take back what was done last, once where `of` names what it was."""
        visit = self._visit(pk)
        status_seen(request, visit)
        return self._answer(actions.undo_visit(visit=visit, by=request.user))

    def _visit(self, pk: int) -> Visit:
        found = visit_for(self.request.user, pk)
        if not self.request.user.can(Perm.FLOOR_WORK, found.branch_id):
            raise Forbidden(_("Your role does not allow this."))
        return found

    def _room(self, visit: Visit) -> Room | None:
        data = RoomInput(data=self.request.data)
        data.is_valid(raise_exception=True)
        wanted = data.validated_data.get("room")
        if wanted is None:
            return None
        room = Room.objects.filter(pk=wanted, branch=visit.branch_id).first()
        if room is None:
            raise Invalid(_("This room is not in use in this branch."), field="room")
        return room

    def _answer(self, visit: Visit) -> Response:
        return Response(VisitOutput(visit).data)


@needs(Perm.FLOOR_WORK)
class NextInLine(APIView):
    """The one button of the floor."""

    @extend_schema(operation_id="queue_next", request=NextInput, responses=NextOutput)
    def post(self, request: Request) -> Response:
        """Call the next; `visit` is null where nobody waits."""
        data = NextInput(data=request.data)
        data.is_valid(raise_exception=True)
        wanted = data.validated_data
        branch = chosen_branch(request.user, Perm.FLOOR_WORK, wanted["branch"])
        whose = {
            "practitioner": self._one(Practitioner.objects.all(), wanted.get("doctor"), "doctor"),
            "room": self._one(Room.objects.filter(branch=branch, is_active=True), wanted.get("room"), "room"),
        }
        if wanted["done"]:
            _left, visit = actions.done_and_next(branch=branch, by=request.user, **whose)
        else:
            visit = actions.call_next(branch=branch, seen=wanted.get("seen"), by=request.user, **whose)
        return Response(NextOutput({"visit": visit}).data)

    def _one(self, rows: Any, pk: int | None, field: str) -> Any:
        found = None if pk is None else rows.filter(pk=pk).first()
        if pk is not None and found is None:
            raise Invalid(_("There is no such thing here."), field=field)
        return found


class Arrivals:
    """What a viewset of appointments does with who comes in; it declares `arrive=Perm.FLOOR_WORK` and check_in too."""

    request: Any

    @extend_schema(request=None, responses=VisitOutput)
    def arrive(self, request: Request, pk: int) -> Response:
        """She is here: her visit, with the day's number."""
        return self._come_in(actions.arrive, pk)

    @extend_schema(request=None, responses=VisitOutput)
    def check_in(self, request: Request, pk: int) -> Response:
        """Her papers are in order."""
        return self._come_in(actions.check_in, pk)

    def _come_in(self, step: Any, pk: int) -> Response:
        found = appointment_for(self.request.user, pk)
        if not self.request.user.can(Perm.FLOOR_WORK, found.branch_id):
            raise Forbidden(_("Your role does not allow this."))
        return Response(VisitOutput(step(appointment=found, by=self.request.user)).data)


@needs(Perm.FLOOR_WORK)
class Arriving(Arrivals, viewsets.ViewSet):
    """Arrival and check-in of an appointment."""

    queryset = Visit.objects.none()
    serializer_class = VisitOutput
