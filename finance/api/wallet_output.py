"""What the API tells of doctors' wallets."""

from rest_framework import serializers

from finance.models import WalletMove


def _money() -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=18, decimal_places=2)


class WalletOutput(serializers.Serializer):
    """A doctor's wallet in the clinic's currency; `balance` is `held` and `payable` together."""

    doctor = serializers.IntegerField(source="practitioner.pk")
    name = serializers.CharField(source="practitioner.name")
    earned = _money()
    paid = _money()
    held = _money()
    payable = _money()
    balance = _money()


class MoveOutput(serializers.ModelSerializer):
    """One change; `line` and `invoice` are the bill's behind a share."""

    line = serializers.IntegerField(source="commission.line_id", default=None)
    invoice = serializers.IntegerField(source="commission.invoice_id", default=None)
    rate = serializers.DecimalField(source="commission.rate", max_digits=5, decimal_places=2, default=None)

    class Meta:
        model = WalletMove
        fields = [
            "id", "kind", "amount", "business_date", "payable_on", "branch", "line", "invoice", "rate", "payout",
            "reason", "at",
        ]  # fmt: skip


class WalletStatementOutput(WalletOutput):
    """The wallet with what happened from `first` to `last`."""

    first = serializers.DateField()
    last = serializers.DateField()
    opening = _money()
    closing = _money()
    moves = MoveOutput(many=True)
