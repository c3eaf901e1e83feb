"""What is typed about packages: shape only, the rules are in the actions."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.patients.models import Patient
from clinic.shared.fields import DateField, MoneyField, PlainText
from finance.forms import Once
from finance.models import CommissionOn, PackageKind
from loyalty.forms import WholeNumber
from scheduling.models import Service

ROWS = 4


class KindForm(forms.Form):
    """A kind of package, with a few rows of a service and its count."""

    name = PlainText(label=gettext_lazy("name"), max_length=120)
    price = MoneyField(label=gettext_lazy("price"))
    valid_days = WholeNumber(
        label=gettext_lazy("days it is valid"), min_value=0, max_value=3660,
        help_text=gettext_lazy("0: without an end. What is not used by then becomes revenue."),
    )  # fmt: skip
    freeze_days = WholeNumber(
        label=gettext_lazy("days it may be frozen in all"), min_value=0, max_value=3660,
        help_text=gettext_lazy("0: it cannot be frozen."),
    )  # fmt: skip
    transferable = forms.BooleanField(label=gettext_lazy("may be given to another patient"), required=False)
    shareable = forms.BooleanField(
        label=gettext_lazy("the family may use it too"), required=False,
        help_text=gettext_lazy("Everybody who stands on the patient's card as family."),
    )  # fmt: skip
    counts_missed = forms.BooleanField(
        label=gettext_lazy("a session pays the fee for a missed visit"), required=False,
        help_text=gettext_lazy("When that fee is charged, for a no-show or a late cancellation: never money as well."),
    )  # fmt: skip
    commission_on = forms.ChoiceField(label=gettext_lazy("commission is counted from"), choices=CommissionOn.choices)
    is_active = forms.BooleanField(label=gettext_lazy("on sale"), required=False)

    def __init__(self, *args: Any, kind: PackageKind | None = None, **kwargs: Any) -> None:
        lines = list(kind.lines.filter(count__gt=0).order_by("pk")) if kind else []
        names = [name for name in self.base_fields if name != "counts"]
        start = {name: getattr(kind, name) for name in names} if kind else {"valid_days": 180, "freeze_days": 0}
        super().__init__(*args, initial=start if kind else {**start, "is_active": True}, **kwargs)
        self.lines = max(ROWS, len(lines) + 1)
        services = Service.objects.filter(Q(is_active=True) | Q(pk__in=[line.service_id for line in lines]))
        for place in range(self.lines):
            line = lines[place] if place < len(lines) else None
            self.fields[f"service_{place}"] = forms.ModelChoiceField(
                services.order_by("name"), required=False, label=_("Service"), empty_label="–",
                initial=line.service_id if line else None,
            )  # fmt: skip
            self.fields[f"count_{place}"] = WholeNumber(
                required=False, label=_("sessions"), min_value=1, max_value=1000, initial=line.count if line else None
            )

    def rows(self) -> list[tuple[Any, Any]]:
        """The fields of each row."""
        return [(self[f"service_{place}"], self[f"count_{place}"]) for place in range(self.lines)]

    def plain(self) -> list[Any]:
        """The fields above and below the rows."""
        return [self[name] for name in self.base_fields if name != "name"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        counts: dict[Service, int] = {}
        for place in range(self.lines):
            service, count = data.pop(f"service_{place}", None), data.pop(f"count_{place}", None)
            if service is None and count is None:
                continue
            if service is None:
                self.add_error(f"service_{place}", _("Choose the service of these sessions."))
            elif count is None and f"count_{place}" not in self.errors:
                self.add_error(f"count_{place}", _("Write how many sessions."))
            elif count is not None:
                counts[service] = counts.get(service, 0) + count
                if counts[service] > 1000:
                    self.add_error(f"count_{place}", _("That is more sessions than a package can have."))
        return {**data, "counts": counts}


class SellForm(Once):
    """Which package, and what is taken off its price."""

    kind = forms.ModelChoiceField(PackageKind.objects.filter(is_active=True), label=gettext_lazy("Package"))
    discount = MoneyField(label=gettext_lazy("Discount"), required=False)
    discount_reason = PlainText(label=gettext_lazy("Why"), max_length=120, required=False)


class TransferForm(forms.Form):
    """To whom, and why."""

    to = forms.ModelChoiceField(
        Patient.objects.filter(merged_into=None), label=gettext_lazy("Patient"), widget=forms.HiddenInput,
        error_messages={"required": gettext_lazy("Choose the patient who gets it.")},
    )  # fmt: skip
    reason = PlainText(label=gettext_lazy("Reason"), max_length=200)


class ExtendForm(forms.Form):
    """Until when, and why."""

    valid_until = DateField(label=gettext_lazy("New last day"))
    reason = PlainText(label=gettext_lazy("Reason"), max_length=200)


class TakeBackForm(Once):
    """What the clinic keeps, and why it is taken back."""

    keep = MoneyField(
        label=gettext_lazy("The clinic keeps"), required=False,
        help_text=gettext_lazy("Empty: nothing; all that was not used goes back."),
    )  # fmt: skip
    reason = PlainText(label=gettext_lazy("Reason"), max_length=200)
