"""Shapes of the reports of the books in JSON."""

from typing import Any

from rest_framework import serializers


class Money(serializers.DecimalField):
    """An amount in the clinic's currency; below zero where a sum is owed or lost."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=20, decimal_places=2, read_only=True, **options)


class TrialBalanceRow(serializers.Serializer):
    code = serializers.CharField(source="account.code")
    name = serializers.CharField()
    kind = serializers.CharField(source="account.kind")
    debit = Money()
    credit = Money()
    balance = Money()


class TrialBalanceOutput(serializers.Serializer):
    until = serializers.DateField(allow_null=True)
    debit = Money()
    credit = Money()
    balances = serializers.BooleanField()
    accounts = TrialBalanceRow(many=True, source="rows")


class ScopeOutput(serializers.Serializer):
    """What a report counted."""

    first = serializers.DateField(source="scope.first")
    last = serializers.DateField(source="scope.last")
    branch = serializers.IntegerField(source="scope.branch", allow_null=True)
    doctor = serializers.IntegerField(source="scope.practitioner", allow_null=True)
    service = serializers.IntegerField(source="scope.service", allow_null=True)


class ProfitLine(serializers.Serializer):
    account = serializers.IntegerField(source="account.pk")
    code = serializers.CharField(source="account.code")
    name = serializers.CharField()
    amount = Money()
    before = Money()


class ProfitOutput(ScopeOutput):
    income = ProfitLine(many=True)
    costs = ProfitLine(many=True)
    earned = Money()
    spent = Money()
    profit = Money()
    before = Money()


class BalanceRow(serializers.Serializer):
    account = serializers.IntegerField(source="account.pk")
    code = serializers.CharField(source="account.code")
    name = serializers.CharField()
    amount = Money()


class BalanceSheetOutput(serializers.Serializer):
    day = serializers.DateField()
    assets = BalanceRow(many=True)
    debts = BalanceRow(many=True)
    equity = BalanceRow(many=True)
    profit = Money()
    sum_assets = Money()
    sum_debts = Money()
    sum_equity = Money()
    balances = serializers.BooleanField()


class FlowOutput(serializers.Serializer):
    what = serializers.CharField(source="label", read_only=True)
    came = Money()
    went = Money()


class CashFlowOutput(ScopeOutput):
    opening = Money()
    flows = FlowOutput(many=True)
    came = Money()
    went = Money()
    closing = Money()


class WeekOutput(serializers.Serializer):
    first = serializers.DateField()
    last = serializers.DateField()
    bills = serializers.IntegerField()
    billed = Money()
    given_off = Money()
    net = Money()
    collected = Money()
    owed = Money()


class MatchedVisit(serializers.Serializer):
    id = serializers.IntegerField()
    day = serializers.DateField()
    patient = serializers.IntegerField(source="patient_id")
    service = serializers.IntegerField(source="service_id", allow_null=True)


class MatchedBill(serializers.Serializer):
    id = serializers.IntegerField()
    number = serializers.CharField()
    visit = serializers.IntegerField(source="visit_id", allow_null=True)
    patient = serializers.IntegerField(source="patient_id")
    business_date = serializers.DateField()
    total = Money()
    paid = Money()


class UnpricedService(serializers.Serializer):
    service = serializers.IntegerField(source="service.pk")
    name = serializers.CharField(source="service.name")
    times = serializers.IntegerField()


class MatchedOutput(ScopeOutput):
    visits = serializers.IntegerField()
    billed = serializers.IntegerField()
    revenue = Money()
    paid = Money()
    owed = Money()
    without_bill = MatchedVisit(many=True)
    for_nothing = MatchedBill(many=True)
    unpaid = MatchedBill(many=True)
    others = MatchedBill(many=True)
    unpriced = UnpricedService(many=True)
    other_bills = serializers.IntegerField()
    other_revenue = Money()
