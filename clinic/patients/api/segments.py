"""Groups of patients through the API: what can be asked, the groups with their counts, who is in one now."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients import actions, queries
from clinic.patients.api.cards import PARAMETERS, SEARCH, PatientOutput
from clinic.patients.models import Patient, Segment
from clinic.shared.api import read, shape
from clinic.shared.errors import Invalid
from clinic.shared.segments import TERMS, Term, conditions_for, may_ask


class TermInput(serializers.Serializer):
    """A condition and its answer: a number's text, or a list of keys; see `/segment-conditions/`."""

    kind = serializers.CharField(max_length=40)
    way = serializers.CharField(max_length=40)
    value = serializers.JSONField(required=False)


class SegmentInput(serializers.Serializer):
    name = serializers.CharField(max_length=80)
    any_of = serializers.BooleanField(default=False)
    rule = serializers.ListField(child=TermInput(), min_length=1, max_length=TERMS)


class SegmentOutput(serializers.Serializer):
    """A group: its rule, the rule as a sentence, and how many patients fit now."""

    id = serializers.IntegerField(source="segment.pk")
    name = serializers.CharField(source="segment.name")
    any_of = serializers.BooleanField(source="segment.any_of")
    rule = serializers.JSONField(source="segment.rule")
    sentence = serializers.CharField()
    count = serializers.IntegerField()


class WayOutput(serializers.Serializer):
    way = serializers.CharField(source="name")
    text = serializers.CharField(source="label")
    takes = serializers.CharField()


class SegmentConditionOutput(serializers.Serializer):
    kind = serializers.CharField(source="name")
    text = serializers.CharField(source="label")
    group = serializers.CharField()
    ways = WayOutput(many=True)
    choices = serializers.SerializerMethodField()

    def get_choices(self, condition: Any) -> list[dict[str, str]]:
        """Keys and words of what can be chosen now."""
        return [{"key": key, "text": text} for key, text in (condition.choices() if condition.choices else [])]


def find(request: Request, pk: int) -> Segment:
    """A group in use of which this account may know what it asks; else 404."""
    row = get_object_or_404(Segment, pk=pk, is_active=True)
    if not may_ask(request.user, queries.terms_of(row)):
        raise Http404
    return row


def shown(segment: Segment) -> dict[str, Any]:
    """A group as it is answered."""
    return shape(SegmentOutput, queries.counted([segment])[0])


@needs(Perm.SEGMENTS_VIEW)
class Conditions(viewsets.ViewSet):
    """What can be asked of patients."""

    @extend_schema(operation_id="segment_conditions_list", responses=SegmentConditionOutput(many=True))
    def list(self, request: Request) -> Response:
        """The conditions that this account may ask, with their ways and answers."""
        return Response([shape(SegmentConditionOutput, each) for each in conditions_for(request.user)])


@needs(
    Perm.SEGMENTS_VIEW,
    create=Perm.SEGMENTS_EDIT,
    partial_update=Perm.SEGMENTS_EDIT,
    destroy=Perm.SEGMENTS_EDIT,
)
class Segments(viewsets.GenericViewSet):
    """Groups of patients by rule; who belongs to one is found anew each time."""

    serializer_class = PatientOutput
    queryset = Patient.objects.none()

    @extend_schema(operation_id="segments_list", responses=SegmentOutput(many=True))
    def list(self, request: Request) -> Response:
        """All groups in use, with their counts."""
        return Response([shape(SegmentOutput, row) for row in queries.counted(queries.segments_for(request.user))])

    @extend_schema(operation_id="segments_create", request=SegmentInput, responses={201: SegmentOutput})
    def create(self, request: Request) -> Response:
        """A new group; 409 for a name that is there."""
        return Response(shown(_save(request, None)), status=201)

    @extend_schema(operation_id="segments_read", responses=SegmentOutput)
    def retrieve(self, request: Request, segment_pk: int) -> Response:
        """One group."""
        return Response(shown(find(request, segment_pk)))

    @extend_schema(operation_id="segments_update", request=SegmentInput, responses=SegmentOutput)
    def partial_update(self, request: Request, segment_pk: int) -> Response:
        """Change the named parts of a group."""
        return Response(shown(_save(request, find(request, segment_pk))))

    @extend_schema(operation_id="segments_remove", responses={204: None})
    def destroy(self, request: Request, segment_pk: int) -> Response:
        """Take it out of use; no patient is changed by it."""
        actions.remove_segment(segment=find(request, segment_pk), by=request.user)
        return Response(status=204)

    @extend_schema(operation_id="segments_patients", parameters=[SEARCH], responses=PatientOutput(many=True))
    def patients(self, request: Request, segment_pk: int) -> Response:
        """Who is in the group now, latest first, or best match first where something is searched for."""
        if unknown := set(request.query_params) - PARAMETERS:
            raise Invalid(_("There is no such parameter."), field=sorted(unknown)[0])
        found = queries.patients_of(find(request, segment_pk)).order_by("-pk")
        text = request.query_params.get("search", "")
        if text.strip():
            found = queries.find_patients(text[:100], limit=None, among=found)
        rows = self.paginate_queryset(found)
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)


def _save(request: Request, segment: Segment | None) -> Segment:
    now = {name: getattr(segment, name) for name in ("name", "any_of", "rule")} if segment else {}
    values = read(SegmentInput, {**now, **request.data} if isinstance(request.data, dict) else request.data)
    terms = [Term.read(each) for each in values["rule"]]
    return actions.save_segment(
        segment=segment, name=values["name"], any_of=values["any_of"], terms=terms, by=request.user
    )
