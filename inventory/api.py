"""The API of stock."""

import secrets
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic.accounts.guards import needs
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.accounts.queries import chosen_branch, open_branches
from clinic.shared.api import once
from inventory import actions
from inventory.models import ADDS, TAKES, Item, Lot, MovementKind, StockMovement
from inventory.queries import stock_of

KINDS = [(kind.value, kind.label) for kind in MovementKind if kind in ADDS | TAKES]


def _quantity(**more: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=14, decimal_places=3, **more)


class ItemSerializer(serializers.ModelSerializer):
    """An item, and what the branch has of it today."""

    on_hand = _quantity(read_only=True)
    expired = _quantity(read_only=True)
    next_expiry = serializers.DateField(read_only=True, allow_null=True)

    class Meta:
        model = Item
        fields = [
            "id",
            "name",
            "name_en",
            "unit",
            "step",
            "low_level",
            "is_active",
            "on_hand",
            "expired",
            "next_expiry",
        ]


@extend_schema(parameters=[OpenApiParameter("branch", int), OpenApiParameter("q", str)])
@needs(Perm.STOCK_VIEW)
class Items(generics.ListAPIView):
    """Items with what one branch (the first allowed where none is named) has of them, low ones first."""

    serializer_class = ItemSerializer

    def get_queryset(self) -> QuerySet[Item]:
        if getattr(self, "swagger_fake_view", False):
            return Item.objects.none()
        asked = self.request.query_params
        branch = chosen_branch(self.request.user, Perm.STOCK_VIEW, asked.get("branch"))
        return stock_of(branch, words=asked.get("q", "").strip())


class MovementSerializer(serializers.ModelSerializer):
    """A movement as it was written: the quantity is signed."""

    class Meta:
        model = StockMovement
        fields = ["id", "kind", "item", "branch", "lot", "quantity", "unit_cost", "reason", "cause", "visit", "at"]
        read_only_fields = fields


class NewMovement(serializers.Serializer):
    """Something received (item, branch, cost, lot number, expiry), or found, lost, damaged or expired (lot, reason)."""

    kind = serializers.ChoiceField(choices=KINDS)
    quantity = _quantity(min_value=0)
    item = serializers.PrimaryKeyRelatedField(queryset=Item.objects.all(), required=False)
    branch = serializers.PrimaryKeyRelatedField(queryset=Branch.objects.filter(is_active=True), required=False)
    lot = serializers.PrimaryKeyRelatedField(queryset=Lot.objects.all(), required=False)
    unit_cost = serializers.DecimalField(max_digits=18, decimal_places=2, min_value=0, required=False)
    number = serializers.CharField(max_length=40, required=False, allow_blank=True)
    expires_on = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        received = data["kind"] == MovementKind.PURCHASE
        missing = [name for name in (["item", "branch"] if received else ["lot"]) if name not in data]
        if missing:
            raise serializers.ValidationError({name: [_("This is needed here.")] for name in missing})
        allowed = open_branches(self.context["request"].user, Perm.STOCK_MOVE)
        branch = data["branch"] if received else data["lot"].branch
        if branch not in allowed:
            field = "branch" if received else "lot"
            raise serializers.ValidationError({field: [_("There is no such branch for you.")]})
        return data


@needs(Perm.STOCK_MOVE)
class StockMovements(APIView):
    """Write down that stock came, was found, lost or spoilt. `Idempotency-Key` is obeyed."""

    @extend_schema(request=NewMovement, responses={201: MovementSerializer})
    def post(self, request: Request) -> Response:
        given = NewMovement(data=request.data, context={"request": request})
        given.is_valid(raise_exception=True)

        def work() -> tuple[int, Any]:
            return 201, MovementSerializer(_write(given.validated_data, request.user)).data

        return once(request, f"stock:{request.user.pk}", work)


def _write(data: dict[str, Any], user: Any) -> StockMovement:
    cause = f"api:{secrets.token_urlsafe(12)}"
    if data["kind"] == MovementKind.PURCHASE:
        fields = {name: value for name, value in data.items() if name not in {"kind", "lot"}}
        return actions.receive(**fields, cause=cause, by=user)
    reason = data.get("reason", "")
    return actions.adjust(
        lot=data["lot"], kind=data["kind"], quantity=data["quantity"], reason=reason, cause=cause, by=user
    )
