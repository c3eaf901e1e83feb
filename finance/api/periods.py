"""Closed days of the books by API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.api import once, read
from finance import actions
from finance.api.money import KEY
from finance.api.voucher_shapes import Day
from finance.models import PeriodMove


class ClosedDaysOutput(serializers.ModelSerializer):
    class Meta:
        model = PeriodMove
        fields = ["id", "first_day", "last_day", "closes", "year_end", "reason", "at", "by"]


class ClosedDaysInput(serializers.Serializer):
    """Days that are closed, or (`closes` false) opened again."""

    first_day = Day()
    last_day = Day()
    closes = serializers.BooleanField(required=False, default=True)
    year_end = serializers.BooleanField(required=False, default=False)
    reason = serializers.CharField(max_length=200)


@needs(Perm.LEDGER_VIEW, create=Perm.PERIODS_CLOSE)
class Periods(mixins.ListModelMixin, viewsets.GenericViewSet):
    """Every closing and opening of days, the newest first: of all over a day the newest holds."""

    queryset = PeriodMove.objects.order_by("-pk")
    serializer_class = ClosedDaysOutput

    @extend_schema(parameters=[KEY], request=ClosedDaysInput, responses={201: ClosedDaysOutput})
    def create(self, request: Request) -> Response:
        """Close days, or open them again."""
        values = read(ClosedDaysInput, request.data)
        days = {"first": values["first_day"], "last": values["last_day"], "reason": values["reason"]}

        def work() -> tuple[int, Any]:
            if values["closes"]:
                move = actions.close_period(**days, year_end=values["year_end"], by=request.user)
            else:
                move = actions.reopen_period(**days, by=request.user)
            return 201, ClosedDaysOutput(move).data

        return once(request, f"period:{request.user.pk}", work)
