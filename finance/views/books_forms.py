"""What is typed into the books by hand: shape only, the rules are in the actions."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.shared.fields import DateField, MoneyField, PlainText
from clinic.shared.uploads import ACCEPT
from finance.forms import Once
from finance.models import Account, AccountKind, Every, Supplier, VoucherKind
from finance.queries.accounts import categories, money_accounts
from finance.queries.books import name_of
from scheduling.models import Practitioner


class AccountField(forms.ModelChoiceField):
    """An account by its name in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        """Its name alone: codes are for accountants."""
        return name_of(obj)


def _doctors() -> Any:
    return Practitioner.objects.filter(is_active=True).order_by("name")


class VoucherForm(Once):
    """An expense, an income, a transfer, or a payment to a supplier: the fields of its kind are there alone."""

    amount = MoneyField(label=_("Amount"), minimum=Decimal(1))
    category = AccountField(label=_("Category"), queryset=Account.objects.none())
    money = AccountField(label=_("Paid from"), queryset=Account.objects.none())
    target = AccountField(label=_("To"), queryset=Account.objects.none())
    memo = PlainText(label=_("What for"), max_length=200)
    supplier = forms.ModelChoiceField(label=_("Supplier"), queryset=Supplier.objects.none(), required=False)
    practitioner = forms.ModelChoiceField(
        label=_("Doctor"), queryset=Practitioner.objects.none(), required=False,
        help_text=_("Where it is the cost or the income of one doctor."),
    )  # fmt: skip
    business_date = DateField(label=_("Day"))
    reference = PlainText(label=_("Reference number"), required=False, max_length=60)
    file = forms.FileField(
        label=_("Photo or PDF of the paper"), required=False, widget=forms.FileInput(attrs={"accept": ACCEPT})
    )

    def __init__(self, *args: Any, kind: str, branch: Branch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        fields: dict[str, Any] = self.fields
        fields["category"].queryset = categories(kind).order_by("code")
        fields["money"].queryset = money_accounts(branch).order_by("code")
        fields["target"].queryset = money_accounts().order_by("code")
        fields["supplier"].queryset = Supplier.objects.filter(is_active=True)
        fields["practitioner"].queryset = _doctors()
        for name in _ABSENT[kind]:
            del self.fields[name]
        if kind == VoucherKind.EXPENSE:
            fields["money"].required = False
            fields["money"].empty_label = _("Not paid yet, owed to the supplier")
        elif kind == VoucherKind.INCOME:
            fields["money"].label = _("Received in")
        elif kind == VoucherKind.TRANSFER:
            fields["money"].label = _("From")
        else:
            fields["supplier"].required = True


_ABSENT: dict[str, list[str]] = {
    VoucherKind.EXPENSE: ["target"],
    VoucherKind.INCOME: ["target", "supplier"],
    VoucherKind.TRANSFER: ["category", "supplier", "practitioner"],
    VoucherKind.SUPPLIER: ["category", "target", "practitioner"],
}


class WhyForm(Once):
    """A reason."""

    reason = PlainText(label=_("Why"), max_length=200)


class PeriodForm(Once):
    """Days to close or to open."""

    first_day = DateField(label=_("First day"))
    last_day = DateField(label=_("Last day"))
    reason = PlainText(label=_("Why"), max_length=200)
    year_end = forms.BooleanField(
        label=_("This is the end of the year: carry its profit to the equity"), required=False
    )


class SupplierForm(forms.Form):
    """A supplier's details."""

    name = PlainText(label=_("Name"), max_length=120)
    phone = PlainText(label=_("Phone"), max_length=40, required=False)
    tax_number = PlainText(label=_("Economic or tax number"), max_length=40, required=False)
    note = PlainText(label=_("Note"), max_length=200, required=False)
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)


class AccountForm(forms.Form):
    """An account; code, kind and branch of one that stands already are not asked."""

    code = PlainText(label=_("Code"), max_length=8, help_text=_("Three to eight digits, for example 5200."))
    name = PlainText(label=_("Name"), max_length=120)
    name_en = PlainText(label=_("English name"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=AccountKind.choices)
    branch = forms.ModelChoiceField(
        label=_("Branch"), queryset=Branch.objects.all(), required=False, empty_label=_("The whole clinic")
    )
    is_money = forms.BooleanField(label=_("Money lies there: a bank account, a safe"), required=False)
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, account: Account | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("code", "kind", "branch", "is_money") if account else ("is_active",):
            del self.fields[name]


class OpeningForm(Once):
    """A balance for each account that may have one."""

    business_date = DateField(label=_("Day before the first entries"))

    def __init__(self, *args: Any, accounts: list[Account], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accounts = accounts
        for row in accounts:
            self.fields[f"a{row.pk}"] = MoneyField(label=name_of(row), required=False)

    def amounts(self) -> dict[Account, Decimal]:
        """What was written, by account."""
        return {row: self.cleaned_data[f"a{row.pk}"] or Decimal(0) for row in self.accounts}


class RecurringForm(forms.Form):
    """An expense that comes again."""

    name = PlainText(label=_("What for"), max_length=120)
    amount = MoneyField(label=_("Usual amount"), minimum=Decimal(1))
    every = forms.ChoiceField(label=_("How often"), choices=Every.choices, initial=Every.MONTH)
    starts_on = DateField(label=_("First day"))
    category = AccountField(label=_("Category"), queryset=Account.objects.none())
    money = AccountField(
        label=_("Paid from"), queryset=Account.objects.none(), required=False,
        empty_label=_("Not paid yet, owed to the supplier"),
    )  # fmt: skip
    supplier = forms.ModelChoiceField(label=_("Supplier"), queryset=Supplier.objects.none(), required=False)
    practitioner = forms.ModelChoiceField(label=_("Doctor"), queryset=Practitioner.objects.none(), required=False)
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, branch: Branch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["category"].queryset = categories(VoucherKind.EXPENSE).order_by("code")
        fields["money"].queryset = money_accounts(branch).order_by("code")
        fields["supplier"].queryset = Supplier.objects.filter(is_active=True)
        fields["practitioner"].queryset = _doctors()


class DueForm(forms.Form):
    """A proposed expense as it really was."""

    amount = MoneyField(label=_("Amount"), minimum=Decimal(1))
    business_date = DateField(label=_("Day"))
    money = AccountField(label=_("Paid from"), queryset=Account.objects.none(), required=False)
    reference = PlainText(label=_("Reference number"), required=False, max_length=60)

    def __init__(self, *args: Any, branch: Branch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        money: Any = self.fields["money"]
        money.queryset = money_accounts(branch).order_by("code")
