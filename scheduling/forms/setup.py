"""What is typed on the set-up pages: shape only, the rules are in the actions."""

import datetime as dt
import re
import zoneinfo
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clinic.accounts.models import Branch, User
from clinic.shared.fields import DateField, MoneyField, PlainText
from clinic.shared.templatetags.ui import digits
from clinic.shared.text import normalise
from scheduling.models import EquipmentKind, Mode, Practitioner, Room, Service, ServiceCategory

MIDNIGHT = dt.time(23, 59)  # hours "until 24:00"
ZONES = sorted(
    name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith(("Etc/", "System"))
)


class WholeNumber(forms.IntegerField):
    """A number in any digits; a text input, since number inputs refuse Persian ones."""

    widget = forms.TextInput

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        return digits(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        try:
            return super().to_python(normalise(str(value)) if value is not None else None)
        except ValidationError:
            raise ValidationError(_("Write a number in digits."), code="invalid") from None


class ClockField(forms.Field):
    """A time of day as people write it: 8, 8:30, 0830, ۸٫۳۰; 24 is the end of the day."""

    widget = forms.TextInput

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"dir": "ltr", "inputmode": "numeric", "autocomplete": "off", "maxlength": "5"}

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dt.time):
            return "24:00" if value == MIDNIGHT else f"{value:%H:%M}"
        return value

    def clean(self, value: Any) -> dt.time | None:
        text = normalise(value)
        if not text:
            return super().clean(None)
        found = re.fullmatch(r"(\d{1,2})(?:\s*[:.٫٬,h ]\s*(\d{2})|(\d{2}))?", text)
        hour, minute = (int(found[1]), int(found[2] or found[3] or 0)) if found else (99, 0)
        if (hour, minute) == (24, 0):
            return MIDNIGHT
        if found and (hour > 23 or minute > 59):
            raise ValidationError(_("A day ends at 24:00 and an hour has 60 minutes."), code="clock")
        if not found:
            raise ValidationError(_("Write the time as hours and minutes, for example 8:30."), code="clock")
        return dt.time(hour, minute)


class SetUpForm(forms.Form):
    """A form whose rarer fields stand under "more"."""

    rare: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(str(field.label or ""))  # many are the models' own words

    def first_fields(self) -> list[forms.BoundField]:
        """What is asked at once."""
        return [field for field in self if field.name not in self.rare]

    def more_fields(self) -> list[forms.BoundField]:
        """What stands under "more"."""
        return [self[name] for name in self.rare]

    def more_open(self) -> bool:
        """Whether something is wrong there."""
        return any(self[name].errors for name in self.rare)


def present(row: Any, form: type[forms.Form]) -> dict[str, Any]:
    """The present values of a row for a form."""
    return {name: getattr(row, name) for name in form.base_fields if hasattr(row, name)}


class BranchForm(SetUpForm):
    """A place where the clinic works."""

    name = PlainText(label=_("Name"), max_length=120)
    address = PlainText(label=_("Address"), max_length=300, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=[(zone, zone.replace("_", " ")) for zone in ZONES])
    name_en = PlainText(label=_("English name"), max_length=120, required=False)
    day_starts_hour = WholeNumber(
        label=_("the working day begins at"),
        min_value=0,
        max_value=11,
        initial=0,
        required=False,
        help_text=_("An hour of the night, such as 4. Before it, bills, cash and the queue are of the day before."),
    )
    is_active = forms.BooleanField(label=_("open for work"), required=False, initial=True)
    rare = ("time_zone", "name_en", "day_starts_hour", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.attrs |= {"dir": "ltr", "inputmode": "tel"}

    def clean_day_starts_hour(self) -> int:
        """Midnight where nothing is said."""
        return self.cleaned_data.get("day_starts_hour") or 0


class RoomForm(SetUpForm):
    """A room of a branch."""

    name = PlainText(label=_("Name"), max_length=60)
    name_en = PlainText(label=_("English name"), max_length=60, required=False)
    is_active = forms.BooleanField(label=_("in use"), required=False, initial=True)


class ServiceForm(SetUpForm):
    """Something that can be booked."""

    name = PlainText(label=_("Name"), max_length=120)
    minutes = WholeNumber(label=_("Length in minutes"), initial=30)
    price = MoneyField(label=_("Price"), initial=Decimal(0))
    category = forms.ModelChoiceField(
        label=pgettext_lazy("service", "Category"),
        queryset=ServiceCategory.objects.none(),
        required=False,
        empty_label=_("none"),
    )
    is_online = forms.BooleanField(label=_("patients may book it online"), required=False, initial=True)
    description = PlainText(label=_("description for patients"), max_length=300, required=False)
    name_en = PlainText(label=_("English name"), max_length=120, required=False)
    buffer_before = WholeNumber(label=_("minutes kept free before"), initial=0)
    buffer_after = WholeNumber(label=_("minutes kept free after"), initial=0)
    needs_room = forms.BooleanField(label=_("needs a room"), required=False)
    rooms = forms.ModelMultipleChoiceField(
        label=_("rooms"), queryset=Room.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    min_notice_minutes = WholeNumber(label=_("shortest notice in minutes"), initial=30)
    horizon_days = WholeNumber(label=_("bookable days ahead"), initial=60)
    mode = forms.ChoiceField(label=_("where"), choices=Mode.choices, required=False, initial=Mode.IN_PERSON)
    capacity = WholeNumber(
        label=_("people at once"),
        required=False,
        initial=1,
        help_text=_("More than one makes it a group: who books first opens it, the others take its seats."),
    )
    equipment = forms.ModelMultipleChoiceField(
        label=_("equipment needed"),
        queryset=EquipmentKind.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    grid_minutes = WholeNumber(
        label=_("starts every so many minutes"), required=False, help_text=_("Empty means every quarter of an hour.")
    )
    starts_per_part = WholeNumber(
        label=_("starts offered in a part of the day"),
        required=False,
        help_text=_("Patients see so many in a morning, afternoon or evening; the desk sees all."),
    )
    is_active = forms.BooleanField(label=_("offered"), required=False, initial=True)
    rare = (
        *("description", "name_en", "mode", "capacity", "buffer_before", "buffer_after", "needs_room", "rooms"),
        *("equipment", "grid_minutes", "starts_per_part"),
        *("min_notice_minutes", "horizon_days", "is_active"),
    )

    def clean_mode(self) -> str:
        return self.cleaned_data["mode"] or Mode.IN_PERSON

    def clean_capacity(self) -> int:
        typed = self.cleaned_data["capacity"]
        return 1 if typed is None else typed

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer_categories()
        self.fields["equipment"].queryset = EquipmentKind.objects.all()  # type: ignore[attr-defined]  # a field of this form's own kind
        rooms = Room.objects.filter(is_active=True).select_related("branch")
        self.fields["rooms"].queryset = rooms  # type: ignore[attr-defined]  # a field of this form's own kind
        self.fields["rooms"].label_from_instance = lambda room: f"{room.name} · {room.branch}"  # type: ignore[attr-defined]  # a field of this form's own kind

    def _offer_categories(self) -> None:
        """Nobody is asked for a category where there is none."""
        categories = ServiceCategory.objects.all()
        if categories.exists():
            cast(Any, self.fields["category"]).queryset = categories
        else:
            del self.fields["category"]

    @classmethod
    def of(cls, service: Service) -> "ServiceForm":
        """The form with a service's present values."""
        return cls(initial=present(service, cls) | _many(service))


def _many(service: Service) -> dict[str, Any]:
    return {"rooms": list(service.rooms.all()), "equipment": list(service.equipment.all())}


class ServiceCategoryForm(SetUpForm):
    """A heading under which services stand."""

    name = PlainText(label=_("Name"), max_length=80)
    name_en = PlainText(label=_("English name"), max_length=80, required=False)
    position = WholeNumber(
        label=_("place in lists"), initial=1, help_text=_("Patients see the category with the lowest number first.")
    )


class EquipmentKindForm(SetUpForm):
    """A sort of device."""

    name = PlainText(label=_("Name"), max_length=80)
    name_en = PlainText(label=_("English name"), max_length=80, required=False)


class DeviceForm(SetUpForm):
    """A device of a branch."""

    name = PlainText(label=_("Name"), max_length=80)
    branch = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.none(), empty_label=None)
    is_active = forms.BooleanField(label=_("in use"), required=False, initial=True)

    def __init__(self, *args: Any, branches: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches  # type: ignore[attr-defined]  # a field of this form's own kind


class DoctorForm(SetUpForm):
    """Somebody who sees patients."""

    name = PlainText(label=_("Name"), max_length=120)
    specialty = PlainText(label=_("specialty"), max_length=120, required=False)
    license_number = PlainText(label=_("medical council number"), max_length=30, required=False)
    user = forms.ModelChoiceField(
        label=_("Account"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("none"),
        help_text=_("With it she sees her own day. Invite her under Staff first."),
    )
    name_en = PlainText(label=_("English name"), max_length=120, required=False)
    is_active = forms.BooleanField(label=_("sees patients"), required=False, initial=True)
    rare = ("name_en", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(grants__role__in=["doctor", "nurse", "owner"]).distinct()
        self.fields["user"].queryset = people  # type: ignore[attr-defined]  # a field of this form's own kind


class OfferForm(forms.Form):
    """One service as a doctor gives it."""

    offered = forms.BooleanField(required=False)
    minutes = WholeNumber(label=_("own minutes"), required=False)
    buffer_before = WholeNumber(label=_("kept free before"), required=False)
    buffer_after = WholeNumber(label=_("kept free after"), required=False)
    price = MoneyField(label=_("own price"), required=False)

    def __init__(self, *args: Any, service: Service, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"s{service.pk}", **kwargs)
        self.service = service
        self.fields["offered"].label = service.name


class TimeOffForm(forms.Form):
    """A leave or a closure; without times it lasts whole days."""

    subject = forms.ChoiceField(label=_("For whom or what"))
    since = DateField(label=_("From the day"))
    since_time = ClockField(label=_("from the hour"), required=False)
    until = DateField(label=_("Until the day, that day too"))
    until_time = ClockField(label=_("until the hour"), required=False)
    reason = PlainText(label=_("Reason"), max_length=120, required=False, help_text=_("Only colleagues see it."))

    def __init__(
        self, *args: Any, doctors: Iterable[Practitioner], places: Iterable[tuple[Branch, list[Room]]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        rooms = [(f"r{room.pk}", f"{room.name} · {branch}") for branch, rooms in places for room in rooms]
        self.fields["subject"].choices = [  # type: ignore[attr-defined]  # a field of this form's own kind
            (_("Doctors"), [(f"d{each.pk}", each.name) for each in doctors if each.is_active]),
            (_("Rooms"), rooms),
            (_("Branches"), [(f"b{branch.pk}", branch.name) for branch, _rooms in places]),
        ]


class HolidayForm(forms.Form):
    """A closed day."""

    date = DateField(label=_("Day"))
    name = PlainText(label=_("Name"), max_length=120)
    branch = forms.ModelChoiceField(
        label=_("Where"), queryset=Branch.objects.none(), required=False, empty_label=_("In every branch")
    )

    def __init__(self, *args: Any, branches: Any, whole: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches  # type: ignore[attr-defined]  # a field of this form's own kind
        self.fields["branch"].required = not whole
