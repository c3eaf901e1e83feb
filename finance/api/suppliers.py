"""Suppliers by API."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.api import once, read
from finance import actions
from finance.api.money import KEY
from finance.api.report_shapes import Money
from finance.models import Supplier
from finance.queries.suppliers import suppliers_with_owed


class SupplierOutput(serializers.ModelSerializer):
    owed = Money()

    class Meta:
        model = Supplier
        fields = ["id", "name", "phone", "tax_number", "note", "is_active", "owed"]


class SupplierInput(serializers.Serializer):
    name = serializers.CharField(max_length=120)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    tax_number = serializers.CharField(max_length=40, required=False, allow_blank=True)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)
    is_active = serializers.BooleanField(required=False)


@needs(Perm.LEDGER_VIEW, create=Perm.LEDGER_WRITE, partial_update=Perm.LEDGER_WRITE)
class Suppliers(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Whom the clinic owes, with what it owes them."""

    queryset = Supplier.objects.none()
    serializer_class = SupplierOutput

    def get_queryset(self) -> QuerySet[Supplier]:
        return suppliers_with_owed().order_by("name")

    @extend_schema(parameters=[KEY], request=SupplierInput, responses={201: SupplierOutput})
    def create(self, request: Request) -> Response:
        """Add a supplier."""
        values = read(SupplierInput, request.data)

        def work() -> tuple[int, Any]:
            made = actions.save_supplier(**values, by=request.user)
            return 201, SupplierOutput(suppliers_with_owed().get(pk=made.pk)).data

        return once(request, f"supplier:{request.user.pk}", work)

    @extend_schema(request=SupplierInput, responses=SupplierOutput)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a supplier."""
        row = get_object_or_404(Supplier, pk=pk)
        now = {name: getattr(row, name) for name in ("name", "phone", "tax_number", "note", "is_active")}
        values = read(SupplierInput, {**now, **request.data} if isinstance(request.data, dict) else request.data)
        actions.save_supplier(supplier=row, **values, by=request.user)
        return Response(SupplierOutput(suppliers_with_owed().get(pk=pk)).data)
