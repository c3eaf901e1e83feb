"""How often something is repeated."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.shared.fields import PlainText
from scheduling.forms.desk import TimeField
from scheduling.forms.setup import WholeNumber
from scheduling.queries.series import MOST

DAYS = {"days": 1, "weeks": 7}


class RepeatForm(forms.Form):
    """Every so many days or weeks, so many times."""

    every = WholeNumber(label=_("Every"), min_value=1, max_value=52, initial=1)
    unit = forms.ChoiceField(label=_("Unit"), choices=[("weeks", _("weeks")), ("days", _("days"))], initial="weeks")
    times = WholeNumber(label=_("Times in all"), min_value=2, max_value=MOST, initial=6)

    @property
    def chosen(self) -> dict[str, Any]:
        """What is chosen so far; what was not understood is as at the beginning."""
        values = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return {name: values.get(name, self.fields[name].initial) for name in self.fields}

    @property
    def every_days(self) -> int:
        """Days from one date to the next."""
        return int(self.chosen["every"]) * DAYS[self.chosen["unit"]]

    @property
    def shown(self) -> str:
        """Names the dates that belong to these answers."""
        return "-".join(str(value) for value in self.chosen.values())


class ShiftForm(forms.Form):
    """When this visit of a series is from now on; those after it move as far."""

    day = forms.DateField(label=_("Day"), input_formats=["%Y-%m-%d"], widget=forms.DateInput(attrs={"type": "date"}))
    time = TimeField(label=_("Time"))

    @property
    def chosen(self) -> tuple[dt.date, dt.time] | None:
        """Day and time, where both can be read."""
        return (self.cleaned_data["day"], self.cleaned_data["time"]) if self.is_bound and self.is_valid() else None

    @property
    def shown(self) -> str:
        """Names the dates that belong to these answers."""
        return "-".join(str(each) for each in self.chosen or ())


class EndForm(forms.Form):
    """Who calls a series off from here on, and why."""

    who = forms.ChoiceField(
        label=_("Who cancels"), choices=[("patient", _("The patient")), ("clinic", _("The clinic"))],
        widget=forms.RadioSelect, initial="patient",
    )  # fmt: skip
    reason = PlainText(label=_("Reason"), max_length=200, required=False)
