"""Shapes of cash desks and shifts in JSON."""

from typing import Any

from rest_framework import serializers

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from finance.actions.cash import BY_HAND
from finance.api.fields import Amount
from finance.api.report_shapes import Money
from finance.models import CashMove, Shift
from finance.queries.drawers import cash_rules, drawer_sum
from finance.statuses import ShiftStatus


class ShiftOutput(serializers.Serializer):
    """`sum` is what the drawer must hold by the books; empty where she may not see it before she counts."""

    id = serializers.IntegerField()
    desk = serializers.IntegerField()
    branch = serializers.IntegerField()
    cashier = serializers.IntegerField()
    status = serializers.ChoiceField(choices=ShiftStatus.choices)
    business_date = serializers.DateField()
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    opening = Money()
    sum = Money(allow_null=True)
    counted = Money(allow_null=True)
    difference = Money(allow_null=True)
    left = Money(allow_null=True)
    offered_to = serializers.IntegerField(allow_null=True)
    note = serializers.CharField()


class DeskOutput(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    branch = serializers.IntegerField(source="branch_id")
    name = serializers.CharField()
    is_shared = serializers.BooleanField()
    left = Money()
    shift = ShiftOutput(allow_null=True)


class ShiftOpenInput(serializers.Serializer):
    """`missing`: what differs from what the last shift left is a shortage or excess, not cash of the safe."""

    opening = Amount()
    missing = serializers.BooleanField(required=False, default=False)


class CashMoveInput(serializers.Serializer):
    kind = serializers.ChoiceField(choices=[(kind.value, kind.label) for kind in BY_HAND])
    amount = Amount()
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)


class CashMoveOutput(serializers.ModelSerializer):
    class Meta:
        model = CashMove
        fields = ["id", "shift", "kind", "amount", "reason", "business_date", "at"]


def shift_shown(shift: Shift, user: User) -> dict[str, Any]:
    """A shift as this person may see it."""
    names = ("status", "business_date", "opened_at", "closed_at", "opening", "counted", "left", "note")
    shown = {name: getattr(shift, name) for name in names}
    is_open = shift.status == ShiftStatus.OPEN
    sees = _sees(shift, user)
    return {
        **shown,
        "id": shift.pk, "desk": shift.desk_id, "branch": shift.branch_id, "cashier": shift.cashier_id,
        "offered_to": shift.offered_to_id,
        "sum": (drawer_sum(shift) if is_open else shift.expected) if sees else None,
        "difference": shift.difference,
    }  # fmt: skip


def _sees(shift: Shift, user: User) -> bool:
    """As on the pages: not her own drawer before it is counted, where counts are blind."""
    if shift.status != ShiftStatus.OPEN or not cash_rules(shift.branch).is_blind:
        return True
    return shift.cashier_id != user.pk and user.can(Perm.CASH_MANAGE, shift.branch_id)
