"""What is typed about memberships: shape only, the rules are in the actions."""

from typing import Any

from django import forms
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.shared.fields import MoneyField, PlainText
from finance.forms import Once
from finance.models import MembershipPlan
from loyalty.forms import WholeNumber
from scheduling.models import Service

ROWS = 4


class PlanForm(forms.Form):
    """A kind of membership, with what it gives for some services and for all the others."""

    name = PlainText(label=gettext_lazy("name"), max_length=120)
    price = MoneyField(label=gettext_lazy("price of a period"))
    months = forms.TypedChoiceField(
        label=gettext_lazy("period"), coerce=int, choices=MembershipPlan._meta.get_field("months").choices
    )
    percent = WholeNumber(
        label=gettext_lazy("percent off every service"), min_value=0, max_value=100, required=False,
        help_text=gettext_lazy("Services below have their own."),
    )  # fmt: skip
    freeze_days = WholeNumber(
        label=gettext_lazy("days it may be frozen in all"), min_value=0, max_value=3660,
        help_text=gettext_lazy("0: it cannot be frozen."),
    )  # fmt: skip
    priority = forms.BooleanField(label=gettext_lazy("goes first in the line"), required=False)
    shareable = forms.BooleanField(
        label=gettext_lazy("the family may use it too"), required=False,
        help_text=gettext_lazy("Everybody who stands on the patient's card as family."),
    )  # fmt: skip
    is_active = forms.BooleanField(label=gettext_lazy("on sale"), required=False)

    def __init__(self, *args: Any, plan: MembershipPlan | None = None, **kwargs: Any) -> None:
        given = plan.lines.filter(Q(discount_percent__gt=0) | Q(sessions__gt=0)) if plan else None
        lines = list(given.order_by(F("service").asc(nulls_last=True))) if given is not None else []
        named = [line for line in lines if line.service_id]
        rest = next((line.discount_percent for line in lines if line.service_id is None), 0)
        start: dict[str, Any] = {"months": 1, "percent": 10, "freeze_days": 0, "is_active": True}
        if plan:
            start = {name: getattr(plan, name) for name in self.base_fields if name != "percent"} | {"percent": rest}
        super().__init__(*args, initial=start, **kwargs)
        self.lines = max(ROWS, len(named) + 1)
        services = Service.objects.filter(Q(is_active=True) | Q(pk__in=[line.service_id for line in named]))
        for place in range(self.lines):
            line = named[place] if place < len(named) else None
            self.fields[f"service_{place}"] = forms.ModelChoiceField(
                services.order_by("name"), required=False, label=_("Service"), empty_label="–",
                initial=line.service_id if line else None,
            )  # fmt: skip
            self.fields[f"percent_{place}"] = WholeNumber(
                required=False, label=_("percent off"), min_value=0, max_value=100,
                initial=line.discount_percent if line else None,
            )  # fmt: skip
            self.fields[f"sessions_{place}"] = WholeNumber(
                required=False, label=_("sessions included"), min_value=0, max_value=1000,
                initial=line.sessions if line else None,
            )  # fmt: skip

    def rows(self) -> list[tuple[Any, Any, Any]]:
        """The fields of each row."""
        return [
            (self[f"service_{place}"], self[f"percent_{place}"], self[f"sessions_{place}"])
            for place in range(self.lines)
        ]

    def above(self) -> list[Any]:
        """The fields above the rows."""
        return [self[name] for name in ("name", "price", "months", "percent")]

    def below(self) -> list[Any]:
        """The fields below them."""
        return [self[name] for name in ("freeze_days", "priority", "shareable", "is_active")]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        gives: dict[Service | None, tuple[int, int]] = {None: (data.pop("percent", None) or 0, 0)}
        for place in range(self.lines):
            service = data.pop(f"service_{place}", None)
            percent, sessions = data.pop(f"percent_{place}", None), data.pop(f"sessions_{place}", None)
            if service is None and (percent or sessions):
                self.add_error(f"service_{place}", _("Choose the service."))
            elif service is not None and service in gives:
                self.add_error(f"service_{place}", _("This service stands above already."))
            elif service is not None:
                gives[service] = (percent or 0, sessions or 0)
        return {**data, "gives": gives}


class BeginForm(Once):
    """Which membership."""

    plan = forms.ModelChoiceField(MembershipPlan.objects.filter(is_active=True), label=gettext_lazy("Membership"))


class EndForm(forms.Form):
    """What the clinic keeps, and why it ends."""

    keep = MoneyField(
        label=gettext_lazy("The clinic keeps"), required=False,
        help_text=gettext_lazy("Empty: nothing; all days that have not passed go back."),
    )  # fmt: skip
    reason = PlainText(label=gettext_lazy("Reason"), max_length=200)
