"""The books by API."""

import datetime as dt

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.errors import Invalid
from finance.api.serializers import TrialBalanceOutput
from finance.queries.books import trial_balance


@needs(Perm.LEDGER_VIEW)
class TrialBalanceView(APIView):
    """Every account with the sums of its sides."""

    @extend_schema(parameters=[OpenApiParameter("day", dt.date)], responses=TrialBalanceOutput)
    def get(self, request: Request) -> Response:
        """The trial balance, up to and with `day` where one is given."""
        found = trial_balance(_day(request.query_params.get("day", "")))
        rows = [
            {
                "code": row.account.code,
                "name": row.name,
                "kind": row.account.kind,
                "debit": row.debit,
                "credit": row.credit,
                "balance": row.balance,
            }
            for row in found.rows
        ]
        body = {
            "until": found.until,
            "debit": found.debit,
            "credit": found.credit,
            "balances": found.balances,
            "accounts": rows,
        }
        return Response(TrialBalanceOutput(body).data)


def _day(text: str) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Invalid(_("Write the day as %(example)s.") % {"example": "2026-11-22"}, field="day") from None
