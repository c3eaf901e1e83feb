"""What is typed about insurers, policies and claims: shape only, the rules are in the actions."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.accounts.models import Branch
from clinic.shared.fields import DateField, MoneyField, PlainText
from clinic.shared.text import normalise
from finance.forms import Once
from finance.models import ClaimLine, Holder, Insurer, InsurerKind, InsurerTerms
from finance.queries.accounts import money_accounts
from scheduling.models import Service

ROWS = 4


class PercentField(forms.DecimalField):
    """A percentage in any digits."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"dir": "ltr", "inputmode": "decimal", "autocomplete": "off"})
        super().__init__(min_value=0, max_value=100, max_digits=5, decimal_places=2, widget=widget, **options)

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Any:
        return super().to_python(normalise(value).replace("٫", ".").rstrip("%٪") if isinstance(value, str) else value)


class InsurerForm(forms.Form):
    """An insurer."""

    name = PlainText(label=gettext_lazy("name"), max_length=120)
    name_en = PlainText(label=gettext_lazy("English name"), max_length=120, required=False)
    code = PlainText(label=gettext_lazy("code"), max_length=20, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("kind"), choices=InsurerKind.choices,
        help_text=gettext_lazy("A supplementary insurer pays of what the basic one leaves."),
    )  # fmt: skip
    is_active = forms.BooleanField(label=gettext_lazy("in use"), required=False)


class TermsForm(forms.Form):
    """A contract, with rows of services that have a tariff or a percentage of their own."""

    valid_from = DateField(label=gettext_lazy("valid from"))
    valid_until = DateField(label=gettext_lazy("valid until"), required=False)
    percent = PercentField(
        label=gettext_lazy("percent the insurer pays"),
        help_text=gettext_lazy("Of every service that has no row below. 0: only of those below."),
    )
    deductible = MoneyField(label=gettext_lazy("the patient bears first of each bill"), required=False)
    ceiling = MoneyField(label=gettext_lazy("the insurer pays at most of one bill"), required=False)

    def __init__(self, *args: Any, terms: InsurerTerms | None = None, **kwargs: Any) -> None:
        prices = list(terms.prices.filter(is_active=True).order_by("pk")) if terms else []
        start = {name: getattr(terms, name) for name in self.base_fields} if terms else {"percent": Decimal(70)}
        super().__init__(*args, initial=start, **kwargs)
        self.lines = len(prices) + ROWS
        services = Service.objects.filter(Q(is_active=True) | Q(pk__in=[price.service_id for price in prices]))
        for place in range(self.lines):
            price = prices[place] if place < len(prices) else None
            self.fields[f"service_{place}"] = forms.ModelChoiceField(
                services.order_by("name"), required=False, label=_("Service"), empty_label="–",
                initial=price.service_id if price else None,
            )  # fmt: skip
            self.fields[f"tariff_{place}"] = MoneyField(
                required=False, label=_("Tariff of the insurer"), initial=price.tariff if price else None
            )
            self.fields[f"percent_{place}"] = PercentField(
                required=False, label=_("Percent"), initial=price.percent if price else None
            )

    def rows(self) -> list[tuple[Any, Any, Any]]:
        """The fields of each row."""
        return [(self[f"service_{n}"], self[f"tariff_{n}"], self[f"percent_{n}"]) for n in range(self.lines)]

    def plain(self) -> list[Any]:
        """The fields above the rows."""
        return [self[name] for name in self.base_fields]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        prices: dict[Service, tuple[Any, Any]] = {}
        for place in range(self.lines):
            service, tariff = data.pop(f"service_{place}", None), data.pop(f"tariff_{place}", None)
            percent = data.pop(f"percent_{place}", None)
            if service is None:
                if tariff is not None or percent is not None:
                    self.add_error(f"service_{place}", _("Choose the service."))
            elif service in prices:
                self.add_error(f"service_{place}", _("This service has a row already."))
            else:
                prices[service] = (tariff, percent)
        return {**data, "prices": prices}


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
