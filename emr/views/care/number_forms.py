"""Input of numbers: measurements, scores, and what stands behind them."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.shared.fields import PlainText
from clinic.shared.text import normalise
from emr.models import Better, OutcomeMeasure
from emr.models.vitals import Measure
from emr.queries.vitals import measures
from emr.views.care.forms import EMPTY, NumberField

BIGGEST = Decimal(10) ** 6


class DecimalText(forms.CharField):
    """A number in any digits, with a point or a comma; None where nothing was typed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 14, "required": False, **options})

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"dir": "ltr", "inputmode": "decimal", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Decimal | None:
        text = normalise(super().clean(value)).replace("٫", ".").replace(",", ".").replace("/", ".")
        if not text:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or abs(number) >= BIGGEST:
            raise forms.ValidationError(_("Write a number in digits."))
        return number.quantize(Decimal("0.01"))


class VitalsForm(forms.Form):
    """One input for each measure, all of them optional."""

    def __init__(self, kinds: list[Measure], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for kind in kinds:
            label = f"{kind.name} ({kind.unit})" if kind.unit else str(kind.name)
            self.fields[kind.code] = DecimalText(label=label)


class ScoreForm(forms.Form):
    """One choice for each question of a measure."""

    def __init__(self, measure: OutcomeMeasure, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for place, question in enumerate(measure.asked):
            self.fields[f"answer_{place}"] = NumberField(
                label=question, required=True, error_messages={"required": _("Answer every question.")}
            )

    def answers(self) -> list[int]:
        """The numbers in the order of the questions."""
        return [self.cleaned_data[name] for name in self.fields]


class VitalKindForm(forms.Form):
    name = PlainText(max_length=60, label=_("Name"))
    unit = PlainText(max_length=20, required=False, label=_("Unit"))
    places = forms.ChoiceField(choices=[("0", "0"), ("1", "1"), ("2", "2")], label=_("Decimal places"))
    lowest = DecimalText(required=True, label=_("Lowest plausible value"))
    highest = DecimalText(required=True, label=_("Highest plausible value"))
    is_active = forms.BooleanField(required=False, initial=True, label=_("In use"))

    def clean_places(self) -> int:
        """As a number."""
        return int(self.cleaned_data["places"])


def _kinds() -> list[tuple[str, Any]]:
    return [(code, measure.name) for code, measure in measures().items()]


class VitalRangeForm(forms.Form):
    code = forms.ChoiceField(choices=_kinds, label=_("Measurement"))
    sex = forms.ChoiceField(
        choices=[*EMPTY, ("female", _("Women")), ("male", _("Men"))], required=False, label=_("Only for")
    )
    age_from = NumberField(label=_("From age (years)"))
    age_to = NumberField(label=_("Below age (years)"))
    alarm_low = DecimalText(label=_("Alarming below"))
    low = DecimalText(label=_("Usual from"))
    high = DecimalText(label=_("Usual up to"))
    alarm_high = DecimalText(label=_("Alarming above"))
    is_active = forms.BooleanField(required=False, initial=True, label=_("In use"))

    def clean_age_to(self) -> int:
        """An age that somebody reaches."""
        age = int(self.cleaned_data["age_to"] or 0)
        if age > 200:
            raise forms.ValidationError(_("Write an age in years."))
        return age

    def clean_age_from(self) -> int:
        """An age that somebody reaches."""
        age = int(self.cleaned_data["age_from"] or 0)
        if age > 200:
            raise forms.ValidationError(_("Write an age in years."))
        return age


class OutcomeMeasureForm(forms.Form):
    name = PlainText(max_length=80, label=_("Name"))
    questions = PlainText(
        max_length=4000, required=False, label=_("Questions, one a line"), widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Left empty: the name itself is asked."),
    )  # fmt: skip
    lowest = NumberField(label=_("Lowest answer"))
    highest = NumberField(label=_("Highest answer"))
    better = forms.ChoiceField(choices=Better.choices, label=_("Meaning"))
    is_active = forms.BooleanField(required=False, initial=True, label=_("In use"))

    def clean(self) -> dict[str, Any]:
        """Answers up to 1000."""
        data = super().clean() or {}
        for name in ("lowest", "highest"):
            value = data.get(name)
            if value is None or value > 1000:
                self.add_error(name, _("Write a number up to 1000."))
        return data
