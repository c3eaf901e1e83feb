"""What is typed about hours: a week, its dates, one day."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.shared.calendar import week_header, week_start
from clinic.shared.fields import DateField
from scheduling.forms.setup import ClockField
from scheduling.models import HoursKind, Mode, WorkingHours


class WeekForm(forms.Form):
    """A week of two stretches a day (more where there are more), from the calendar's own first day."""

    def __init__(self, *args: Any, week: dict[int, list[WorkingHours]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.week = week
        self.places = range(max(2, *(len(rows) for rows in week.values())) if week else 2)
        for offset in range(7):
            weekday = (week_start() + offset) % 7
            rows = week.get(weekday, [])
            for place in self.places:
                row = rows[place] if place < len(rows) else None
                initial = (row.starts, row.ends) if row else (None, None)
                for part, value in zip(("from", "to"), initial, strict=True):
                    self.fields[f"d{weekday}_{place}_{part}"] = ClockField(required=False, initial=value)

    def days(self) -> Iterable[dict[str, Any]]:
        """The rows of the table."""
        for offset, (_short, name) in enumerate(week_header()):
            weekday = (week_start() + offset) % 7
            cells = [(self[f"d{weekday}_{place}_from"], self[f"d{weekday}_{place}_to"]) for place in self.places]
            errors = [error for pair in cells for field in pair for error in field.errors]
            yield {"name": name, "weekday": weekday, "cells": cells, "errors": errors}

    @property
    def columns(self) -> int:
        """How many columns the table has."""
        return len(self.places) + 1

    @property
    def stretches(self) -> list[WorkingHours]:
        """The stretches that are there, in the calendar's own order."""
        days = [(week_start() + offset) % 7 for offset in range(7)]
        return [row for weekday in days for row in self.week.get(weekday, [])]

    @property
    def has_rules(self) -> bool:
        """Whether one of them is given by rules of its own."""
        return any(
            row.kind != HoursKind.SLOTS or row.mode != Mode.EITHER or row.room_id or row.services.all()
            for row in self.stretches
        )

    def blocks(self) -> list[tuple[int, dt.time, dt.time]]:
        """The stretches written; call after a valid `is_valid`."""
        found = []
        for weekday in range(7):
            for place in self.places:
                begin = self.cleaned_data[f"d{weekday}_{place}_from"]
                end = self.cleaned_data[f"d{weekday}_{place}_to"]
                if begin and end:
                    found.append((weekday, begin, end))
        return found

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for weekday in range(7):
            for place in self.places:
                names = [f"d{weekday}_{place}_{part}" for part in ("from", "to")]
                if all(name in values for name in names) and bool(values[names[0]]) != bool(values[names[1]]):
                    self.add_error(names[0], _("Write both the beginning and the end."))
        return values


class PlanForm(forms.Form):
    """From when to when another week counts."""

    valid_from = DateField(label=_("From the day"))
    valid_until = DateField(
        label=_("Until the day, that day too"), required=False, help_text=_("Empty means from then on, for good.")
    )


class DayForm(forms.Form):
    """The hours of one day."""

    date = DateField(label=_("Day"))
    first_from = ClockField(label=_("from the hour"))
    first_to = ClockField(label=_("until the hour"))
    second_from = ClockField(label=_("again from"), required=False)
    second_to = ClockField(label=_("again until"), required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if bool(values.get("second_from")) != bool(values.get("second_to")):
            self.add_error("second_from", _("Write both the beginning and the end."))
        return values

    def blocks(self) -> list[tuple[int, dt.time, dt.time]]:
        """The stretches written; call after a valid `is_valid`."""
        data = self.cleaned_data
        weekday = data["date"].weekday()
        blocks = [(weekday, data["first_from"], data["first_to"])]
        if data["second_from"]:
            blocks.append((weekday, data["second_from"], data["second_to"]))
        return blocks
