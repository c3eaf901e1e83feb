"""What the desk types about patients: shape only, the rules are in the actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.patients.models import CONSENTS, Patient, Relation, Sex
from clinic.shared.fields import BirthDateField, NationalCodeField, PhoneField, PlainText
from clinic.shared.phones import region

FIRST = ("first_name", "last_name", "phone", "national_code", "birth_date")
MORE = ("sex", "language", "email", "address", "insurer", "insurance_number", "referral_source", "note")


class PatientForm(forms.Form):
    """Details of a patient; a few first, the rest under "more"."""

    first_name = PlainText(label=_("First name"), max_length=80, required=False)
    last_name = PlainText(label=_("Last name"), max_length=80, error_messages={"required": _("Write the last name.")})
    phone = PhoneField(label=_("Mobile number"), required=False)
    national_code = NationalCodeField(label=_("National code"), required=False)
    birth_date = BirthDateField(label=_("Date of birth"), required=False)
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices, initial=Sex.UNKNOWN, required=False)
    language = forms.ChoiceField(
        label=_("Language of messages"),
        choices=[("", _("As the clinic")), ("fa", "فارسی"), ("en", "English")],
        required=False,
    )
    email = forms.CharField(label=_("E-mail"), max_length=254, required=False)
    address = PlainText(label=_("Address"), max_length=300, required=False)
    insurer = PlainText(label=_("Insurer"), max_length=80, required=False)
    insurance_number = PlainText(label=_("Insurance number"), max_length=40, required=False)
    referral_source = PlainText(label=_("Came through"), max_length=80, required=False)
    note = PlainText(
        label=_("Note for the desk"),
        help_text=_("Patients do not see it. Nothing medical belongs here."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"] = PhoneField(label=_("Mobile number"), required=False, region=region())
        if region() != "IR":
            # Check digits differ from country to country; the number is kept as it is written.
            self.fields["national_code"] = PlainText(label=_("National number"), required=False, max_length=20)
        for name in ("first_name", "last_name", "address"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.fields["email"].widget.attrs |= {"dir": "ltr", "inputmode": "email", "autocomplete": "off"}
        self.fields["phone"].widget.attrs["autocomplete"] = "off"

    @classmethod
    def of(cls, patient: Patient) -> "PatientForm":
        """The form with a patient's present details."""
        return cls(initial={name: getattr(patient, name) for name in (*FIRST, *MORE)})

    def first_fields(self) -> list[forms.BoundField]:
        """What is asked at once, below the names."""
        return [self[name] for name in FIRST[2:]]

    def more_fields(self) -> list[forms.BoundField]:
        """What stands under "more"."""
        return [self[name] for name in MORE]

    def more_open(self) -> bool:
        """Whether "more" must be open, since something is written or wrong there."""
        return any(self[name].errors or self[name].value() not in {None, "", Sex.UNKNOWN} for name in MORE)

    def clean_sex(self) -> str:
        return self.cleaned_data["sex"] or Sex.UNKNOWN


class AccessForm(forms.Form):
    """Whose number may act for the patient."""

    phone = PhoneField(label=_("Mobile number of the account"))
    relation = forms.ChoiceField(label=_("Who is it?"), choices=Relation.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"] = forms.CharField(label=_("Mobile number of the account"), max_length=40)
        self.fields["phone"].widget.attrs |= {"dir": "ltr", "inputmode": "tel", "autocomplete": "off"}
        self.fields["relation"].choices = [  # type: ignore[attr-defined]  # a field of this form's own kind
            (value, _("The patient") if value == Relation.SELF else label) for value, label in Relation.choices
        ]


class ConsentForm(forms.Form):
    """Which text was agreed to."""

    kind = forms.ChoiceField(choices=[(each.kind, each.title) for each in CONSENTS.values()])


class FamilyForm(forms.Form):
    """A family member, typed by the account's holder."""

    first_name = PlainText(label=_("First name"), max_length=80)
    last_name = PlainText(label=_("Last name"), max_length=80)
    relation = forms.ChoiceField(
        label=_("You are to this person"),
        choices=[(value, label) for value, label in Relation.choices if value != Relation.SELF],
    )
    birth_date = BirthDateField(label=_("Date of birth"), required=False)
    national_code = NationalCodeField(label=_("National code"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if region() != "IR":
            del self.fields["national_code"]


class ContactForm(forms.Form):
    """What patients change of their own details; names and codes are confirmed at the desk."""

    phone = PhoneField(label=_("Mobile number"), required=False)
    email = forms.CharField(label=_("E-mail"), max_length=254, required=False)
    address = PlainText(label=_("Address"), max_length=300, required=False)
    insurer = PlainText(label=_("Insurer"), max_length=80, required=False)
    insurance_number = PlainText(label=_("Insurance number"), max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"] = PhoneField(label=_("Mobile number"), required=False, region=region())
        self.fields["email"].widget.attrs |= {"dir": "ltr", "inputmode": "email"}
