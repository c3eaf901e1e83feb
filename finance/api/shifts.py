"""Shifts by API: cash in and out, counted, handed over, closed."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.api import once, read
from finance import actions
from finance.api.asked import day_of, number_of
from finance.api.count_shapes import AnswerInput, CountInput, NoteInput, OfferInput
from finance.api.desk_shapes import (
    CashMoveInput,
    CashMoveOutput,
    ShiftOutput,
    shift_shown,
)
from finance.api.money import KEY
from finance.models import Shift
from finance.queries.documents import staff_scope
from finance.queries.drawers import shifts

BRANCH = OpenApiParameter("branch", int)
DAY = OpenApiParameter("day", dt.date)
ANSWERS = {
    "accept": lambda shift, by, _why: actions.accept_shift(shift=shift, by=by),
    "refuse": lambda shift, by, why: actions.refuse_shift(shift=shift, reason=why, by=by),
}


@needs(Perm.PAYMENTS_TAKE)
class Shifts(viewsets.GenericViewSet):
    """Shifts, the newest first. Where counts are blind nobody sees what her own open drawer should hold."""

    queryset = Shift.objects.none()
    serializer_class = ShiftOutput

    def get_queryset(self) -> QuerySet[Shift]:
        rows = shifts().filter(staff_scope(self.request.user, Perm.PAYMENTS_TAKE)).order_by("-pk")
        branch, day = number_of(self.request, "branch"), day_of(self.request, "day")
        rows = rows.filter(branch=branch) if branch is not None else rows
        return rows.filter(business_date=day) if day else rows

    @extend_schema(operation_id="shifts_list", parameters=[BRANCH, DAY], responses=ShiftOutput(many=True))
    def list(self, request: Request) -> Response:
        """Those of one's branches, of a branch or day where they are named."""
        page = self.paginate_queryset(self.get_queryset()) or []
        shown = [shift_shown(row, request.user) for row in page]
        return self.get_paginated_response(ShiftOutput(shown, many=True).data)

    @extend_schema(operation_id="shifts_read", responses=ShiftOutput)
    def retrieve(self, request: Request, pk: int) -> Response:
        """One shift."""
        return Response(ShiftOutput(shift_shown(self._shift(pk), request.user)).data)

    @extend_schema(parameters=[KEY], request=CashMoveInput, responses={201: CashMoveOutput})
    def cash(self, request: Request, pk: int) -> Response:
        """Cash in or out that is no payment."""
        shift, values = self._shift(pk), read(CashMoveInput, request.data)

        def work() -> tuple[int, Any]:
            return 201, CashMoveOutput(actions.move_cash(shift=shift, **values, by=request.user)).data

        return once(request, f"cash:{pk}:{request.user.pk}", work)

    @extend_schema(parameters=[KEY], request=CountInput, responses=ShiftOutput)
    def count(self, request: Request, pk: int) -> Response:
        """Count the drawer. What agrees closes it; a difference waits for a word (`settle`) or another count."""
        values = read(CountInput, request.data)
        return self._once("count", pk, lambda shift: actions.count_shift(shift=shift, **values, by=request.user))

    @extend_schema(parameters=[KEY], request=NoteInput, responses=ShiftOutput)
    def settle(self, request: Request, pk: int) -> Response:
        """Close a counted drawer with its shortage or excess."""
        values = read(NoteInput, request.data)
        return self._once("settle", pk, lambda shift: actions.settle_count(shift=shift, **values, by=request.user))

    @extend_schema(parameters=[KEY], request=None, responses=ShiftOutput)
    def again(self, request: Request, pk: int) -> Response:
        """Take a count back, because it is counted again."""
        return self._once("again", pk, lambda shift: actions.count_again(shift=shift, by=request.user))

    @extend_schema(parameters=[KEY], request=OfferInput, responses=ShiftOutput)
    def offer(self, request: Request, pk: int) -> Response:
        """Count the drawer and offer it to a colleague."""
        values = read(OfferInput, request.data)
        return self._once("offer", pk, lambda shift: actions.offer_shift(shift=shift, **values, by=request.user))

    @extend_schema(parameters=[KEY], request=AnswerInput, responses=ShiftOutput)
    def answer(self, request: Request, pk: int) -> Response:
        """Accept an offered drawer (the answer is the new shift), refuse it, or take the offer back."""
        values = read(AnswerInput, request.data)
        act = ANSWERS[values["do"]]
        return self._once("answer", pk, lambda shift: act(shift, request.user, values.get("reason", "")))

    def _shift(self, pk: int) -> Shift:
        return get_object_or_404(shifts().filter(staff_scope(self.request.user, Perm.PAYMENTS_TAKE)), pk=pk)

    def _once(self, what: str, pk: int, act: Any) -> Response:
        shift = self._shift(pk)

        def work() -> tuple[int, Any]:
            done = act(shift)
            return 200, ShiftOutput(shift_shown(shifts().get(pk=done.pk), self.request.user)).data

        return once(self.request, f"{what}:{pk}:{self.request.user.pk}", work)
