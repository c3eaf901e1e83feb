"""The books by API: what stands in them, and the reports that are read from their lines."""

import datetime as dt
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from finance.api.asked import DAYS, NARROW, day_of, number_of, scope_of
from finance.api.report_shapes import (
    BalanceSheetOutput,
    CashFlowOutput,
    MatchedOutput,
    ProfitOutput,
    TrialBalanceOutput,
    WeekOutput,
)
from finance.queries.books import trial_balance
from finance.queries.days import clinic_today
from finance.queries.reports import balance_sheet, cash_flow, matched, profit, weekly

DAY = OpenApiParameter("day", dt.date)
WEEKS_AT_MOST = 53


@needs(Perm.LEDGER_VIEW)
class TrialBalanceView(APIView):
    """Every account with the sums of its sides."""

    @extend_schema(parameters=[DAY], responses=TrialBalanceOutput)
    def get(self, request: Request) -> Response:
        """The trial balance, up to and with `day` where one is given."""
        return Response(TrialBalanceOutput(trial_balance(day_of(request, "day"))).data)


@needs(Perm.LEDGER_VIEW)
class ProfitView(APIView):
    """Income and costs by account."""

    @extend_schema(parameters=[*DAYS, *NARROW], responses=ProfitOutput)
    def get(self, request: Request) -> Response:
        """What was earned and spent in the days, beside the days before them."""
        return Response(ProfitOutput(profit(scope_of(request))).data)


@needs(Perm.LEDGER_VIEW)
class BalanceSheetView(APIView):
    """What the clinic has, owes and is worth."""

    @extend_schema(parameters=[DAY, NARROW[-1]], responses=BalanceSheetOutput)
    def get(self, request: Request) -> Response:
        """The balance sheet at the end of `day`, of today where none is given."""
        sheet = balance_sheet(day_of(request, "day") or clinic_today(), scope_of(request).known)
        return Response(BalanceSheetOutput(sheet).data)


@needs(Perm.LEDGER_VIEW)
class CashFlowView(APIView):
    """How money came and went."""

    @extend_schema(parameters=[*DAYS, *NARROW], responses=CashFlowOutput)
    def get(self, request: Request) -> Response:
        """Money at the beginning, what came and went for what, money at the end."""
        return Response(CashFlowOutput(cash_flow(scope_of(request))).data)


@needs(Perm.LEDGER_VIEW)
class WeeklyView(APIView):
    """The weekly billing report."""

    @extend_schema(
        parameters=[DAY, OpenApiParameter("weeks", int, description="How many, 8 unless told, at most 53."), NARROW[0]],
        responses=WeekOutput(many=True),
    )
    def get(self, request: Request) -> Response:
        """The weeks up to that of `day`, the newest first."""
        count = min(max(number_of(request, "weeks") or 8, 1), WEEKS_AT_MOST)
        scope = scope_of(request)
        found = weekly(day_of(request, "day") or clinic_today(), count=count, branch=scope.branch, known=scope.known)
        return Response(WeekOutput(found, many=True).data)


@needs(Perm.LEDGER_VIEW)
class MatchedView(APIView):
    """Visits matched against revenue."""

    @extend_schema(parameters=[*DAYS, *NARROW[:3]], responses=MatchedOutput)
    def get(self, request: Request) -> Response:
        """Finished visits of the days with their bills, and what does not fit: at most 200 of each list."""
        found: Any = matched(scope_of(request))
        return Response(MatchedOutput(found).data)
