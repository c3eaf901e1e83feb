"""Shapes of a branch's day in JSON."""

from typing import Any

from rest_framework import serializers

from clinic.accounts.models import Branch
from finance.api.fields import Amount
from finance.api.report_shapes import Money
from finance.api.voucher_shapes import Day
from finance.models import DayClose
from finance.queries.report import DailyReport


class DayCloseInput(serializers.Serializer):
    day = Day()
    branch = serializers.PrimaryKeyRelatedField(queryset=Branch.objects.all(), required=False)
    counted = Amount(required=False, allow_null=True)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)


class DayCloseOutput(serializers.ModelSerializer):
    class Meta:
        model = DayClose
        fields = ["id", "branch", "day", "expected", "counted", "note", "at", "by"]


class FigureOutput(serializers.Serializer):
    count = serializers.IntegerField()
    sum = Money()


class ChannelOutput(serializers.Serializer):
    name = serializers.CharField(source="label", read_only=True)
    count = serializers.IntegerField()
    received = Money()
    refunded = Money()
    kept = Money()


class DayOutput(serializers.Serializer):
    branch = serializers.IntegerField()
    day = serializers.DateField()
    closed = DayCloseOutput(allow_null=True)
    money = Money()
    channels = ChannelOutput(many=True)
    billed = FigureOutput()
    cancelled = FigureOutput()
    discounts = FigureOutput()
    credit_notes = FigureOutput()
    deposits = FigureOutput()
    top_ups = FigureOutput()
    open_shifts = serializers.ListField(child=serializers.IntegerField())


def day_shown(report: DailyReport) -> dict[str, Any]:
    """A day with its figures."""
    names = (
        "day", "closed", "money", "channels", "billed", "cancelled", "discounts", "credit_notes", "deposits", "top_ups"
    )  # fmt: skip
    shown = {name: getattr(report, name) for name in names}
    return {**shown, "branch": report.branch.pk, "open_shifts": [shift.pk for shift in report.open_shifts]}
