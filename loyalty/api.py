"""Points by API: the statement. Paying with points belongs to finance."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient
from loyalty import queries
from loyalty.models import PointsEntry
from loyalty.permissions import statements_open_to

LATEST = 100


class EntryOutput(serializers.ModelSerializer):
    class Meta:
        model = PointsEntry
        fields = ["id", "kind", "points", "balance_after", "worth", "short", "at", "cause"]


class StatementOutput(serializers.Serializer):
    balance = serializers.IntegerField()
    worth = serializers.DecimalField(max_digits=18, decimal_places=2)
    ends_next = serializers.DateField(allow_null=True)
    entries = EntryOutput(many=True)


@needs(Perm.OWN_VIEW)
class Statement(APIView):
    """The points of a patient: for staff who may see them, and for the patient herself."""

    @extend_schema(responses=StatementOutput)
    def get(self, request: Request, pk: int) -> Response:
        """Balance, its worth, and the latest entries."""
        patient = get_object_or_404(statements_open_to(request.user), pk=pk)
        return Response(StatementOutput(_statement(patient)).data)


def _statement(patient: Patient) -> dict[str, Any]:
    owned, lot = queries.balance(patient), queries.ending_next(patient)
    return {
        "balance": owned,
        "worth": owned * queries.current_rule().point_value,
        "ends_next": lot.expires_on if lot else None,
        "entries": queries.statement(patient)[:LATEST],
    }
