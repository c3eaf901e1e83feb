"""Input of orders, letters and plans."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.shared.fields import DateField, PlainText
from emr.models import LetterKind, LetterTemplate, OrderItem, OrderKind, Paper
from emr.models.letters import Language
from emr.views.care.forms import NumberField
from emr.views.care.number_forms import DecimalText
from scheduling.models import Service


class OrderForm(forms.Form):
    """What is ordered, why, where."""

    items = forms.ModelMultipleChoiceField(
        OrderItem.objects.filter(is_active=True), error_messages={"required": _("Choose what to order.")}
    )
    question = PlainText(max_length=300, required=False, label=_("Clinical question"))
    place = PlainText(max_length=120, required=False, label=_("Where"))
    is_urgent = forms.BooleanField(required=False, label=_("Urgent"))


class ReasonForm(forms.Form):
    """Why something ends."""

    reason = PlainText(max_length=300, label=_("Why"), error_messages={"required": _("Say why.")})


class OrderItemForm(forms.Form):
    kind = forms.ChoiceField(choices=OrderKind.choices, label=_("Kind"))
    name = PlainText(max_length=120, label=_("Name"))
    name_en = PlainText(max_length=120, required=False, label=_("English name"))
    loinc = PlainText(max_length=12, required=False, label=_("LOINC code"))
    unit = PlainText(max_length=20, required=False, label=_("Unit"))
    low = DecimalText(label=_("Normal from"))
    high = DecimalText(label=_("Normal up to"))
    low_women = DecimalText(label=_("Women: from"))
    high_women = DecimalText(label=_("Women: up to"))
    normal_text = PlainText(max_length=80, required=False, label=_("Normal in words"))
    panel = forms.ModelMultipleChoiceField(
        OrderItem.objects.filter(is_active=True), required=False, label=_("Holds these examinations"),
        help_text=_("Only for a panel."),
    )  # fmt: skip
    is_active = forms.BooleanField(required=False, initial=True, label=_("In use"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        panel = self.initial.get("panel")
        if panel is not None and hasattr(panel, "all"):
            self.initial["panel"] = list(panel.all())


class LetterTemplateForm(forms.Form):
    kind = forms.ChoiceField(choices=LetterKind.choices, label=_("Kind"))
    name = PlainText(max_length=80, label=_("Name"))
    language = forms.ChoiceField(choices=Language.choices, label=_("Language"))
    title = PlainText(max_length=120, label=_("Heading"))
    text = forms.CharField(
        max_length=10_000, label=_("Text"), widget=forms.Textarea(attrs={"rows": 9}),
        help_text=_("What is known is put in: {patient}, {age}, {national_code}, {date}, {visit_date}, {doctor}, "
                    "{license}, {clinic}, {to}, {diagnoses}, {problems}, {medicines}, {allergies}, {advice}."),
    )  # fmt: skip
    paper = forms.ChoiceField(choices=Paper.choices, label=_("Paper"), initial=Paper.A5)
    is_active = forms.BooleanField(required=False, initial=True, label=_("In use"))


class NewLetterForm(forms.Form):
    template = forms.ModelChoiceField(
        LetterTemplate.objects.filter(is_active=True), label=_("Template"), empty_label=None,
        error_messages={"required": _("Choose a template.")},
    )  # fmt: skip
    addressee = PlainText(max_length=120, required=False, label=_("To whom"))


class LetterForm(forms.Form):
    title = PlainText(max_length=120, label=_("Heading"))
    body = forms.CharField(max_length=20_000, strip=False, label=_("Text"), widget=forms.Textarea(attrs={"rows": 16}))
    addressee = PlainText(max_length=120, required=False, label=_("To whom"))
    paper = forms.ChoiceField(choices=Paper.choices, label=_("Paper"))
    for_patient = forms.BooleanField(required=False, label=_("The patient sees it online"))


class PlanForm(forms.Form):
    title = PlainText(max_length=120, label=_("Title"))
    starts_on = DateField(required=False, label=_("Begins on"))
    ends_on = DateField(required=False, label=_("Planned until"))
    note = PlainText(max_length=4000, required=False, label=_("Note"), widget=forms.Textarea(attrs={"rows": 4}))
    for_patient = forms.BooleanField(required=False, initial=True, label=_("The patient sees it online"))


class GoalForm(forms.Form):
    text = PlainText(max_length=200, label=_("Goal"), error_messages={"required": _("Write the goal.")})
    due_on = DateField(required=False, label=_("Until"))


class SessionsForm(forms.Form):
    service = forms.ModelChoiceField(Service.objects.filter(is_active=True), label=_("Service"))
    count = NumberField(label=_("How many sessions"), required=True)
    every_days = NumberField(label=_("Every how many days"), required=False)
