"""What can be asked of the person: age, sex."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from clinic.accounts.permissions import Perm
from clinic.patients.models import Sex
from clinic.patients.queries.conditions.days import on_day
from clinic.shared.segments import CHOICES, NUMBER, Asked, Way, condition

PERSON = _("The person")


@condition(
    "age",
    label=_("Age"),
    group=PERSON,
    permission=Perm.PATIENTS_VIEW,
    order=20,
    ways=(
        Way(
            "at_least", _("at least"),
            ngettext_lazy("are at least %(what)s year old", "are at least %(what)s years old", "n"),
            NUMBER, _("years"), 130,
        ),
        Way(
            "below", _("younger than"),
            ngettext_lazy("are younger than %(what)s year", "are younger than %(what)s years", "n"),
            NUMBER, _("years"), 130,
        ),
        Way("unknown", _("is not known"), _("have no date of birth on their card")),
    ),
)  # fmt: skip
def aged(asked: Asked) -> Q:
    """By whole years of the Gregorian calendar, as everywhere."""
    if asked.way == "unknown":
        return Q(birth_date=None)
    day = on_day(asked.today.year - int(asked.number), asked.today)
    return Q(birth_date__lte=day) if asked.way == "at_least" else Q(birth_date__gt=day)


@condition(
    "sex",
    label=_("Sex"),
    group=PERSON,
    permission=Perm.PATIENTS_VIEW,
    order=25,
    choices=lambda: [(value, str(label)) for value, label in Sex.choices],
    ways=(Way("is", _("is"), _("are noted as %(what)s"), CHOICES),),
)
def of_sex(asked: Asked) -> Q:
    """As it stands on the card."""
    return Q(sex__in=asked.keys)
