"""What is typed when somebody decides: a reason, an amount."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.shared.errors import ActionError
from clinic.shared.fields import MoneyField, PlainText

REFUSALS = [
    _("The doctor cannot take you at this time."),
    _("Please call us first."),
    _("Another visit comes before this one."),
]
WAIVERS = [_("The first time"), _("Illness or an emergency"), _("Our own mistake")]


class ReasonForm(forms.Form):
    """Why: a ready answer in one click, or words of one's own."""

    reason = PlainText(max_length=300, required=False, error_messages={"required": _("Write the reason.")})

    def __init__(self, *args: Any, label: Any, ready: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
        self.ready = ready

    @property
    def given(self) -> str:
        """What was typed, or the pressed answer (Enter in the field presses the first one too)."""
        return self.cleaned_data["reason"] or str(self.data.get("ready", "")).strip()[:300]

    def add_action_error(self, error: ActionError) -> None:
        """A refusal beside its field."""
        self.add_error(error.field if error.field in self.fields else None, error.message)


class FeeForm(ReasonForm):
    """What a fee comes to, and why it is another amount or nothing."""

    amount = MoneyField(label=_("Amount"))
    field_order = ("amount", "reason")
