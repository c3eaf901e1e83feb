"""Documents written by hand, by API."""

import datetime as dt
import secrets
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.accounts.queries import chosen_branch
from clinic.shared.api import once, read
from finance import actions
from finance.api.asked import day_of
from finance.api.money import KEY
from finance.api.voucher_shapes import ReversalInput, VoucherInput, VoucherOutput
from finance.models import Voucher, VoucherKind


@extend_schema_view(
    list=extend_schema(
        parameters=[
            OpenApiParameter("kind", str, enum=VoucherKind.values),
            OpenApiParameter("first", dt.date),
            OpenApiParameter("last", dt.date),
        ]
    )
)
@needs(Perm.LEDGER_VIEW, create=Perm.LEDGER_WRITE, reverse=Perm.LEDGER_WRITE)
class Vouchers(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """What was written by hand, the newest first. A voucher is never changed; a reversal corrects it."""

    queryset = Voucher.objects.none()
    serializer_class = VoucherOutput

    def get_queryset(self) -> QuerySet[Voucher]:
        rows = Voucher.objects.select_related("reversal").order_by("-business_date", "-number")
        kind = self.request.query_params.get("kind", "")
        rows = rows.filter(kind=kind) if kind in VoucherKind.values else rows
        first, last = day_of(self.request, "first"), day_of(self.request, "last")
        rows = rows.filter(business_date__gte=first) if first else rows
        return rows.filter(business_date__lte=last) if last else rows

    @extend_schema(parameters=[KEY], request=VoucherInput, responses={201: VoucherOutput})
    def create(self, request: Request) -> Response:
        """Write a voucher and post it."""
        values = read(VoucherInput, request.data)
        named = values.pop("branch", None)
        branch = chosen_branch(request.user, Perm.LEDGER_WRITE, named.pk if named else None)

        def work() -> tuple[int, Any]:
            written = actions.Written(branch=branch, form_token=secrets.token_hex(12), **values)
            return 201, VoucherOutput(actions.enter_voucher(written=written, by=request.user)).data

        return once(request, f"voucher:{request.user.pk}", work)

    @extend_schema(parameters=[KEY], request=ReversalInput, responses={201: VoucherOutput})
    def reverse(self, request: Request, pk: int) -> Response:
        """Take a voucher back, today; a repeat changes nothing."""
        voucher = get_object_or_404(Voucher, pk=pk)
        values = read(ReversalInput, request.data)

        def work() -> tuple[int, Any]:
            actions.reverse_voucher(voucher=voucher, **values, by=request.user)
            return 201, VoucherOutput(Voucher.objects.select_related("reversal").get(pk=pk)).data

        return once(request, f"voucher-back:{pk}:{request.user.pk}", work)
