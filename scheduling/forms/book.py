"""What a patient types when she books: shape only, the rules are in actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.patients.models import Relation
from clinic.shared.fields import PhoneField, PlainText
from clinic.shared.phones import region
from clinic.shared.text import to_latin_digits

SOMEBODY_NEW = "new"


class NameField(PlainText):
    """First and last name in one line, as people say them; read into a pair."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("First and last name"))
        options.setdefault("max_length", 120)
        options.setdefault("error_messages", {"required": _("Write the first and last name of the patient.")})
        super().__init__(**options)

    def clean(self, value: Any) -> tuple[str, str]:
        name = super().clean(value)
        first, _blank, last = name.partition(" ")
        if name and not last.strip():
            raise forms.ValidationError(_("Write the last name too."), code="last_name")
        return first, last.strip()


class VisitorForm(forms.Form):
    """Name and mobile number; the code when one was sent."""

    name = NameField(widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}))
    phone = PhoneField(label=_("Mobile number"), help_text=_("We send a code of six digits by SMS."))
    for_family = forms.BooleanField(label=_("I book for a family member"), required=False)
    note = PlainText(label=_("What is it about?"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].region = region()  # type: ignore[attr-defined]  # a field of this form's own kind


class KnownForm(forms.Form):
    """Who of the family the visit is for; a name only for somebody new."""

    patient = forms.ChoiceField(label=_("Who is the visit for?"), widget=forms.RadioSelect(attrs={"autofocus": True}))
    name = NameField()
    relation = forms.ChoiceField(label=_("You are the patient's"))
    note = PlainText(label=_("What is it about?"), max_length=300, required=False)

    def __init__(self, *args: Any, patients: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        new = _("A family member") if patients else _("Myself")
        choices = [(str(patient.pk), patient.full_name) for patient in patients]
        self.fields["patient"].choices = [*choices, (SOMEBODY_NEW, new)]  # type: ignore[attr-defined]  # a field of this form's own kind
        self.fields["patient"].initial = choices[0][0] if choices else SOMEBODY_NEW
        relations = [(value, label) for value, label in Relation.choices if value != Relation.SELF]
        self.fields["relation"].choices = relations  # type: ignore[attr-defined]  # a field of this form's own kind
        self.fields["relation"].initial = Relation.PARENT
        if not patients:
            del self.fields["relation"]

    def full_clean(self) -> None:
        """A name is asked for only of somebody new."""
        if self.is_bound and self.data.get("patient") != SOMEBODY_NEW:
            for name in {"name", "relation"} & set(self.fields):
                self.fields[name].required = False
        super().full_clean()


class ReasonForm(forms.Form):
    """Why a visit is cancelled; it may stay empty."""

    reason = PlainText(label=_("Reason"), max_length=300, required=False)


def code_of(data: Any) -> str:
    """The six digits as typed, in Latin digits."""
    return to_latin_digits(str(data.get("code", ""))).strip()
