"""One row of a paper list."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.shared.errors import ActionError
from clinic.shared.fields import PlainText
from scheduling.actions.paper import Times
from scheduling.forms.desk import PersonForm, TimeField
from scheduling.models import Appointment, Room
from scheduling.queries.opening import zone_of


class OptionalTime(TimeField):
    """A time of day, or nothing."""

    def clean(self, value: Any) -> dt.time | None:  # type: ignore[override]  # nothing written is no time
        return super().clean(value) if str(value or "").strip() else None


class PaperForm(PersonForm):
    """Who, with whom, when, what stood beside it."""

    day = forms.DateField(widget=forms.HiddenInput, input_formats=["%Y-%m-%d"], label=_("Day"))
    arrived = TimeField(label=_("Arrived"))
    in_room = OptionalTime(label=_("In room"), required=False)
    finished = OptionalTime(label=_("Finished"), required=False)
    room = forms.ModelChoiceField(Room.objects.none(), label=_("Room"), required=False, empty_label="—")
    note = PlainText(label=_("Note"), max_length=500, required=False)
    payment_hint = PlainText(label=_("Payment on paper"), max_length=200, required=False)
    appointment = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, branch: Branch, **kwargs: Any) -> None:
        super().__init__(*args, branch=branch, **kwargs)
        self.fields["room"].queryset = Room.objects.filter(branch=branch, is_active=True).order_by("pk")  # type: ignore[attr-defined]  # a ModelChoiceField
        self.bookings: list[int] = []
        self.is_twin = False

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        day, zone = values.get("day"), zone_of(self.branch.time_zone)
        if day is None:
            return values
        if abs(day - timezone.localdate()) > dt.timedelta(days=366):
            self.add_error("arrived", _("Only the last month can be entered here."))
            return values
        at: dict[str, dt.datetime | None] = {
            name: self._moment(day, values[name], zone) if values.get(name) is not None else None
            for name in ("arrived", "in_room", "finished")
        }
        if at["arrived"] is not None:
            values["times"] = Times(at["arrived"], at["in_room"], at["finished"])
        chosen = values.get("appointment") or ""
        rows = Appointment.objects.filter(pk=chosen, branch=self.branch) if _is_id(chosen) else None
        values["booking"] = rows.first() if rows is not None else None
        values["anew"] = chosen == "new"
        return values

    def _moment(self, day: dt.date, time: dt.time, zone: dt.tzinfo) -> dt.datetime:
        """A time written on the paper of a working day; the small hours of one that lasts past midnight are the next
        date's.
        """
        return dt.datetime.combine(day + dt.timedelta(days=time.hour < self.branch.day_starts_hour), time, zone)

    def add_action_error(self, error: ActionError) -> None:
        """At the field; what was found already is asked about instead."""
        self.bookings = error.details.get("appointments", [])
        self.is_twin = error.code == "written"
        if error.field == "day":
            error.field = "arrived"
        super().add_action_error(error)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
