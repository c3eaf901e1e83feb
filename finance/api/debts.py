"""Who owes what, by API."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.errors import Invalid
from finance.models import Invoice
from finance.queries.days import clinic_today
from finance.queries.debts import EDGES, debtors_of, open_rows, whose_debts


class DebtorOutput(serializers.Serializer):
    """What a patient owes, by age in days; amounts in the clinic's currency."""

    patient = serializers.IntegerField(source="patient.pk")
    name = serializers.CharField(source="patient.full_name")
    owed = serializers.DecimalField(18, 2)
    ages = serializers.ListField(
        child=serializers.DecimalField(18, 2), help_text="0 to 30, 31 to 60, 61 to 90 and more than 90 days."
    )
    oldest = serializers.DateField()
    days = serializers.IntegerField()
    bills = serializers.IntegerField()
    overdue = serializers.BooleanField(source="is_late")


@needs(Perm.INVOICES_VIEW)
class Debtors(viewsets.GenericViewSet):
    """Patients who owe, the largest debt first."""

    queryset = Invoice.objects.none()
    serializer_class = DebtorOutput

    def get_queryset(self) -> QuerySet[Any]:
        older = self.request.query_params.get("older", "") or "0"
        if older not in {"0", *map(str, EDGES)}:
            raise Invalid(_("Choose 30, 60 or 90 days."), field="older")
        return whose_debts(open_rows(self.request.user), clinic_today(), older_than=int(older))

    @extend_schema(parameters=[OpenApiParameter("older", int, enum=EDGES)], responses=DebtorOutput(many=True))
    def list(self, request: Request) -> Response:
        """Debtors, of bills older than so many days where `older` is given."""
        found: Any = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(DebtorOutput(debtors_of(list(found), clinic_today()), many=True).data)
