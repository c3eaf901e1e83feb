"""Input of the doctor's pages: shape only; the rules are in actions."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import User
from clinic.shared.fields import DateField, PlainText
from clinic.shared.text import normalise
from emr.models import Audience, Encounter, FileKind, IntakeForm, Medication, Privacy, Severity, TemplateKind
from emr.models.dosing import DoseUnit
from scheduling.forms.setup import WholeNumber
from scheduling.models import Room, Service


class NoteForm(forms.Form):
    """The three texts of a visit, with the version that the page was filled from."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    page = forms.CharField(max_length=40, required=False)
    complaint = forms.CharField(required=False, strip=False, max_length=40_000)
    note = forms.CharField(required=False, strip=False, max_length=40_000)
    advice = forms.CharField(required=False, strip=False, max_length=40_000)

    def last_words(self) -> dict[str, Any]:
        """What `save_note` takes; texts that the page did not send stay as they are."""
        sent = {name: self.cleaned_data[name] for name in ("complaint", "note", "advice") if name in self.data}
        return {"version": self.cleaned_data["version"], "page": self.cleaned_data["page"], **sent}


class DiagnosisForm(forms.Form):
    """A code, words, or both."""

    code = PlainText(required=False, max_length=12)
    title = PlainText(required=False, max_length=250, label=_("Diagnosis"))


class AllergyForm(forms.Form):
    """What, how, how badly."""

    substance = PlainText(
        label=_("Allergic to"),
        max_length=120,
        error_messages={"required": _("Name what the patient is allergic to.")},
    )
    reaction = PlainText(label=_("Reaction"), max_length=200, required=False)
    severity = forms.ChoiceField(label=_("How severe"), choices=Severity.choices, initial=Severity.MODERATE)


class PrescriptionForm(forms.Form):
    """One line; a drug of the list is named by its id, any other by words."""

    medication = forms.ModelChoiceField(Medication.objects.filter(is_active=True), required=False)
    name = PlainText(required=False, max_length=200, label=_("Drug"))
    dose = PlainText(required=False, max_length=200, label=_("Dose in words"))
    quantity = PlainText(required=False, max_length=40, label=_("Quantity"))
    days = forms.CharField(required=False, max_length=6, label=_("Days"))
    override_reason = PlainText(required=False, max_length=300, label=_("Reason to prescribe it all the same"))

    def clean_days(self) -> int | None:
        """A number of days in any digits."""
        text = normalise(self.cleaned_data["days"])
        if not text:
            return None
        if not text.isdigit():
            raise forms.ValidationError(_("Write the number of days in digits, for example 7."))
        return int(text)


class FollowUpForm(forms.Form):
    """Come again: a day (typed, or so many days from now), for what, why."""

    follow_up_on = DateField(required=False, label=_("See again on"))
    follow_up_in = forms.IntegerField(required=False, min_value=1, max_value=730)
    follow_up_service = forms.ModelChoiceField(Service.objects.filter(is_active=True), required=False, label=_("For"))
    follow_up_note = PlainText(required=False, max_length=200, label=_("What for"))

    def wish(self) -> dict[str, Any]:
        """What `set_follow_up` takes."""
        data = self.cleaned_data
        on = data.get("follow_up_on")
        if data.get("follow_up_in"):
            on = timezone.localdate() + dt.timedelta(days=data["follow_up_in"])
        return {"on": on, "service": data.get("follow_up_service"), "note": data.get("follow_up_note", "")}

    @classmethod
    def of(cls, record: Encounter) -> "FollowUpForm":
        """The form as the record has it."""
        names = ("follow_up_on", "follow_up_service", "follow_up_note")
        return cls(initial={name: getattr(record, name) for name in names}, auto_id="%s")


class FileForm(forms.Form):
    """What is said of a file."""

    kind = forms.ChoiceField(label=_("What is it?"), choices=FileKind.choices)
    title = PlainText(label=_("What it shows"), max_length=120, required=False)
    taken_on = DateField(label=_("From which day"), required=False)
    audience = forms.ChoiceField(label=_("Who sees it"), choices=Audience.choices, widget=forms.RadioSelect)

    def described(self) -> dict[str, Any]:
        """What the actions take; no day means today."""
        return {**self.cleaned_data, "taken_on": self.cleaned_data["taken_on"] or timezone.localdate()}


class PhoneLinkForm(forms.Form):
    """What the phone will send, and who is to see it."""

    kind = forms.ChoiceField(label=_("What is it?"), choices=FileKind.choices)
    audience = forms.ChoiceField(label=_("Who sees it"), choices=Audience.choices)


class IntakeSetupForm(forms.Form):
    """The frame of an intake form: its questions are read beside it."""

    name = PlainText(label=_("Name"), max_length=120, error_messages={"required": _("Name the form.")})
    services = forms.ModelMultipleChoiceField(
        Service.objects.filter(is_active=True), label=_("For these services"), required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("None chosen: for all."),
    )  # fmt: skip
    country = PlainText(
        label=_("For mobile numbers of"), max_length=2, required=False,
        help_text=_("Two letters, for example IR. Left empty: of any country."),
    )  # fmt: skip
    days_before = WholeNumber(label=_("Days before the visit"), min_value=0, max_value=60, initial=3)
    fresh_months = WholeNumber(label=_("Ask again after so many months"), min_value=1, max_value=120, initial=12)
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    @classmethod
    def of(cls, row: IntakeForm | None) -> "IntakeSetupForm":
        """The form as it is kept."""
        if row is None:
            return cls()
        names = ("name", "country", "days_before", "fresh_months", "is_active")
        return cls(initial={**{n: getattr(row, n) for n in names}, "services": row.services.all()})


class RoomForm(forms.Form):
    """Which room, where there are several."""

    room = forms.ModelChoiceField(Room.objects.filter(is_active=True), required=False)


class AddendumForm(forms.Form):
    """Dated words for a signed record."""

    text = forms.CharField(
        label=_("Addition"),
        strip=False,
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write what is to be added.")},
    )


class MedicationForm(forms.Form):
    """A drug of the clinic's list."""

    name = PlainText(label=_("Name"), max_length=120, error_messages={"required": _("Name the drug.")})
    name_en = PlainText(label=_("English name"), max_length=120, required=False)
    substance = PlainText(
        label=_("Substance"), max_length=120, required=False, help_text=_("Allergies are compared with it.")
    )
    strength = PlainText(label=_("Strength"), max_length=40, required=False)
    # Not `form`: an input of that name would hide the form from the browser.
    dosage_form = PlainText(label=_("Form"), max_length=40, required=False)
    atc = PlainText(label=_("ATC code"), max_length=10, required=False)
    unit = forms.ChoiceField(label=_("Counted in"), choices=[("", "—"), *DoseUnit.choices], required=False)
    default_dose = PlainText(label=_("Usual dose in words"), max_length=200, required=False)
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def values(self) -> dict[str, Any]:
        """What `save_medication` takes."""
        values = dict(self.cleaned_data)
        return {**values, "form": values.pop("dosage_form")}


class PrivacyForm(forms.Form):
    """Who reads a note."""

    level = forms.ChoiceField(choices=Privacy.choices)
    readers = forms.ModelMultipleChoiceField(User.objects.filter(is_active=True), required=False)


class CosignForm(forms.Form):
    """Whom to ask."""

    of = forms.ModelChoiceField(User.objects.filter(is_active=True))


class CosignAnswerForm(forms.Form):
    """What the second one says."""

    to = forms.ChoiceField(choices=[(each, each) for each in ("signed", "returned", "withdrawn")])
    note = PlainText(required=False, max_length=300)


class TemplateForm(forms.Form):
    """A template's own details; its questions are read by `emr.views.builder`."""

    name = PlainText(label=_("Name"), max_length=120, error_messages={"required": _("Give the template a name.")})
    kind = forms.ChoiceField(label=_("Kind"), choices=TemplateKind.choices, initial=TemplateKind.VISIT)
    services = forms.ModelMultipleChoiceField(
        Service.objects.filter(is_active=True),
        label=_("For these services"),
        required=False,
        help_text=_("None chosen: for all."),
        widget=forms.CheckboxSelectMultiple,
    )
    is_first_choice = forms.BooleanField(
        label=_("Opens by itself"), required=False, help_text=_("In each new record that it fits.")
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)


class PhraseForm(forms.Form):
    """Words under a short name."""

    shortcut = PlainText(
        label=_("Short name"),
        max_length=30,
        help_text=_("One word. In a note type / and this name."),
        error_messages={"required": _("A short name is one word, for example “normal”.")},
    )
    text = forms.CharField(
        label=_("What it puts into the note"),
        strip=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("[Brackets] are typed over, one after the other. {name}, {age} and {today} are filled in."),
        error_messages={"required": _("Write what the phrase puts into the note.")},
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)
