"""What is typed about doctors' shares and wallets: shape only, the rules are in the actions."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.accounts.models import Branch
from clinic.shared.fields import DateField, MoneyField, PlainText
from clinic.shared.money import format_number
from clinic.shared.text import normalise
from finance.forms import Once
from finance.models import Account, Basis, DiscountIn, ShareOf
from finance.queries.accounts import money_accounts
from finance.views.books_forms import AccountField
from loyalty.forms import WholeNumber
from scheduling.models import Practitioner, Service, ServiceCategory
from scheduling.queries.floor import own_name


class PercentField(forms.CharField):
    """A rate from 0 to 100 with at most two decimals, in any digits; empty is no rate, zero is zero."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"dir": "ltr", "inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: Any) -> Any:
        raw = re.sub(r"[\s%٪]", "", normalise(value or "")).replace("٫", ".").replace(",", ".")
        if not raw:
            if self.required:
                raise ValidationError(_("Write the percent; zero is a rate too."), code="required")
            return None
        if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,2})?", raw) or Decimal(raw) > 100:
            said = _("Write a percent from 0 to 100, for example %(example)s.")
            raise ValidationError(said % {"example": format_number(40)}, code="percent")
        return Decimal(raw)


class Named(forms.ModelMultipleChoiceField):
    """Several rows by their names in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        """The name."""
        return own_name(obj)


class NamedOne(forms.ModelChoiceField):
    """One row by its name in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        """The name."""
        return own_name(obj)


class ShareRuleForm(forms.Form):
    """A rule for some doctors and services; each pair becomes a rule of its own."""

    practitioners = Named(
        Practitioner.objects.filter(is_active=True).order_by("name"), label=gettext_lazy("Doctors"), required=False,
        widget=forms.CheckboxSelectMultiple, help_text=gettext_lazy("None chosen: every doctor."),
    )  # fmt: skip
    share_of = forms.ChoiceField(label=gettext_lazy("Share of"), choices=ShareOf.choices, initial=ShareOf.SERVICES)
    services = Named(
        Service.objects.filter(is_active=True).order_by("name"), label=gettext_lazy("Services"), required=False,
        widget=forms.CheckboxSelectMultiple, help_text=gettext_lazy("None chosen: every service."),
    )  # fmt: skip
    categories = Named(
        ServiceCategory.objects.all(), label=gettext_lazy("Categories of services"), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Each counts for all of its services, those added later too."),
    )  # fmt: skip
    branch = NamedOne(
        Branch.objects.order_by("pk"), label=gettext_lazy("Branch"), required=False,
        empty_label=gettext_lazy("Every branch"),
    )  # fmt: skip
    rate = PercentField(label=gettext_lazy("Percent for the doctor"))
    referred_rate = PercentField(
        label=gettext_lazy("Percent for patients referred to the doctor"), required=False,
        help_text=gettext_lazy("Empty: the same percent. Zero: nothing."),
    )  # fmt: skip
    basis = forms.ChoiceField(label=gettext_lazy("Earned"), choices=Basis.choices)
    discounts = forms.ChoiceField(label=gettext_lazy("A discount lowers it"), choices=DiscountIn.choices)
    less_consumables = forms.BooleanField(
        label=gettext_lazy("Take off the cost of what was used in the visit first"), required=False
    )
    after_collected = forms.BooleanField(
        label=gettext_lazy("Pay it out only when the patient has paid"), required=False
    )
    hold_days = WholeNumber(
        label=gettext_lazy("Days it is held before it is paid out"), min_value=0, max_value=365, initial=0
    )
    valid_from = DateField(label=gettext_lazy("Valid from"))
    valid_until = DateField(label=gettext_lazy("Last day"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not ServiceCategory.objects.exists():
            del self.fields["categories"]


class EndRuleForm(forms.Form):
    """The last day of a rule."""

    last_day = DateField(label=gettext_lazy("Last day"))


class AdjustForm(Once):
    """An amount that is added or taken, and why."""

    way = forms.ChoiceField(
        label=gettext_lazy("What happens"),
        choices=[("add", gettext_lazy("Add to the wallet")), ("take", gettext_lazy("Take from the wallet"))],
    )
    amount = MoneyField(label=gettext_lazy("Amount"), minimum=Decimal(1))
    reason = PlainText(label=gettext_lazy("Why"), max_length=200)


class PayoutForm(Once):
    """Who is paid how much, from where: a box and an amount for each doctor."""

    last_day = DateField(label=gettext_lazy("What is payable up to"))
    money = AccountField(label=gettext_lazy("Paid from"), queryset=Account.objects.none())
    reference = PlainText(label=gettext_lazy("Reference number"), required=False, max_length=60)

    def __init__(self, *args: Any, branch: Branch, due: list[tuple[Practitioner, Decimal]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        money: Any = self.fields["money"]
        money.queryset = money_accounts(branch).order_by("code")
        self.due = due
        for doctor, amount in due:
            self.fields[f"pay_{doctor.pk}"] = forms.BooleanField(label=own_name(doctor), required=False, initial=True)
            self.fields[f"amount_{doctor.pk}"] = MoneyField(label=_("Amount"), required=False, initial=amount)

    def rows(self) -> list[tuple[Practitioner, Decimal, Any, Any]]:
        """Each doctor with what is payable, the box and the amount."""
        return [(each, due, self[f"pay_{each.pk}"], self[f"amount_{each.pk}"]) for each, due in self.due]

    def plain(self) -> list[Any]:
        """The fields below the doctors."""
        return [self["money"], self["reference"]]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        amounts = {}
        for doctor, _due in self.due:
            chosen, amount = data.pop(f"pay_{doctor.pk}", False), data.pop(f"amount_{doctor.pk}", None)
            if not chosen:
                continue
            if amount is None and f"amount_{doctor.pk}" not in self.errors:
                self.add_error(f"amount_{doctor.pk}", _("Enter an amount."))
            elif amount is not None:
                amounts[doctor] = amount
        return {**data, "amounts": amounts}
