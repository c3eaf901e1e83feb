"""Bills by API: the same actions as the pages."""

import secrets
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.accounts.guards import needs
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.accounts.queries import chosen_branch
from clinic.shared.api import once
from clinic.shared.errors import Forbidden, Invalid
from finance import actions
from finance.api.serializers import InvoiceDetail, InvoiceInput, InvoiceOutput
from finance.models import Invoice
from finance.queries.documents import invoices_for
from inventory.models import Item
from scheduling.models import Service

FILTERS = ("patient", "visit", "branch")


@extend_schema_view(
    list=extend_schema(
        parameters=[
            OpenApiParameter("patient", int),
            OpenApiParameter("visit", int),
            OpenApiParameter("branch", int),
            OpenApiParameter("status", str),
        ]
    ),
    retrieve=extend_schema(responses=InvoiceDetail),
)
@needs(Perm.OWN_VIEW, create=Perm.INVOICES_ISSUE)
class Invoices(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Bills: those of one's branches for staff, one's own for patients."""

    queryset = Invoice.objects.none()
    serializer_class = InvoiceOutput

    def get_serializer_class(self) -> Any:
        return InvoiceDetail if self.action == "retrieve" else InvoiceOutput

    def get_queryset(self) -> QuerySet[Invoice]:
        rows = invoices_for(self.request.user)
        for name in FILTERS:
            value = self.request.query_params.get(name)
            if value:
                rows = rows.filter(**{name: number(name, value)})
        status = self.request.query_params.get("status")
        return rows.filter(status=status) if status else rows

    @extend_schema(request=InvoiceInput, responses={201: InvoiceDetail})
    def create(self, request: Request) -> Response:
        """Issue a bill that has no visit."""
        data = InvoiceInput(data=request.data)
        data.is_valid(raise_exception=True)

        def work() -> tuple[int, Any]:
            return 201, InvoiceDetail(_issue(request, data.validated_data)).data

        return once(request, f"invoice:{request.user.pk}", work)


def _issue(request: Request, values: dict[str, Any]) -> Invoice:
    branch = chosen_branch(request.user, Perm.INVOICES_ISSUE, values["branch"].pk if "branch" in values else None)
    return actions.issue_invoice(
        patient=values["patient"],
        branch=branch,
        lines=[_draft(request, branch, place, line) for place, line in enumerate(values["lines"])],
        cause=f"manual:{secrets.token_hex(8)}",
        note=values.get("note", ""),
        by=request.user,
    )


def _draft(request: Request, branch: Branch, place: int, line: dict[str, Any]) -> actions.Draft:
    service, item, price = line.get("service"), line.get("item"), line.get("unit_price")
    if service and item:
        raise Invalid(_("A line is of a service or of an item."), field=f"lines.{place}.item")
    if line.get("discount") and not request.user.can(Perm.DISCOUNTS_GIVE, branch.pk):
        raise Forbidden(_("Your role does not include discounts."), field=f"lines.{place}.discount")
    known, source = _known_price(service, item)
    if price is None and known is None:
        raise Invalid(_("Write the price."), field=f"lines.{place}.unit_price")
    name = line.get("name", "").strip() or (service.name if service else item.name if item else "")
    if not name:
        raise Invalid(_("Write what the line is for."), field=f"lines.{place}.name")
    return actions.Draft(
        name=name,
        unit_price=known if price is None else price,
        price_source=source if price is None or price == known else "manual",
        quantity=line.get("quantity", Decimal(1)),
        discount=line.get("discount", Decimal(0)),
        discount_reason=line.get("discount_reason", ""),
        service=service,
        item=item,
        practitioner=line.get("practitioner"),
    )


def _known_price(service: Service | None, item: Item | None) -> tuple[Any, str]:
    if service:
        return service.price, f"service:{service.pk}"
    if item and item.sale_price is not None:
        return item.sale_price, f"item:{item.pk}"
    return None, "manual"


def number(name: str, value: str) -> int:
    """A number in the address; raises Invalid for anything else."""
    if not value.isascii() or not value.isdigit() or len(value) > 18:
        raise Invalid(_("This is not a number."), field=name)
    return int(value)


def invoice_for(request: Request, pk: int, permission: str) -> Invoice:
    """The bill on which somebody may do something, else 404."""
    return get_object_or_404(invoices_for(request.user, permission), pk=pk)
