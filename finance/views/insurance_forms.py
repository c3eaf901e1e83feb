"""What is typed about insurers, policies and claims: shape only, the rules are in the actions."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.shared.fields import DateField, MoneyField, PlainText
from clinic.shared.text import normalise
from finance.models import InsurerKind, InsurerTerms
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
