"""What is typed about staff: shape only, the rules are in the actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.accounts.roles import ROLES, Role
from clinic.shared.fields import PlainText


def staff_roles() -> list[tuple[str, Any]]:
    """The roles that a clinic gives, each with its sentence, in the order of the page."""
    return [
        (role.value, f"{role.label}: {card.sentence}")
        for role, card in ROLES.items()
        if role != Role.PATIENT and not card.on_platform
    ]


class GrantForm(forms.Form):
    """A role, everywhere or in one branch."""

    role = forms.ChoiceField(
        label=_("Role"), widget=forms.RadioSelect, error_messages={"required": _("Choose a role.")}, choices=[]
    )
    branch = forms.ModelChoiceField(
        label=_("Where"), queryset=Branch.objects.none(), required=False, empty_label=_("In every branch")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = staff_roles()  # type: ignore[attr-defined]  # a field of this form's own kind
        self.fields["branch"].queryset = Branch.objects.filter(is_active=True)  # type: ignore[attr-defined]  # a field of this form's own kind


class InviteForm(GrantForm):
    """A colleague: her number, her name, her first role."""

    full_name = PlainText(
        label=_("Name"), max_length=150, error_messages={"required": _("Write the name that colleagues know.")}
    )
    phone = forms.CharField(
        label=_("Mobile number"),
        help_text=_("She signs in with it by a code. Nothing else is needed."),
        max_length=40,
        error_messages={"required": _("Write the mobile number.")},
    )
    field_order = ["full_name", "phone", "role", "branch"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.attrs |= {"dir": "ltr", "inputmode": "tel", "autocomplete": "off"}


class NameForm(forms.Form):
    """How colleagues call her."""

    full_name = PlainText(label=_("Name"), max_length=150)


class OverrideForm(forms.Form):
    """One permission given or taken; "role" returns to what the roles say."""

    permission = forms.ChoiceField(
        label=_("Permission"), choices=[(p.value, p.label) for p in Perm if not p.value.startswith("platform.")]
    )
    allowed = forms.ChoiceField(
        label=_("For this person"),
        choices=[("yes", _("Allowed")), ("no", _("Not allowed")), ("role", _("As the roles say"))],
    )

    def clean_allowed(self) -> bool | None:
        return {"yes": True, "no": False, "role": None}[self.cleaned_data["allowed"]]
