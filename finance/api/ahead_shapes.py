"""Shapes of packages, gift cards and memberships in JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from clinic.accounts.models import Branch
from clinic.patients.models import Patient
from clinic.shared.phones import read_mobile
from finance.api.fields import Amount
from finance.models import (
    GiftCard,
    Membership,
    MembershipPeriod,
    MembershipPlan,
    MembershipPlanLine,
    MembershipRight,
    Package,
    PackageItem,
    PackageKind,
    PackageKindLine,
)


def _patients() -> Any:
    return serializers.PrimaryKeyRelatedField(queryset=Patient.objects.filter(merged_into=None))


def _branch() -> Any:
    return serializers.PrimaryKeyRelatedField(queryset=Branch.objects.filter(is_active=True), required=False)


class MobileField(serializers.CharField):
    """A mobile number as people write it; E.164 inside."""

    def to_internal_value(self, data: Any) -> str:
        written = super().to_internal_value(data)
        return read_mobile(written) if written else ""


class KindLineOutput(serializers.ModelSerializer):
    class Meta:
        model = PackageKindLine
        fields = ["service", "count"]


class KindOutput(serializers.ModelSerializer):
    lines = serializers.SerializerMethodField()

    class Meta:
        model = PackageKind
        fields = [
            "id", "name", "price", "valid_days", "freeze_days", "transferable", "shareable", "counts_missed",
            "is_active", "lines",
        ]  # fmt: skip

    @extend_schema_field(KindLineOutput(many=True))
    def get_lines(self, kind: Any) -> Any:
        return KindLineOutput(kind.inside, many=True).data


class ItemOutput(serializers.ModelSerializer):
    class Meta:
        model = PackageItem
        fields = ["id", "service", "count", "left", "value", "value_left"]


class PackageOutput(serializers.ModelSerializer):
    items = ItemOutput(many=True, read_only=True)

    class Meta:
        model = Package
        fields = [
            "id", "name", "kind", "status", "patient", "branch", "invoice", "price", "sold_on", "valid_until",
            "frozen_on", "frozen_days", "freeze_days", "transferable", "shareable", "counts_missed", "items",
        ]  # fmt: skip


class SellPackageInput(serializers.Serializer):
    """`discount` is for those who may give one, with its reason."""

    kind = serializers.PrimaryKeyRelatedField(queryset=PackageKind.objects.all())
    patient = _patients()
    branch = _branch()
    discount = Amount(required=False)
    discount_reason = serializers.CharField(max_length=120, required=False, allow_blank=True)


class ExtendInput(serializers.Serializer):
    valid_until = serializers.DateField()
    reason = serializers.CharField(max_length=200)


class PackageTransferInput(serializers.Serializer):
    to = _patients()
    reason = serializers.CharField(max_length=200)


class TakeBackInput(serializers.Serializer):
    """`keep` is what the clinic keeps of what is left."""

    keep = Amount(required=False, allow_null=True)
    reason = serializers.CharField(max_length=200)


class WhyInput(serializers.Serializer):
    reason = serializers.CharField(max_length=200)


class GiftOutput(serializers.ModelSerializer):
    class Meta:
        model = GiftCard
        fields = [
            "id", "status", "buyer", "branch", "invoice", "code_end", "value", "balance", "sold_on", "valid_until",
            "greeting",
        ]  # fmt: skip


class SoldGiftOutput(GiftOutput):
    """With its code, this once: a repeat gets an empty one."""

    code = serializers.CharField(read_only=True, default="")

    class Meta(GiftOutput.Meta):
        fields = [*GiftOutput.Meta.fields, "code"]


class SellGiftInput(serializers.Serializer):
    """With `phone` whoever gets the card hears its code by SMS, called by `name`."""

    buyer = _patients()
    branch = _branch()
    amount = Amount()
    greeting = serializers.CharField(max_length=120, required=False, allow_blank=True)
    phone = MobileField(max_length=40, required=False, allow_blank=True)
    name = serializers.CharField(max_length=60, required=False, allow_blank=True)


class GiftCodeInput(serializers.Serializer):
    code = serializers.CharField(max_length=40)


class PlanLineOutput(serializers.ModelSerializer):
    class Meta:
        model = MembershipPlanLine
        fields = ["service", "discount_percent", "sessions"]


class MembershipPlanOutput(serializers.ModelSerializer):
    """`lines`: what it gives for a service, or (without one) for all the others."""

    lines = serializers.SerializerMethodField()

    class Meta:
        model = MembershipPlan
        fields = ["id", "name", "price", "months", "freeze_days", "shareable", "priority", "is_active", "lines"]

    @extend_schema_field(PlanLineOutput(many=True))
    def get_lines(self, plan: Any) -> Any:
        return PlanLineOutput(plan.inside, many=True).data


class RightOutput(serializers.ModelSerializer):
    class Meta:
        model = MembershipRight
        fields = ["service", "discount_percent", "sessions", "left"]


class PeriodOutput(serializers.ModelSerializer):
    """`ends_on` is the first day that is not in it."""

    rights = RightOutput(many=True, read_only=True)

    class Meta:
        model = MembershipPeriod
        fields = ["id", "invoice", "starts_on", "ends_on", "price", "earned", "returned", "rights"]


class MembershipOutput(serializers.ModelSerializer):
    periods = PeriodOutput(many=True, read_only=True)

    class Meta:
        model = Membership
        fields = [
            "id", "name", "plan", "status", "patient", "branch", "price", "months", "renews", "frozen_on",
            "frozen_days", "freeze_days", "shareable", "priority", "periods",
        ]  # fmt: skip


class MembershipInput(serializers.Serializer):
    plan = serializers.PrimaryKeyRelatedField(queryset=MembershipPlan.objects.all())
    patient = _patients()
    branch = _branch()


class RenewalInput(serializers.Serializer):
    renews = serializers.BooleanField()
