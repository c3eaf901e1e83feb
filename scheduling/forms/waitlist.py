"""What somebody who waits, or the desk for her, says about the time: shape only, the rules are in the actions."""

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.patients.models import Patient
from clinic.shared.calendar import format_time, week_start, weekday_name
from clinic.shared.errors import ActionError
from clinic.shared.fields import DateField
from scheduling.forms.book import NameField
from scheduling.forms.desk import Named
from scheduling.models import Practitioner, Service, WaitlistEntry
from scheduling.queries.diary import branches_of_service, doctors_on_offer

HOURS = range(7, 23)
NOTICES = {
    30: _("Half an hour is enough"),
    60: _("An hour before"),
    120: _("Two hours before"),
    240: _("Four hours before"),
    1440: _("The day before"),
    2880: _("Two days before"),
}


class HourField(forms.TypedChoiceField):
    """A full hour of the day, or any."""

    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=dt.time.fromisoformat, empty_value=None, required=False, **options)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%H:%M}" if isinstance(value, dt.time) else value


class WishesForm(forms.Form):
    """When, where and with whom she could come; what is left out is any."""

    practitioner = Named(Practitioner.objects.none(), label=_("Doctor"), required=False, empty_label=_("Any doctor"))
    branch = Named(Branch.objects.none(), label=_("Branch"), required=False, empty_label=_("Any branch"))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days that suit"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    from_time = HourField(label=_("Not before"))
    until_time = HourField(label=_("Not after"))
    notice_minutes = forms.TypedChoiceField(
        label=_("I need to know"), coerce=int, empty_value=60, required=False,
        choices=list(NOTICES.items()), initial=60,
    )  # fmt: skip
    first_day = DateField(label=_("From this day on"), required=False)
    last_day = DateField(label=_("Until this day"), required=False)

    def __init__(self, *args: Any, service: Service | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        doctors = doctors_on_offer(service=service.pk if service else None).order_by("pk")
        branches = branches_of_service(service) if service else Branch.objects.filter(is_active=True)
        cast(Any, self.fields["practitioner"]).queryset = doctors
        cast(Any, self.fields["branch"]).queryset = branches.distinct()
        for name, rows in (("practitioner", doctors), ("branch", branches)):
            if service and rows.distinct().count() < 2:
                del self.fields[name]
        days = [(week_start() + place) % 7 for place in range(7)]
        cast(Any, self.fields["weekdays"]).choices = [(day, weekday_name(day)) for day in days]
        for name in ("from_time", "until_time"):
            hours = [(f"{hour:02d}:00", format_time(dt.time(hour))) for hour in HOURS]
            known = self.initial.get(name)
            extra = [(f"{known:%H:%M}", format_time(known))] if known and known.minute else []
            cast(Any, self.fields[name]).choices = [("", _("Any hour")), *extra, *hours]

    @property
    def more_open(self) -> bool:
        """Whether the rarer fields must be seen."""
        names = ("first_day", "last_day", "notice_minutes")
        return any(self[name].errors for name in names) or bool(self["first_day"].value() or self["last_day"].value())

    def wishes(self) -> dict[str, Any]:
        """What `join_waitlist` and `change_entry` take."""
        names = {
            "practitioner", "branch", "weekdays", "from_time", "until_time", "notice_minutes", "first_day", "last_day"
        }  # fmt: skip
        return {name: self.cleaned_data[name] for name in names & set(self.fields)}

    def add_action_error(self, error: ActionError) -> None:
        """Put a refusal beside the field it speaks of."""
        self.add_error(error.field if error.field in self.fields else None, error.message)


def present_wishes(entry: WaitlistEntry) -> dict[str, Any]:
    """What stands in the form now."""
    return {
        "practitioner": entry.practitioner_id,
        "branch": entry.branch_id,
        "weekdays": entry.weekdays,
        "from_time": entry.from_time,
        "until_time": entry.until_time,
        "notice_minutes": entry.notice_minutes,
        "first_day": entry.first_day,
        "last_day": entry.last_day,
        "priority": entry.priority,
        "note": entry.note,
    }


class JoinForm(WishesForm):
    """A patient puts herself, or several of her family together, on the list."""

    people = forms.MultipleChoiceField(
        label=_("For whom"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one person.")},
    )  # fmt: skip
    name = NameField()

    def __init__(self, *args: Any, patients: list[Patient], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.patients = patients
        if patients:
            del self.fields["name"]
            choices = [(str(patient.pk), patient.full_name) for patient in patients]
            cast(Any, self.fields["people"]).choices = choices
            self.fields["people"].initial = [choices[0][0]]
        else:
            del self.fields["people"]

    @property
    def chosen(self) -> list[Patient]:
        """The people who were chosen, in the order of the family."""
        wanted = set(self.cleaned_data.get("people", []))
        return [patient for patient in self.patients if str(patient.pk) in wanted]
