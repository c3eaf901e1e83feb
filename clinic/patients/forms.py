"""What the desk types about patients: shape only, the rules are in the actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import User
from clinic.patients.models import CONSENTS, ContactKind, Kin, Patient, Relation, Sex, Tone
from clinic.patients.queries import WHAT
from clinic.shared.fields import BirthDateField, DateField, NationalCodeField, PhoneField, PlainText
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


class TagForm(forms.Form):
    """A label: its name and colour."""

    name = PlainText(label=_("Name"), max_length=40)
    tone = forms.ChoiceField(label=_("Colour"), choices=Tone.choices)
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)


class RelatedForm(forms.Form):
    """Who belongs to a patient: another patient, or a name with a phone."""

    relative = forms.ModelChoiceField(
        Patient.objects.filter(merged_into=None), required=False, widget=forms.HiddenInput, label=_("Patient")
    )
    name = PlainText(label=_("Name"), max_length=120, required=False)
    phone = PlainText(label=_("Phone"), max_length=40, required=False)
    kin = forms.ChoiceField(label=_("Is to the patient"), choices=Kin.choices)
    decides = forms.BooleanField(label=_("Decides for the patient"), required=False)
    pays = forms.BooleanField(label=_("Pays the bills"), required=False)
    is_told = forms.BooleanField(label=_("Is told about visits"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_related_%s", **kwargs})  # the card has a phone of its own beside it


class NoteForm(forms.Form):
    """What was said on the phone or at the desk."""

    kind = forms.ChoiceField(label=_("How"), choices=ContactKind.choices)
    text = PlainText(
        label=_("What was said"),
        max_length=500,
        help_text=_("Nothing medical belongs here."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReasonForm(forms.Form):
    """Why."""

    reason = PlainText(label=_("Why?"), max_length=200)


class FileNumberForm(forms.Form):
    """The file number, typed so that nobody is erased by a slip."""

    file_number = PlainText(label=_("File number"), max_length=20)


class WhoForm(forms.Form):
    """A birth date that only the person knows."""

    birth_date = BirthDateField(label=_("Date of birth"))


class RulesForm(forms.Form):
    """The clinic's choices about patients' data."""

    shows_readers = forms.BooleanField(label=_("Patients see who read their record"), required=False)
    ask_after_days = forms.IntegerField(
        label=_("Ask who it is after so many days without a sign-in"),
        help_text=_("Numbers change owners. Whoever signs in later must know a birth date first. 0: never ask."),
        min_value=0,
        max_value=3650,
    )
    keep_years = forms.IntegerField(
        label=_("Keep records for so many years after the last visit"),
        help_text=_("Before that, erasing needs the word of somebody who knows the law."),
        min_value=0,
        max_value=100,
    )


class AccessFilter(forms.Form):
    """Which readings of records are shown."""

    user = forms.ModelChoiceField(User.objects.none(), required=False, label=_("Who"), empty_label=_("Everybody"))
    patient = forms.ModelChoiceField(Patient.objects.all(), required=False, widget=forms.HiddenInput)
    what = forms.ChoiceField(label=_("What"), choices=[("", _("Everything")), *WHAT.items()], required=False)
    since = DateField(label=_("From"), required=False)
    until = DateField(label=_("Until"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = User.objects.filter(grants__isnull=False).distinct().order_by("full_name")
        self.fields["user"].queryset = staff  # type: ignore[attr-defined]  # a field of this form's own kind
