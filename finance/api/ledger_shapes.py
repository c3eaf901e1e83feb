"""Shapes of accounts, lines and entries in JSON."""

from rest_framework import serializers

from clinic.accounts.models import Branch
from finance.api.report_shapes import Money
from finance.models import Account, AccountKind, Journal, JournalLine
from finance.queries.books import name_of


class AccountOutput(serializers.ModelSerializer):
    called = serializers.SerializerMethodField()

    class Meta:
        model = Account
        fields = ["id", "code", "name", "name_en", "called", "kind", "branch", "is_money", "is_active"]

    def get_called(self, row: Account) -> str:
        """The name in the reader's language."""
        return name_of(row)


class AccountInput(serializers.Serializer):
    code = serializers.CharField(max_length=8)
    name = serializers.CharField(max_length=120)
    name_en = serializers.CharField(max_length=120, required=False, allow_blank=True)
    kind = serializers.ChoiceField(choices=AccountKind.choices)
    branch = serializers.PrimaryKeyRelatedField(queryset=Branch.objects.all(), required=False, allow_null=True)
    is_money = serializers.BooleanField(required=False)


class AccountChange(serializers.Serializer):
    """Code, kind and branch stay as they began."""

    name = serializers.CharField(max_length=120)
    name_en = serializers.CharField(max_length=120, required=False, allow_blank=True)
    is_active = serializers.BooleanField(required=False)


class EntryLineOutput(serializers.ModelSerializer):
    code = serializers.CharField(source="account.code", read_only=True)
    name = serializers.SerializerMethodField()

    class Meta:
        model = JournalLine
        fields = ["id", "account", "code", "name", "amount", "branch", "practitioner", "service", "patient", "supplier"]

    def get_name(self, row: JournalLine) -> str:
        """The account's name in the reader's language."""
        return name_of(row.account)


class JournalOutput(serializers.ModelSerializer):
    what = serializers.CharField(source="kind_label", read_only=True)
    lines = EntryLineOutput(many=True, read_only=True)

    class Meta:
        model = Journal
        fields = [
            "id", "business_date", "posted_at", "kind", "what", "memo", "cause", "branch", "reverses", "by", "lines"
        ]  # fmt: skip


class LedgerLine(serializers.ModelSerializer):
    """A line of one account: above zero debited, below credited; `balance` stood there after it."""

    what = serializers.CharField(source="journal.kind_label", read_only=True)
    memo = serializers.CharField(source="journal.memo", read_only=True)
    balance = Money()

    class Meta:
        model = JournalLine
        fields = ["id", "journal", "business_date", "what", "memo", "amount", "balance"]
