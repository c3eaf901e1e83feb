"""Accounts, their lines, and journal entries by API."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.api import once, read
from finance import actions
from finance.api.asked import DAYS, NARROW, day_of, number_of, scope_of
from finance.api.ledger_shapes import AccountChange, AccountInput, AccountOutput, JournalOutput, LedgerLine
from finance.api.money import KEY
from finance.models import Account, AccountKind, Journal
from finance.queries.books import journals
from finance.queries.reports import account_lines


@extend_schema_view(
    list=extend_schema(parameters=[OpenApiParameter("kind", str, enum=AccountKind.values)]),
)
@needs(Perm.LEDGER_VIEW, create=Perm.LEDGER_WRITE, partial_update=Perm.LEDGER_WRITE)
class Accounts(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The chart of accounts."""

    queryset = Account.objects.order_by("code")
    serializer_class = AccountOutput

    def get_queryset(self) -> QuerySet[Account]:
        kind = self.request.query_params.get("kind", "")
        rows = Account.objects.order_by("code")
        return rows.filter(kind=kind) if kind in AccountKind.values else rows

    @extend_schema(parameters=[KEY], request=AccountInput, responses={201: AccountOutput})
    def create(self, request: Request) -> Response:
        """Add an account."""
        values = read(AccountInput, request.data)

        def work() -> tuple[int, Any]:
            return 201, AccountOutput(actions.save_account(**values, by=request.user)).data

        return once(request, f"account:{request.user.pk}", work)

    @extend_schema(request=AccountChange, responses=AccountOutput)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Rename an account, take it in or out of use."""
        row = get_object_or_404(Account, pk=pk)
        now = {name: getattr(row, name) for name in ("name", "name_en", "is_active")}
        values = read(AccountChange, {**now, **request.data} if isinstance(request.data, dict) else request.data)
        return Response(AccountOutput(actions.save_account(account=row, **values, by=request.user)).data)

    @extend_schema(parameters=[*DAYS, *NARROW], responses=LedgerLine(many=True))
    def lines(self, request: Request, pk: int) -> Response:
        """The general ledger of one account: its lines in order, with what stood there after each."""
        found = account_lines(get_object_or_404(Account, pk=pk), scope_of(request))
        page = self.paginate_queryset(found.lines)
        for line in page or []:
            line.balance = found.opening + line.stood
        return self.get_paginated_response(LedgerLine(page, many=True).data)


@extend_schema_view(
    list=extend_schema(
        parameters=[OpenApiParameter("account", int), OpenApiParameter("branch", int), OpenApiParameter("day", str)]
    )
)
@needs(Perm.LEDGER_VIEW)
class Journals(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Entries, the newest first. They are written by documents alone, and never changed."""

    queryset = Journal.objects.none()
    serializer_class = JournalOutput

    def get_queryset(self) -> QuerySet[Journal]:
        if self.action == "retrieve":
            return journals()
        request = self.request
        return journals(
            account=number_of(request, "account"), day=day_of(request, "day"), branch=number_of(request, "branch")
        )
