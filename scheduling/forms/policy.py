"""What is typed about the rules of booking: shape only, the rules are in the actions."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.shared.fields import MoneyField
from scheduling.actions.rules import LONGEST_TEXT
from scheduling.forms.desk import Named
from scheduling.forms.setup import WholeNumber, present
from scheduling.models import Service, WhoMayBook

GROUPS = [
    (_("Cancelling and moving"), "clock", ("cancel_until_hours", "move_limit")),
    (_("What missing it costs"), "hand-coins", ("late_fee_percent", "no_show_fee_percent", "deposit")),
    (_("Who may book it"), "user-check", ("who_may_book", "requires", "min_gap_days")),
    (_("Free follow-up"), "calendar-check", ("follow_up_days", "follow_up_visits", "follow_up_percent")),
    (_("Approval"), "badge-check", ("needs_approval", "approve_within_hours")),
]


class ServicePolicyForm(forms.Form):
    """The policy of a service, a question a field."""

    cancel_until_hours = WholeNumber(
        label=_("Patients may cancel or move it until how many hours before?"),
        help_text=_("Later is a late cancellation. 0: until it begins."),
    )
    move_limit = WholeNumber(
        label=_("How often may a patient move it herself?"),
        required=False,
        help_text=_("Empty: as often as she likes."),
    )
    late_fee_percent = WholeNumber(
        label=_("Fee for cancelling late, percent of the price"),
        help_text=_("Nobody is charged by itself: each fee is put on your list to charge or waive."),
    )
    no_show_fee_percent = WholeNumber(label=_("Fee for not coming, percent of the price"))
    deposit = MoneyField(
        label=_("Deposit"),
        help_text=_("Whoever books online pays it within 30 minutes, or the time is free again. 0: none."),
    )
    who_may_book = forms.ChoiceField(label=_("For whom is it?"), choices=WhoMayBook.choices)
    requires = Named(
        Service.objects.none(),
        label=_("Only after"),
        required=False,
        empty_label=_("No other service comes first"),
        help_text=_("A patient books it online once she has had that service."),
    )
    min_gap_days = WholeNumber(
        label=_("Days between two visits of one patient, at least"),
        help_text=_("A patient is asked to keep or replace her visit; staff are warned. 0: any."),
    )
    follow_up_days = WholeNumber(
        label=_("Follow-up with the same doctor is free for how many days?"),
        required=False,
        help_text=_("Counted from a paid visit, which itself is no follow-up. 0: every visit is paid."),
    )
    follow_up_visits = WholeNumber(label=_("At most how many follow-up visits?"), required=False)
    follow_up_percent = WholeNumber(
        label=_("What a follow-up costs, percent of the price"), required=False, help_text=_("0: nothing.")
    )
    needs_approval = forms.BooleanField(
        label=_("We approve each online booking before it counts"),
        required=False,
        help_text=_("The time is kept meanwhile, and the patient is told what you decide."),
    )
    approve_within_hours = WholeNumber(
        label=_("Hours to approve"), help_text=_("Without an answer the time is free again and the patient is told.")
    )

    def __init__(self, *args: Any, service: Service, **kwargs: Any) -> None:
        kwargs.setdefault("initial", present(service, ServicePolicyForm))
        super().__init__(*args, **kwargs)
        others = Service.objects.filter(is_active=True).exclude(pk=service.pk)
        self.fields["requires"].queryset = others  # type: ignore[attr-defined]  # a field of this form's own kind

    def groups(self) -> Iterator[tuple[Any, str, list[forms.BoundField]]]:
        """The fields under their headings."""
        for title, icon, names in GROUPS:
            yield title, icon, [self[name] for name in names]


class RulesForm(forms.Form):
    """Who misses visits again and again books by phone."""

    no_show_limit = WholeNumber(
        label=_("After how many missed visits does online booking stop?"),
        help_text=_("The patient reads your phone number instead; staff can still book for her. 0: never."),
    )
    no_show_days = WholeNumber(label=_("Counted over how many days?"))


class PolicyTextForm(forms.Form):
    """The clinic's own words, in both languages."""

    text_fa = forms.CharField(
        label=_("In Persian"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": "8", "dir": "rtl", "lang": "fa"}),
    )
    text_en = forms.CharField(
        label=_("In English"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": "8", "dir": "ltr", "lang": "en"}),
    )
