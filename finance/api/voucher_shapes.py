"""Shapes of vouchers in JSON."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from clinic.accounts.models import Branch
from clinic.shared.errors import Invalid
from finance.api.asked import YEARS
from finance.api.fields import Amount
from finance.models import Account, Supplier, Voucher, VoucherKind
from scheduling.models import Practitioner


class Day(serializers.DateField):
    """A day of our time."""

    def to_internal_value(self, value: Any) -> dt.date:
        found: dt.date = super().to_internal_value(value)
        if found.year not in YEARS:
            raise Invalid(_("Write the day as %(example)s.") % {"example": "2026-11-22"}, field=self.field_name)
        return found


class VoucherOutput(serializers.ModelSerializer):
    reversed_on = serializers.SerializerMethodField()

    class Meta:
        model = Voucher
        fields = [
            "id", "number", "kind", "branch", "business_date", "amount", "money", "category", "target", "supplier",
            "practitioner", "memo", "reference", "at", "by", "reversed_on",
        ]  # fmt: skip

    def get_reversed_on(self, row: Voucher) -> dt.date | None:
        """The day on which it was taken back."""
        reversal = getattr(row, "reversal", None)
        return reversal.business_date if reversal else None


class VoucherInput(serializers.Serializer):
    """An expense has `category`, an income `category` and `money`, a transfer `money` and `target`, a payment to a
    supplier `supplier` and `money`. An expense without `money` is owed to its supplier."""

    kind = serializers.ChoiceField(choices=VoucherKind.choices)
    amount = Amount()
    memo = serializers.CharField(max_length=200)
    branch = serializers.PrimaryKeyRelatedField(queryset=Branch.objects.filter(is_active=True), required=False)
    business_date = Day(required=False)
    money = serializers.PrimaryKeyRelatedField(queryset=Account.objects.all(), required=False, allow_null=True)
    category = serializers.PrimaryKeyRelatedField(queryset=Account.objects.all(), required=False, allow_null=True)
    target = serializers.PrimaryKeyRelatedField(queryset=Account.objects.all(), required=False, allow_null=True)
    supplier = serializers.PrimaryKeyRelatedField(queryset=Supplier.objects.all(), required=False, allow_null=True)
    practitioner = serializers.PrimaryKeyRelatedField(
        queryset=Practitioner.objects.all(), required=False, allow_null=True
    )
    reference = serializers.CharField(max_length=60, required=False, allow_blank=True)


class ReversalInput(serializers.Serializer):
    reason = serializers.CharField(max_length=200)
