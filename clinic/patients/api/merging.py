"""Two cards of one person through the API: what is alike, merging, taking back."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients import actions, queries
from clinic.patients.api.relations import card_of
from clinic.patients.models import PatientMerge
from clinic.shared.api import read, shape


class PairOutput(serializers.Serializer):
    """Two cards that may be of one person: `score` has no unit, the higher the likelier."""

    older = serializers.IntegerField(source="older.pk")
    newer = serializers.IntegerField(source="newer.pk")
    score = serializers.IntegerField(source="likeness.score")
    why = serializers.CharField()


class MergeInput(serializers.Serializer):
    """`other` becomes part of the card of the address; `take` names details that are taken from it."""

    other = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    take = serializers.ListField(
        child=serializers.ChoiceField(choices=list(actions.DETAILS)), max_length=20, required=False
    )
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class MergeOutput(serializers.ModelSerializer):
    class Meta:
        model = PatientMerge
        fields = [
            "id", "source", "target", "merged_at", "reason", "separable_until", "separated_at", "separated_because",
        ]  # fmt: skip


class SeparateInput(serializers.Serializer):
    reason = serializers.CharField(max_length=200)


class NotTheSameInput(serializers.Serializer):
    one = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    other = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


@needs(Perm.PATIENTS_EDIT)
class Duplicates(viewsets.ViewSet):
    """Cards that may be of one person."""

    @extend_schema(operation_id="duplicates_list", responses=PairOutput(many=True))
    def list(self, request: Request) -> Response:
        """The likeliest first, without those said to be two people."""
        return Response([shape(PairOutput, each) for each in queries.duplicate_pairs()])

    @extend_schema(operation_id="duplicates_dismiss", request=NotTheSameInput, responses={204: None})
    def dismiss(self, request: Request) -> Response:
        """Two people after all: the pair is not shown again."""
        values: dict[str, Any] = read(NotTheSameInput, request.data)
        actions.say_not_the_same(one=card_of(values["one"]), other=card_of(values["other"]), by=request.user)
        return Response(status=204)


@needs(Perm.PATIENTS_MERGE)
class Merges(viewsets.ViewSet):
    """Merges that can be taken back; merging and separating."""

    @extend_schema(operation_id="merges_list", responses=MergeOutput(many=True))
    def list(self, request: Request) -> Response:
        """The latest first."""
        return Response([shape(MergeOutput, row) for row in queries.recent_merges()])

    @extend_schema(operation_id="merges_create", request=MergeInput, responses={201: MergeOutput})
    def create(self, request: Request, pk: int) -> Response:
        """Make another card part of this one; 409 where one of them was merged already."""
        values = read(MergeInput, request.data)
        merge = actions.merge_patients(
            source=card_of(values["other"]), target=card_of(pk), take=values.get("take", []), reason=values["reason"],
            by=request.user,
        )  # fmt: skip
        return Response(shape(MergeOutput, merge), status=201)

    @extend_schema(operation_id="merges_separate", request=SeparateInput, responses=MergeOutput)
    def separate(self, request: Request, merge_pk: int) -> Response:
        """Take a merge back: every row that moved goes back; 409 once the time is over."""
        row = get_object_or_404(PatientMerge, pk=merge_pk)
        done = actions.separate_patients(merge=row, by=request.user, **read(SeparateInput, request.data))
        return Response(shape(MergeOutput, done))
