"""What is typed about policies and claims: shape only, the rules are in the actions."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.accounts.models import Branch
from clinic.shared.fields import DateField, MoneyField, PlainText
from finance.forms import Once
from finance.models import ClaimLine, Holder, Insurer
from finance.queries.accounts import money_accounts


class CoverageForm(forms.Form):
    """A patient's policy."""

    insurer = forms.ModelChoiceField(Insurer.objects.filter(is_active=True), label=gettext_lazy("Insurer"))
    number = PlainText(
        label=gettext_lazy("Policy number"), max_length=40,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )  # fmt: skip
    valid_until = DateField(label=gettext_lazy("Valid until"), required=False)
    valid_from = DateField(label=gettext_lazy("Valid from"), required=False)
    relation = forms.ChoiceField(label=gettext_lazy("Insured through"), choices=Holder.choices)
    holder = PlainText(
        label=gettext_lazy("Name of the insured"), max_length=120, required=False,
        help_text=gettext_lazy("Where it is not the patient."),
    )  # fmt: skip
    ceiling = MoneyField(
        label=gettext_lazy("Pays at most in all"), required=False, help_text=gettext_lazy("Empty: without a limit.")
    )


class ReceiveForm(Once):
    """Money of an insurer."""

    amount = MoneyField(label=gettext_lazy("Amount that came"))
    deducted = MoneyField(
        label=gettext_lazy("Kept by the insurer"), required=False,
        help_text=gettext_lazy("Tax and fees that were taken off; they become a cost."),
    )  # fmt: skip
    account = forms.ModelChoiceField(money_accounts(), label=gettext_lazy("Into which account"), empty_label=None)
    reference = PlainText(label=gettext_lazy("Reference number"), max_length=60, required=False)

    def __init__(self, *args: Any, branch: Branch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["account"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = money_accounts(branch).order_by("-code")


class SendForm(forms.Form):
    """Under which number the insurer has it."""

    reference = PlainText(label=gettext_lazy("Reference of the insurer"), max_length=60, required=False)


class AnswerForm(forms.Form):
    """What was accepted of each line, and why not all of it."""

    def __init__(self, *args: Any, lines: list[ClaimLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            self.fields[f"a{line.pk}"] = MoneyField(label=_("Accepted"), initial=line.asked - line.settled)
            self.fields[f"r{line.pk}"] = PlainText(
                label=_("Reason"), max_length=200, required=False, initial=line.reason
            )

    def rows(self) -> list[tuple[ClaimLine, Any, Any]]:
        """Each line with its fields."""
        return [(line, self[f"a{line.pk}"], self[f"r{line.pk}"]) for line in self.lines]

    def answers(self) -> dict[int, tuple[Decimal, str]]:
        """What was typed, for the action."""
        data = self.cleaned_data
        return {line.pk: (data[f"a{line.pk}"], data[f"r{line.pk}"]) for line in self.lines}
