"""What the desk says for somebody who waits, and how the clinic offers freed time."""

import re
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.shared.errors import Invalid
from clinic.shared.fields import DateField, PlainText
from scheduling.forms.desk import PersonForm
from scheduling.forms.setup import SetUpForm, WholeNumber
from scheduling.forms.waitlist import NOTICES, HourField, WishesForm
from scheduling.models import OfferMode
from scheduling.queries.diary import services_on_offer
from scheduling.queries.who import Who, read_who

COMMA = re.compile("[,،;؛\n]")
PRIORITIES = [(0, _("Usual")), (1, _("Urgent")), (2, _("Very urgent"))]


class EntryForm(WishesForm):
    """The desk changes what somebody waits for."""

    priority = forms.TypedChoiceField(label=_("Urgency"), coerce=int, choices=PRIORITIES, initial=0)
    note = PlainText(label=_("Note"), max_length=300, required=False)

    def wishes(self) -> dict[str, Any]:
        names = ("priority", "note")
        return super().wishes() | {name: self.cleaned_data[name] for name in names}


class AddForm(PersonForm):
    """The desk puts a patient on the list: who and for what; all else may stay any."""

    notice_minutes = forms.TypedChoiceField(
        label=_("She needs to know"), coerce=int, choices=list(NOTICES.items()), initial=60
    )
    from_time = HourField(label=_("Not before"))
    until_time = HourField(label=_("Not after"))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days that suit"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    first_day = DateField(label=_("From this day on"), required=False)
    last_day = DateField(label=_("Until this day"), required=False)
    companions = PlainText(
        label=_("Who comes along"),
        max_length=400,
        required=False,
        help_text=_(
            "First and last name of each, with a comma between them. They get times after each other, or none."
        ),
    )
    priority = forms.TypedChoiceField(label=_("Urgency"), coerce=int, choices=PRIORITIES, initial=0)
    any_branch = forms.BooleanField(label=_("Any branch"), required=False, initial=False)
    note = PlainText(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        doctor = cast(Any, self.fields["practitioner"])
        doctor.required, doctor.empty_label = False, _("Any doctor")
        cast(Any, self.fields["service"]).queryset = services_on_offer(for_staff=True)
        wishes = WishesForm(initial=self.initial)
        for name in ("weekdays", "from_time", "until_time"):
            cast(Any, self.fields[name]).choices = cast(Any, wishes.fields[name]).choices
        if Branch.objects.filter(is_active=True).count() < 2:
            del self.fields["any_branch"]

    def clean_companions(self) -> list[Who]:
        """A patient each, or somebody new; who may be several people is asked for by number."""
        found = []
        for text in filter(None, (each.strip() for each in COMMA.split(self.cleaned_data["companions"]))):
            try:
                who = read_who(text)
            except Invalid as error:
                raise forms.ValidationError(error.message) from None
            if who.patient is None and who.similar:
                names = {"name": text, "known": who.similar[0].full_name}
                raise forms.ValidationError(
                    _("“%(name)s” may be %(known)s. Write the whole name and the mobile number.") % names
                )
            if who.patient is None and not who.last_name:
                raise forms.ValidationError(_("Write the first and last name of “%(name)s”.") % {"name": text})
            found.append(who)
        return found

    @property
    def more_open(self) -> bool:
        """Whether the rarer fields must be seen."""
        names = ("first_day", "last_day", "companions", "priority", "note", "notice_minutes")
        return any(self[name].errors for name in names)

    def wishes(self) -> dict[str, Any]:
        """What `join_waitlist` takes."""
        names = (
            "notice_minutes", "from_time", "until_time", "weekdays", "first_day", "last_day", "priority", "note",
            "practitioner",
        )  # fmt: skip
        branch = None if self.cleaned_data.get("any_branch") else self.branch
        return {name: self.cleaned_data[name] for name in names} | {"branch": branch}


class RulesForm(SetUpForm):
    """How freed time is offered."""

    waitlist_on = forms.BooleanField(label=_("Offer freed time to those who wait"), required=False)
    waitlist_mode = forms.ChoiceField(label=_("Who is asked"), choices=OfferMode.choices, widget=forms.RadioSelect)
    waitlist_at_once = WholeNumber(label=_("People asked at once"), help_text=_("Where several are asked."))
    waitlist_minutes = WholeNumber(label=_("Minutes to answer"))
    waitlist_stop_minutes = WholeNumber(
        label=_("No offers later than minutes before the visit"),
        help_text=_("What the patient herself needs to come is kept in any case."),
    )
    waitlist_days = WholeNumber(label=_("Days for which an entry is kept"))
