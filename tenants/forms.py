"""What a clinic tells when it asks to be admitted."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from clinic.shared.fields import PhoneField, PlainText

ZONES = ["Asia/Tehran", "Europe/London", "Europe/Berlin", "Europe/Istanbul", "Asia/Dubai", "America/New_York"]
CURRENCIES = [("IRR", _("Iranian rial")), ("GBP", _("Pound sterling")), ("EUR", _("Euro")), ("USD", _("US dollar"))]


class SignUpForm(forms.Form):
    clinic_name = PlainText(label=_("Clinic's name"), max_length=120)
    subdomain = forms.CharField(
        label=_("Address"),
        max_length=40,
        help_text=_("Small Latin letters, digits and hyphens. Patients will see it."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocapitalize": "none", "autocomplete": "off"}),
    )
    owner_name = PlainText(label=_("Your name"), max_length=120)
    owner_phone = PhoneField(label=_("Mobile number"), help_text=_("The owner signs in with it."))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=[(zone, zone) for zone in ZONES])
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES)
    note = PlainText(
        label=_("Anything we should know"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class RejectForm(forms.Form):
    reason = PlainText(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
