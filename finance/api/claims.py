"""Claims by API, for reading."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.errors import Invalid
from finance.models import Claim
from finance.queries.claims import claims_for, lines_of, with_sums
from finance.statuses import ClaimStatus


class ClaimOutput(serializers.Serializer):
    """A claim with its sums, in the clinic's currency; `difference` waits for somebody's decision."""

    id = serializers.IntegerField(source="claim.pk")
    number = serializers.IntegerField(source="claim.number")
    status = serializers.CharField(source="claim.status")
    insurer = serializers.CharField(source="claim.insurer.name")
    branch = serializers.IntegerField(source="claim.branch_id")
    first_day = serializers.DateField(source="claim.first_day")
    last_day = serializers.DateField(source="claim.last_day")
    sent_on = serializers.DateField(source="claim.sent_on")
    asked = serializers.DecimalField(18, 2)
    accepted = serializers.DecimalField(18, 2)
    difference = serializers.DecimalField(18, 2)
    received = serializers.DecimalField(18, 2)


class ClaimLineOutput(serializers.Serializer):
    """One share of a claim."""

    id = serializers.IntegerField(source="pk")
    invoice = serializers.IntegerField(source="share.invoice_id")
    patient = serializers.IntegerField(source="share.invoice.patient_id")
    policy = serializers.CharField(source="share.number")
    name = serializers.CharField(source="share.line.name")
    asked = serializers.DecimalField(18, 2)
    accepted = serializers.DecimalField(18, 2, allow_null=True)
    reason = serializers.CharField()
    difference = serializers.DecimalField(18, 2)


class ClaimDetail(ClaimOutput):
    """A claim with its lines."""

    lines = serializers.SerializerMethodField()

    @extend_schema(responses=ClaimLineOutput(many=True))
    def get_lines(self, sums: Any) -> list[dict[str, Any]]:
        """The lines that stand in it."""
        return list(ClaimLineOutput(lines_of(sums.claim), many=True).data)


@needs(Perm.CLAIMS_WORK)
class Claims(viewsets.GenericViewSet):
    """What insurers are asked for."""

    queryset = Claim.objects.none()
    serializer_class = ClaimOutput

    def get_queryset(self) -> QuerySet[Claim]:
        return claims_for(self.request.user)

    @extend_schema(parameters=[OpenApiParameter("status", str)], responses=ClaimOutput(many=True))
    def list(self, request: Request) -> Response:
        """Claims, the newest first, of one status where it is given."""
        rows, status = self.get_queryset(), request.query_params.get("status", "")
        if status and status not in ClaimStatus.values:
            raise Invalid(_("Choose one of the answers."), field="status")
        found: Any = self.paginate_queryset(rows.filter(status=status) if status else rows)
        return self.get_paginated_response(ClaimOutput(with_sums(found), many=True).data)

    @extend_schema(responses=ClaimDetail)
    def retrieve(self, request: Request, pk: int) -> Response:
        """One claim with its lines."""
        [sums] = with_sums([get_object_or_404(self.get_queryset(), pk=pk)])
        return Response(ClaimDetail(sums).data)
