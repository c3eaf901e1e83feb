"""Cash desks by API: what there is, and the beginning of a shift."""

import datetime as dt
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.api import once, read
from finance import actions
from finance.api.asked import branch_named
from finance.api.desk_shapes import (
    DeskOutput,
    ShiftOpenInput,
    ShiftOutput,
    shift_shown,
)
from finance.api.money import KEY
from finance.models import CashDesk
from finance.queries.desks import desks_of
from finance.queries.documents import staff_scope
from finance.queries.drawers import shifts

BRANCH = OpenApiParameter("branch", int)
DAY = OpenApiParameter("day", dt.date)


@needs(Perm.PAYMENTS_TAKE)
class Desks(APIView):
    """The cash desks of a branch."""

    @extend_schema(parameters=[BRANCH], responses=DeskOutput(many=True))
    def get(self, request: Request) -> Response:
        """Every desk in use, with its open shift or what was left in its drawer."""
        rows = desks_of(branch_named(request, Perm.PAYMENTS_TAKE))
        return Response(DeskOutput([_desk_shown(row, request) for row in rows], many=True).data)


def _desk_shown(row: Any, request: Request) -> dict[str, Any]:
    desk, shift = row.desk, row.shift
    names = ("pk", "branch_id", "name", "is_shared")
    shown = {name: getattr(desk, name) for name in names}
    return {**shown, "left": row.left, "shift": shift_shown(shift, request.user) if shift else None}


@needs(Perm.PAYMENTS_TAKE)
class OpenDesk(APIView):
    """The beginning of a shift."""

    @extend_schema(parameters=[KEY], request=ShiftOpenInput, responses={201: ShiftOutput})
    def post(self, request: Request, pk: int) -> Response:
        """Open a desk with the cash that lies in its drawer."""
        rows = CashDesk.objects.filter(staff_scope(request.user, Perm.PAYMENTS_TAKE)).select_related("branch")
        desk = get_object_or_404(rows, pk=pk)
        values = read(ShiftOpenInput, request.data)

        def work() -> tuple[int, Any]:
            made = actions.open_shift(desk=desk, **values, by=request.user)
            return 201, ShiftOutput(shift_shown(shifts().get(pk=made.pk), request.user)).data

        return once(request, f"desk:{pk}:{request.user.pk}", work)
