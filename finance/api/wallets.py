"""Doctors' wallets by API, to read."""

import datetime as dt
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.errors import Invalid, NotFound
from finance.api.wallet_output import WalletOutput, WalletStatementOutput
from finance.queries.days import clinic_today
from finance.queries.reports.scope import month_of
from finance.queries.statements import statement
from finance.queries.wallet_access import doctors_for
from finance.queries.wallets import Wallet, wallet_of, wallets
from scheduling.models import Practitioner

DAYS = [OpenApiParameter("first", dt.date), OpenApiParameter("last", dt.date)]
MOST = 1000  # moves in one answer; narrower days show the rest
LONGEST = dt.timedelta(days=366)


@needs(Perm.WALLETS_VIEW)
class DoctorWallets(APIView):
    """Every doctor's wallet."""

    @extend_schema(responses=WalletOutput(many=True))
    def get(self, request: Request) -> Response:
        """What each has earned, what is held, may be paid, was paid."""
        return Response(WalletOutput(wallets(), many=True).data)


@needs(Perm.WALLETS_VIEW)
class DoctorWallet(APIView):
    """One doctor's statement."""

    @extend_schema(parameters=DAYS, responses=WalletStatementOutput)
    def get(self, request: Request, pk: int) -> Response:
        """The moves of a month, or of the days `first` to `last` (a year at most)."""
        return Response(_told(request, get_object_or_404(doctors_for(request.user), pk=pk)))


@needs(Perm.WALLET_OWN)
class MyDoctorWallet(APIView):
    """The statement of the doctor who asks."""

    @extend_schema(parameters=DAYS, responses=WalletStatementOutput)
    def get(self, request: Request) -> Response:
        """The moves of a month, or of the days `first` to `last` (a year at most)."""
        doctor = Practitioner.objects.filter(user=request.user).first()
        if doctor is None:
            raise NotFound(_("Your account is not linked to a doctor."))
        return Response(_told(request, doctor))


def _told(request: Request, doctor: Practitioner) -> Any:
    first, last = month_of(clinic_today())
    first, last = _day(request, "first") or first, _day(request, "last") or last
    if last < first or last - first > LONGEST:
        raise Invalid(_("Choose days of one year at most, the first before the last."), field="last")
    found, wallet = statement(doctor, first, last), wallet_of(doctor)
    days = {"first": first, "last": last, "opening": found.opening, "closing": found.closing}
    return WalletStatementOutput({**_figures(wallet), **days, "moves": found.moves[:MOST]}).data


def _figures(wallet: Wallet) -> dict[str, Any]:
    names = ("practitioner", "earned", "paid", "held", "payable", "balance")
    return {name: getattr(wallet, name) for name in names}


def _day(request: Request, name: str) -> dt.date | None:
    text = request.query_params.get(name, "")
    if not text:
        return None
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        found = dt.date.min
    if not 1950 <= found.year <= 2150:
        raise Invalid(_("Write the day as %(example)s.") % {"example": "2026-11-22"}, field=name)
    return found
