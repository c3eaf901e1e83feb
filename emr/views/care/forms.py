"""Input of these pages: shape only; the rules are in actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.shared.fields import DateField, PlainText
from clinic.shared.text import normalise
from emr.forms import PrescriptionForm
from emr.models import BackgroundKind, Condition, Danger, Relative
from emr.models.background import JALALI_BEHIND
from emr.models.dosing import DoseUnit, Often, When

EMPTY = [("", "—")]


class NumberField(forms.CharField):
    """A whole number in any digits; None where nothing was typed."""

    def __init__(self, *, wrong: Any = "", **options: Any) -> None:
        self.wrong = wrong or _("Write a whole number in digits.")
        super().__init__(**{"max_length": 12, **options})

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"}

    def clean(self, value: Any) -> int | None:
        text = normalise(super().clean(value))
        if not text:
            return None
        if not text.isascii() or not text.isdigit():
            raise forms.ValidationError(self.wrong)
        return int(text)


class LineForm(PrescriptionForm):
    """A line with its dose picked from lists."""

    dose_amount = PlainText(required=False, max_length=12, label=_("How much"))
    dose_unit = forms.ChoiceField(required=False, choices=[*EMPTY, *DoseUnit.choices], label=_("Unit"))
    dose_often = forms.ChoiceField(required=False, choices=[*EMPTY, *Often.choices], label=_("How often"))
    dose_when = forms.ChoiceField(required=False, choices=[*EMPTY, *When.choices], label=_("When"))
    is_ongoing = forms.BooleanField(required=False, label=_("Long-term"))

    def line(self) -> dict[str, Any]:
        """What `prescribe` takes."""
        values = dict(self.cleaned_data)
        dosing = {key: values.pop(f"dose_{key}", "") for key in ("amount", "unit", "often", "when")}
        return {**values, "dosing": dosing}


class SetForm(forms.Form):
    """A name for the lines on the screen."""

    name = PlainText(max_length=80, label=_("Name of the set"), error_messages={"required": _("Name the set.")})
    shared = forms.BooleanField(required=False, label=_("For every doctor of the clinic"))


class TrackingForm(forms.Form):
    """The code of the national e-prescription."""

    tracking_code = PlainText(max_length=60, required=False, label=_("Tracking code"))


class StopForm(forms.Form):
    """Why a medicine is taken no more."""

    why = PlainText(max_length=200, required=False, label=_("Why it was stopped"))


class ProblemForm(forms.Form):
    """A new problem, or what is known of one."""

    code = PlainText(required=False, max_length=12, label=_("ICD-10"))
    title = PlainText(required=False, max_length=250, label=_("Problem"))
    onset_on = DateField(required=False, label=_("Since"))
    ended_on = DateField(required=False, label=_("Over since"), help_text=_("Left empty: it lasts."))
    note = PlainText(required=False, max_length=300, label=_("Note"))
    wrong = forms.BooleanField(required=False, label=_("This was entered in error"))
    why = PlainText(required=False, max_length=200, label=_("Why it is wrong"))

    @classmethod
    def of(cls, row: Condition) -> "ProblemForm":
        """The form as the problem stands."""
        return cls(initial={name: getattr(row, name) for name in ("onset_on", "ended_on", "note")})


class BackgroundForm(forms.Form):
    """One fact of the background."""

    kind = forms.ChoiceField(choices=BackgroundKind.choices, label=_("Kind"))
    title = PlainText(max_length=200, label=_("What"), error_messages={"required": _("Write what it is.")})
    relative = forms.ChoiceField(
        choices=[*EMPTY, *Relative.choices], required=False, label=_("Who"), help_text=_("Only for the family.")
    )
    year = NumberField(required=False, label=_("Year"), wrong=_("Write a year in digits, for example 1398."))
    detail = PlainText(max_length=300, required=False, label=_("More"))

    def clean_year(self) -> int | None:
        """A year of either calendar, as Gregorian: nobody's history begins before 1850 or lies in the Jalali 1850s."""
        year = self.cleaned_data["year"]
        return year + JALALI_BEHIND if year is not None and 1200 <= year < 1600 else year


class InteractionForm(forms.Form):
    """Two drugs or groups, what happens and what to do."""

    first = PlainText(max_length=120, label=_("Drug or group"))
    first_atc = PlainText(max_length=10, required=False, label=_("ATC code"), help_text=_("J01C stands for its group."))
    second = PlainText(max_length=120, label=_("With"))
    second_atc = PlainText(max_length=10, required=False, label=_("ATC code of the other"))
    severity = forms.ChoiceField(choices=Danger.choices, initial=Danger.MODERATE, label=_("Severity"))
    effect = PlainText(max_length=300, label=_("What happens"))
    advice = PlainText(max_length=300, required=False, label=_("Advice"))
    is_active = forms.BooleanField(required=False, initial=True, label=_("In use"))


class FileForm(forms.Form):
    """A file of lines."""

    file = forms.FileField(label=_("CSV file"), error_messages={"required": _("Choose a file.")})
