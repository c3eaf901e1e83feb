"""What is typed about one stretch of work: how it is given."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from scheduling.forms.setup import WholeNumber
from scheduling.models import HoursKind, Mode, Room, Service, WorkingHours


class RulesForm(forms.Form):
    """How a stretch of work is given."""

    kind = forms.ChoiceField(label=_("How times are given"), choices=HoursKind.choices, widget=forms.RadioSelect)
    tokens = WholeNumber(
        label=_("numbers given out"),
        required=False,
        help_text=_("For numbers in line: how many people are seen in this stretch."),
    )
    mode = forms.ChoiceField(label=_("where"), choices=Mode.choices)
    room = forms.ModelChoiceField(
        label=_("Room"), queryset=Room.objects.none(), required=False, empty_label=_("any, as the service needs")
    )
    services = forms.ModelMultipleChoiceField(
        label=_("Only for these services"),
        queryset=Service.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen means all."),
    )
    whole_week = forms.BooleanField(label=_("the same for every stretch of this week"), required=False)

    def __init__(self, *args: Any, hours: WorkingHours, **kwargs: Any) -> None:
        kwargs.setdefault("initial", self.of(hours))
        super().__init__(*args, **kwargs)
        rooms = Room.objects.filter(branch=hours.branch, is_active=True)
        given = Service.objects.filter(offers__practitioner=hours.practitioner, offers__is_active=True, is_active=True)
        self.fields["room"].queryset = rooms  # type: ignore[attr-defined]  # a field of this form's own kind
        self.fields["services"].queryset = given.distinct()  # type: ignore[attr-defined]  # a field of this form's own kind
        for field in self.fields.values():
            field.label = str(field.label)[:1].upper() + str(field.label)[1:]

    @staticmethod
    def of(hours: WorkingHours) -> dict[str, Any]:
        """The present rules."""
        return {
            "kind": hours.kind,
            "tokens": hours.tokens,
            "mode": hours.mode,
            "room": hours.room_id,
            "services": list(hours.services.all()),
        }
