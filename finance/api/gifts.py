"""Gift cards by API. Their code is answered once, at the sale, and kept nowhere."""

import hashlib
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.errors import NotFound
from finance import actions
from finance.api import ahead_shapes as shapes
from finance.api.ahead import FILTERS, KEY, Sold, branch_for, checked
from finance.models import GiftCard


def card_of(request: Request, code: str) -> GiftCard:
    """The card of a code; misses are counted. Raises NotFound at the field."""
    card = actions.find_gift_card(code=code, who=f"user:{request.user.pk}", by=request.user)
    if card is None:
        raise NotFound(_("There is no gift card with this code."), field="code")
    return card


@needs(Perm.OWN_VIEW, create=Perm.PAYMENTS_TAKE, find=Perm.PAYMENTS_TAKE, refund=Perm.PAYMENTS_REFUND)
class GiftCards(Sold):
    """Gift cards that were sold: those of one's branches for staff, those one bought for patients."""

    model, queryset = GiftCard, GiftCard.objects.none()
    serializer_class = shapes.GiftOutput
    owner = "buyer"

    @extend_schema(parameters=FILTERS)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """With what is left of each; `patient` is who bought it."""
        return super().list(request, *args, **kwargs)

    @extend_schema(parameters=[KEY], request=shapes.SellGiftInput, responses={201: shapes.SoldGiftOutput})
    def create(self, request: Request) -> Response:
        """Sell one. A repeat with the same key gets the card without its code: no answer is kept here."""
        values = checked(shapes.SellGiftInput, request)
        branch = branch_for(request, values)
        key = request.headers.get("Idempotency-Key", "")
        token = hashlib.sha256(f"{request.user.pk}:{key}".encode()).hexdigest()[:32] if key else ""
        card, code = actions.sell_gift_card(branch=branch, **values, form_token=token, by=request.user)
        answer = Response({**shapes.GiftOutput(card).data, "code": code}, status=201)
        answer["Cache-Control"] = "no-store"
        return answer

    @extend_schema(request=shapes.GiftCodeInput, responses=shapes.GiftOutput)
    @action(detail=False, methods=["post"])
    def find(self, request: Request) -> Response:
        """The card of a code, to see what is left on it."""
        return Response(shapes.GiftOutput(card_of(request, checked(shapes.GiftCodeInput, request)["code"])).data)

    @extend_schema(parameters=[KEY], request=shapes.WhyInput, responses=shapes.GiftOutput)
    @action(detail=True, methods=["post"])
    def refund(self, request: Request, pk: int) -> Response:
        """Take back what is left of it."""
        row, values = self.mine(pk, Perm.PAYMENTS_REFUND), checked(shapes.WhyInput, request)
        return self.done(f"gift-refund:{pk}", lambda: actions.refund_gift_card(card=row, **values, by=request.user))
