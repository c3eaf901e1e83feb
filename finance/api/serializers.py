"""Shapes of money in JSON."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient
from finance.actions.refunds import ANOTHER_WAY
from finance.api.fields import Amount, Quantity, Whole
from finance.forms import BY_HAND
from finance.models import Bearer, CreditLine, CreditNote, Invoice, InvoiceLine, Payment, PaymentMethod, Refund
from inventory.models import Item
from scheduling.models import Practitioner, Service


class _Paper(serializers.ModelSerializer):
    """What staff wrote for each other stays empty for the patient, whose bill it is."""

    BETWEEN_STAFF: tuple[str, ...] = ()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        said: dict[str, Any] = super().to_representation(instance)
        request = self.context.get("request")
        if request is not None and not request.user.can(Perm.INVOICES_VIEW):
            said |= dict.fromkeys(self.BETWEEN_STAFF, "")
        return said


class LineOutput(_Paper):
    BETWEEN_STAFF = ("discount_reason",)

    class Meta:
        model = InvoiceLine
        fields = [
            "id", "name", "service", "item", "practitioner", "quantity", "unit_price", "price_source", "discount",
            "discount_reason", "discount_bearer", "tax", "total",
        ]  # fmt: skip


class RefundOutput(_Paper):
    BETWEEN_STAFF = ("reason",)

    credit = serializers.BooleanField(source="is_credit", read_only=True)

    class Meta:
        model = Refund
        fields = ["id", "payment", "method", "amount", "reason", "credit", "business_date", "refunded_at"]


class PaymentOutput(serializers.ModelSerializer):
    class Meta:
        model = Payment
        fields = [
            "id", "invoice", "method", "amount", "tendered", "points", "reference", "refunded", "status", "received_at",
            "business_date",
        ]  # fmt: skip


class InvoiceOutput(_Paper):
    BETWEEN_STAFF = ("note",)

    due = serializers.DecimalField(max_digits=18, decimal_places=2, read_only=True)

    class Meta:
        model = Invoice
        fields = [
            "id", "number", "status", "branch", "patient", "visit", "issued_at", "business_date", "subtotal",
            "discount", "tax", "total", "paid", "credited", "due", "note",
        ]  # fmt: skip


class InvoiceDetail(InvoiceOutput):
    lines = serializers.SerializerMethodField()
    payments = serializers.SerializerMethodField()

    class Meta(InvoiceOutput.Meta):
        fields = [*InvoiceOutput.Meta.fields, "lines", "payments"]

    @extend_schema_field(LineOutput(many=True))
    def get_lines(self, invoice: Invoice) -> Any:
        return LineOutput(invoice.lines.order_by("pk"), many=True, context=self.context).data

    @extend_schema_field(PaymentOutput(many=True))
    def get_payments(self, invoice: Invoice) -> Any:
        return PaymentOutput(invoice.payments.order_by("pk"), many=True).data


class LineInput(serializers.Serializer):
    """A line of a bill made by hand: of a service, of an item, or of what its name says."""

    service = serializers.PrimaryKeyRelatedField(queryset=Service.objects.all(), required=False, allow_null=True)
    item = serializers.PrimaryKeyRelatedField(queryset=Item.objects.all(), required=False, allow_null=True)
    practitioner = serializers.PrimaryKeyRelatedField(
        queryset=Practitioner.objects.all(), required=False, allow_null=True
    )
    name = serializers.CharField(max_length=160, required=False, allow_blank=True)
    quantity = Quantity(required=False)
    unit_price = Amount(required=False)
    discount = Amount(required=False)
    discount_reason = serializers.CharField(max_length=120, required=False, allow_blank=True)


class InvoiceInput(serializers.Serializer):
    patient = serializers.PrimaryKeyRelatedField(queryset=Patient.objects.filter(merged_into=None))
    branch = serializers.PrimaryKeyRelatedField(queryset=Branch.objects.filter(is_active=True), required=False)
    lines = serializers.ListField(child=LineInput(), allow_empty=False, max_length=100)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)


class PaymentInput(serializers.Serializer):
    """`amount` is for every method but points, whose worth is known here; `code` is of the gift card that pays."""

    method = serializers.ChoiceField(choices=BY_HAND)
    amount = Amount(required=False)
    tendered = Amount(required=False, allow_null=True)
    points = Whole(required=False, allow_null=True)
    reference = serializers.CharField(max_length=60, required=False, allow_blank=True)
    code = serializers.CharField(max_length=40, required=False, write_only=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["method"] == PaymentMethod.GIFT and not attrs.get("code"):
            raise serializers.ValidationError({"code": _("Write the code of the gift card.")})
        if attrs["method"] != PaymentMethod.GIFT and attrs.get("code"):
            raise serializers.ValidationError({"code": _("Only a gift card has a code.")})
        return attrs


class RefundInput(serializers.Serializer):
    """`payment` may be left out where the bill has one payment that can be paid back."""

    payment = serializers.IntegerField(required=False, min_value=1)
    amount = Amount()
    reason = serializers.CharField(max_length=200)
    credit = serializers.BooleanField(required=False, default=True)


class DiscountInput(serializers.Serializer):
    """An amount or a percent, of the whole bill."""

    amount = Amount(required=False)
    percent = serializers.DecimalField(max_digits=5, decimal_places=2, required=False)
    reason = serializers.CharField(max_length=120)
    bearer = serializers.ChoiceField(choices=Bearer.choices, required=False, default=Bearer.CLINIC)


class CreditLineOutput(serializers.ModelSerializer):
    class Meta:
        model = CreditLine
        fields = ["line", "quantity", "amount"]


class CreditNoteOutput(_Paper):
    BETWEEN_STAFF = ("reason", "bearer")

    lines = CreditLineOutput(many=True, read_only=True)
    refunds = RefundOutput(many=True, read_only=True)

    class Meta:
        model = CreditNote
        fields = [
            "id", "number", "invoice", "kind", "amount", "reason", "bearer", "business_date", "issued_at", "lines",
            "refunds",
        ]  # fmt: skip


class ReturnLineInput(serializers.Serializer):
    line = serializers.IntegerField(min_value=1)
    amount = Amount()
    quantity = Quantity(required=False)


class ReturnInput(serializers.Serializer):
    lines = serializers.ListField(child=ReturnLineInput(), allow_empty=False, max_length=100)
    reason = serializers.CharField(max_length=200)
    way = serializers.ChoiceField(
        choices=["", PaymentMethod.WALLET, *ANOTHER_WAY], required=False, default="", allow_blank=True
    )


class RedeemInput(serializers.Serializer):
    invoice = serializers.IntegerField(min_value=1)
    points = Whole()
