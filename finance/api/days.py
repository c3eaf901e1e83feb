"""The day of a branch by API, and its end."""

import datetime as dt
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.accounts.queries import chosen_branch
from clinic.shared.api import once, read
from finance import actions
from finance.api.asked import branch_named, day_of
from finance.api.day_shapes import DayCloseInput, DayCloseOutput, DayOutput, day_shown
from finance.api.money import KEY
from finance.queries.days import today
from finance.queries.report import daily_report

BRANCH = OpenApiParameter("branch", int)
DAY = OpenApiParameter("day", dt.date)


@needs(Perm.CASH_MANAGE)
class CashDays(APIView):
    """The working day of a branch, and its end."""

    @extend_schema(parameters=[BRANCH, DAY], responses=DayOutput)
    def get(self, request: Request) -> Response:
        """Its figures, as they are or as they were closed; today's where no `day` is named."""
        branch = branch_named(request, Perm.CASH_MANAGE)
        return Response(DayOutput(day_shown(daily_report(branch, day_of(request, "day") or today(branch)))).data)

    @extend_schema(parameters=[KEY], request=DayCloseInput, responses={201: DayCloseOutput})
    def post(self, request: Request) -> Response:
        """Close a day: what comes later is of the next. Without shifts `counted` is the cash of the whole drawer."""
        values = read(DayCloseInput, request.data)
        named = values.pop("branch", None)
        branch = chosen_branch(request.user, Perm.CASH_MANAGE, named.pk if named else None)

        def work() -> tuple[int, Any]:
            return 201, DayCloseOutput(actions.close_day(branch=branch, **values, by=request.user)).data

        return once(request, f"day:{branch.pk}:{request.user.pk}", work)
