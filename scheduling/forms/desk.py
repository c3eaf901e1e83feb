"""What the desk types in its drawers: shape only, the rules are in the actions."""

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.patients.models import Patient
from clinic.shared.calendar import format_date
from clinic.shared.errors import ActionError, Invalid
from clinic.shared.fields import PhoneField, PlainText
from clinic.shared.phones import region
from clinic.shared.text import normalise
from scheduling.models import Appointment, Mode, Practitioner, Priority, Room, Service, Source
from scheduling.queries.floor import own_name
from scheduling.queries.opening import zone_of
from scheduling.queries.who import read_who


class Named(forms.ModelChoiceField):
    """A choice of rows called by their name in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        return own_name(obj)


class TimeField(forms.Field):
    """A time of day in any digits: 9, 9:30, 0930."""

    widget = forms.TextInput(attrs={"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"})

    def clean(self, value: Any) -> dt.time:
        digits = normalise(str(value or "")).replace(":", " ").replace(".", " ").split()
        text = "".join(digits)
        if len(digits) == 1 and len(text) in {3, 4} and text.isdecimal():
            digits = [text[:-2], text[-2:]]
        try:
            return dt.time(int(digits[0]), int(digits[1]) if len(digits) > 1 else 0)
        except (ValueError, IndexError, OverflowError):
            raise forms.ValidationError(_("Write the time as 9:30."), code="unreadable") from None


class PersonForm(forms.Form):
    """A patient who is found, or a new one by name; what is given to whom."""

    patient = forms.ModelChoiceField(Patient.objects.filter(merged_into=None), required=False, widget=forms.HiddenInput)
    who = PlainText(label=_("Patient"), max_length=120, required=False)
    first_name = PlainText(label=_("First name"), max_length=80, required=False)
    last_name = PlainText(label=_("Last name"), max_length=80, required=False)
    service = Named(Service.objects.filter(is_active=True), label=_("Service"), empty_label=None)
    practitioner = Named(Practitioner.objects.filter(is_active=True), label=_("Doctor"), empty_label=None)

    def __init__(self, *args: Any, branch: Branch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.branch = branch
        self.similar: list[Patient] = []  # those who may be meant by what was typed
        self.fields["phone"] = PhoneField(label=_("Mobile number"), required=False, region=region())
        cast(Any, self.fields["practitioner"]).queryset = (
            Practitioner.objects.filter(is_active=True, hours__branch=branch).distinct().order_by("pk")
        )
        for name in ("first_name", "last_name", "phone"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    @property
    def chosen(self) -> Patient | None:
        """The patient that is chosen so far, for showing her name again."""
        value = self["patient"].value()
        return Patient.objects.filter(pk=value).first() if str(value or "").isdigit() else None

    @property
    def is_new(self) -> bool:
        """Whether somebody new is being written down."""
        return bool(self["last_name"].value() or self["first_name"].value() or self["phone"].value())

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("patient") is None and not (values.get("last_name") or values.get("first_name")):
            self._read_line(values)
        return values

    def _read_line(self, values: dict[str, Any]) -> None:
        """The one line: exactly somebody's name or number, or a new patient; who may be meant is asked first."""
        try:
            who = read_who(values.get("who") or "")
        except Invalid as error:
            self.add_error("who", error.message)
            return
        if who.patient is not None:
            values["patient"] = who.patient
        elif who.similar and "anyway" not in self.data:
            self.similar = who.similar
            self.add_error("who", _("Is it one of these? Choose, or say that it is somebody else."))
        elif not who.last_name:
            self.add_error("who", _("Choose a patient from the list, or write a new one's first and last name."))
        else:
            values |= {"first_name": who.first_name, "last_name": who.last_name, "phone": who.phone}

    def add_action_error(self, error: ActionError) -> None:
        """Put a refusal beside the field it speaks of."""
        names = {"doctor": "practitioner", "starts_at": "time", "patient": "who", "branch": ""}
        field = names.get(error.field, error.field)
        self.duplicates = error.code == "duplicates"
        self.warned = error.code == "warned"
        self.add_error(field if field in self.fields else None, error.message)


# How people reach a desk, the most frequent first.
AT_THE_DESK = (Source.PHONE, Source.DESK, Source.REFERRAL, Source.CAMPAIGN)
FAR = dt.timedelta(days=4000)  # nobody means a day beyond it
DAYS_AHEAD = 120  # to choose from by name; the board and the next free times lead to any other
THEN = ("then_1", "then_2", "then_3")  # services that follow directly
# Refusals that somebody with the right to may book over.
MAY_BE_BOOKED_OVER = {"taken", "closed", "room_taken", "patient_busy", "equipment_taken"}


class BookForm(PersonForm):
    """A quick booking."""

    day = forms.DateField(label=_("Day"), widget=forms.Select, required=False, input_formats=["%Y-%m-%d"])
    time = TimeField(label=_("Time"))
    source = forms.ChoiceField(
        label=_("Came by"),
        choices=[(each.value, each.label) for each in AT_THE_DESK],
        initial=Source.PHONE,
        required=False,
    )
    referred_by = PlainText(label=_("Referred by"), max_length=120, required=False)
    mode = forms.ChoiceField(
        label=_("Where"), choices=[(each.value, each.label) for each in (Mode.IN_PERSON, Mode.ONLINE)], required=False
    )
    room = Named(Room.objects.none(), label=_("Room"), required=False, empty_label=_("Any that is free"))
    note = PlainText(label=_("Note"), max_length=300, required=False)
    override = forms.BooleanField(label=_("Book all the same"), required=False)
    reason = PlainText(label=_("Why it is booked over"), max_length=200, required=False)

    conflict = False  # whether this very time was refused and may be booked over

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(Any, self.fields["day"].widget).choices = self._days()
        cast(Any, self.fields["room"]).queryset = Room.objects.filter(is_active=True, branch=self.branch).order_by("pk")
        for name in THEN:
            self.fields[name] = Named(
                Service.objects.filter(is_active=True), label=_("And after it"), required=False, empty_label="—"
            )

    def _days(self) -> list[tuple[str, str]]:
        """The coming days by name, and the one that is wished if it lies elsewhere."""
        today = timezone.localdate()
        days = {today + dt.timedelta(days=number) for number in range(DAYS_AHEAD)}
        if abs(self.shown_day - today) < FAR:
            days.add(self.shown_day)
        return [(each.isoformat(), format_date(each, style="weekday")) for each in sorted(days)]

    @property
    def shown_day(self) -> dt.date:
        """The day that the booking is for, as far as it is known."""
        try:
            return dt.date.fromisoformat(str(self["day"].value() or ""))
        except ValueError:
            return timezone.localdate()

    @property
    def more_open(self) -> bool:
        """Whether what stands under "more" must be seen."""
        return any(self[name].errors or self[name].value() for name in ("note", "room", *THEN))

    @property
    def then(self) -> list[Any]:
        """The fields of the services that follow."""
        return [self[name] for name in THEN]

    @property
    def service_now(self) -> Service | None:
        """The service that is chosen so far."""
        value = str(self["service"].value() or "")
        return Service.objects.filter(pk=value).first() if value.isdecimal() and len(value) < 16 else None

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        day = values.get("day") or timezone.localdate()
        if values.get("time") is not None:
            values["starts_at"] = dt.datetime.combine(day, values["time"], zone_of(self.branch.time_zone))
        values["source"] = values.get("source") or Source.PHONE
        values["services"] = [each for name in ("service", *THEN) if (each := values.get(name)) is not None]
        if len(values["services"]) > 1 and values.get("room") is not None:
            self.add_error("room", _("With several services each takes the room that is free."))
        if values["source"] != Source.REFERRAL:
            values["referred_by"] = ""
        return values

    def add_action_error(self, error: ActionError) -> None:
        super().add_action_error(error)
        self.conflict = error.code in MAY_BE_BOOKED_OVER or error.field == "reason"


class WalkInForm(PersonForm):
    """Somebody without an appointment."""

    priority = forms.TypedChoiceField(
        label=_("Class"), choices=Priority.choices, coerce=int, empty_value=int(Priority.NORMAL), required=False
    )
    referred_by = PlainText(label=_("Referred by"), max_length=120, required=False)


class MoveForm(forms.Form):
    """A chosen free time: wall time, doctor and branch in one value."""

    slot = forms.CharField(error_messages={"required": _("Choose a time.")})
    override = forms.BooleanField(label=_("Move there all the same"), required=False)
    reason = PlainText(label=_("Why it is booked over"), max_length=200, required=False)

    def __init__(self, *args: Any, appointment: Appointment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.appointment = appointment

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        start, doctor, branch = [*values.get("slot", "").split(" "), "", ""][:3]
        try:
            wall = dt.datetime.fromisoformat(start)
        except ValueError:
            raise forms.ValidationError(_("Choose a time.")) from None
        found = Practitioner.objects.filter(pk=doctor).first() if _is_number(doctor) else None
        there = Branch.objects.filter(pk=branch).first() if _is_number(branch) else None
        place = there or self.appointment.branch
        return {
            "starts_at": wall.replace(tzinfo=zone_of(place.time_zone)),
            "practitioner": found or self.appointment.practitioner,
            "branch": place,
            "override": values.get("override", False),
            "reason": values.get("reason", ""),
        }

    def add_action_error(self, error: ActionError) -> None:
        """A refusal stands above the times, a missing reason at its field."""
        self.add_error("reason" if error.field == "reason" else None, error.message)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


class CancelForm(forms.Form):
    """Who called it off, and why."""

    who = forms.ChoiceField(
        label=_("Who cancels"),
        choices=[("patient", _("The patient")), ("clinic", _("The clinic"))],
        widget=forms.RadioSelect,
        initial="patient",
    )
    reason = PlainText(label=_("Reason"), max_length=200, required=False)
    keep_time_closed = forms.BooleanField(
        label=_("The doctor is not there then"),
        help_text=_("Nobody else is booked or asked in for this time."),
        required=False,
    )


class WrongForm(forms.Form):
    """Why something never was."""

    reason = PlainText(label=_("What was wrong"), max_length=200)


class GiveForm(PersonForm):
    """Whose a booking is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["service"], self.fields["practitioner"]


class PairForm(forms.Form):
    """The code that a screen shows, and what the screen is called here."""

    code = PlainText(
        label=_("Code on the screen"),
        max_length=20,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    name = PlainText(label=_("Where it hangs"), max_length=60, required=False)
