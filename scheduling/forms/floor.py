"""What is typed on the floor: shape only, the rules are in the actions."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.shared.fields import BirthDateField, NationalCodeField, PhoneField, PlainText
from scheduling.forms.desk import Named
from scheduling.forms.setup import ClockField, SetUpForm, WholeNumber
from scheduling.models import Practitioner, Room, Visit


class TransferForm(forms.Form):
    """Another doctor who gives the service, another room, or both."""

    practitioner = Named(Practitioner.objects.none(), label=_("Doctor"), required=False, empty_label=None)
    room = Named(Room.objects.none(), label=_("Line of the room"), required=False, empty_label=_("Any room"))

    def __init__(self, *args: Any, visit: Visit, **kwargs: Any) -> None:
        super().__init__(*args, initial={"practitioner": visit.practitioner_id, "room": visit.queue_room_id}, **kwargs)
        giving = Practitioner.objects.filter(
            is_active=True, offers__service=visit.service_id, offers__is_active=True
        ) | Practitioner.objects.filter(pk=visit.practitioner_id)
        cast(Any, self.fields["practitioner"]).queryset = giving.distinct().order_by("pk")
        cast(Any, self.fields["room"]).queryset = Room.objects.filter(branch=visit.branch_id, is_active=True)


class CorrectForm(forms.Form):
    """The details that the desk checks when somebody comes."""

    def __init__(self, *args: Any, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"] = PhoneField(label=_("Mobile number"), required=False, region=region)
        self.fields["national_code"] = NationalCodeField(label=_("National code"), required=False)
        self.fields["birth_date"] = BirthDateField(label=_("Date of birth"), required=False)


class FloorRulesForm(SetUpForm):
    """How a branch runs its waiting room."""

    wait_warn_minutes = WholeNumber(label=_("Waiting is long after (minutes)"), min_value=1, max_value=600)
    wait_alarm_minutes = WholeNumber(label=_("Waiting is too long after (minutes)"), min_value=1, max_value=600)
    over_warn_percent = WholeNumber(label=_("A visit is long at (percent of its length)"), min_value=10, max_value=1000)
    over_alarm_percent = WholeNumber(
        label=_("A visit is too long at (percent of its length)"), min_value=10, max_value=1000
    )
    late_grace_minutes = WholeNumber(
        label=_("Who comes late keeps the place for (minutes)"),
        min_value=0,
        max_value=600,
        help_text=_("Who comes later than this after the promised time stands in line by arrival."),
    )
    skip_places = WholeNumber(label=_("Who does not answer goes back by (places)"), min_value=1, max_value=20)
    token_prefix = PlainText(
        label=_("Letter before the numbers"),
        max_length=2,
        required=False,
        help_text=_("For example A: numbers read A1, A2. Several branches or floors can tell their numbers apart."),
    )
    close_at = ClockField(
        label=_("The day is closed at"), help_text=_("From then on the desk is asked to confirm what is still open.")
    )
    cleans_rooms = forms.BooleanField(label=_("Rooms are made ready after each patient"), required=False)
    has_kiosk = forms.BooleanField(label=_("Patients may check in at a kiosk"), required=False)
    has_door_code = forms.BooleanField(label=_("Patients may check in by the code at the door"), required=False)
