"""What is typed about discounts."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from clinic.accounts.roles import ROLES, Role
from clinic.shared.fields import MoneyField, PlainText
from finance.forms import Once
from finance.models import Bearer
from scheduling.forms.setup import WholeNumber


class AskForm(Once):
    """A discount: an amount or a percent, on the whole bill or one line, and who earns less by it."""

    prefix = "discount"  # it stands beside the payment's own amount
    amount = MoneyField(label=_("Discount"), required=False)
    percent = WholeNumber(label=_("or percent"), required=False, min_value=1, max_value=100)
    line = forms.ChoiceField(label=_("Off what"), required=False)
    reason = PlainText(label=_("Why"), max_length=120)
    bearer = forms.ChoiceField(label=_("Borne by"), choices=Bearer.choices, required=False)

    def __init__(self, *args: Any, lines: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["line"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", _("the whole bill")), *((str(line.pk), line.name) for line in lines)]
        if len(lines) < 2:
            del self.fields["line"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        amount, percent = data.get("amount"), data.get("percent")
        if bool(amount) == bool(percent) and not {"amount", "percent"} & set(self.errors):
            self.add_error("amount", _now("Write an amount or a percent."))
        return data


class DecideForm(forms.Form):
    """Yes or no to a discount."""

    approve = forms.ChoiceField(choices=[("yes", _("Approve")), ("no", _("Deny"))])
    reason = PlainText(label=_("Reason"), required=False, max_length=200)


class LimitsForm(forms.Form):
    """How much of a bill each role takes off without asking."""

    def __init__(self, *args: Any, limits: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for role, percent in limits.items():
            if Role(role) in ROLES:
                self.fields[role] = WholeNumber(
                    label=Role(role).label, min_value=0, max_value=100, initial=percent, required=True
                )
