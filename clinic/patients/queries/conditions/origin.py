"""How somebody came, is insured, and whether she can act online."""

import datetime as dt

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient, PatientAccess
from clinic.patients.queries.conditions.card import CARD
from clinic.shared.segments import CHOICES, NUMBER, Asked, Choices, Way, condition

SAID = 60  # spellings that are offered, the most used first


def _said(field: str) -> Choices:
    rows = Patient.objects.filter(merged_into=None).exclude(**{field: ""}).values_list(field)
    return [(text, text) for text, _count in rows.annotate(n=Count("pk")).order_by("-n", field)[:SAID]]


@condition(
    "source",
    label=_("Came through"),
    group=CARD,
    permission=Perm.PATIENTS_VIEW,
    order=16,
    choices=lambda: _said("referral_source"),
    ways=(
        Way("is", _("is one of"), _("came through %(what)s"), CHOICES),
        Way("unknown", _("is not noted"), _("have no note of how they came")),
    ),
)
def came_through(asked: Asked) -> Q:
    """As the desk wrote it."""
    return Q(referral_source="") if asked.way == "unknown" else Q(referral_source__in=asked.keys)


@condition(
    "insurer",
    label=_("Insurer"),
    group=CARD,
    permission=Perm.PATIENTS_VIEW,
    order=17,
    choices=lambda: _said("insurer"),
    ways=(
        Way("is", _("is one of"), _("are insured with %(what)s"), CHOICES),
        Way("unknown", _("is not noted"), _("have no insurer on their card")),
    ),
)
def insured(asked: Asked) -> Q:
    """As the desk wrote it."""
    return Q(insurer="") if asked.way == "unknown" else Q(insurer__in=asked.keys)


@condition(
    "registered",
    label=_("Registered"),
    group=CARD,
    permission=Perm.PATIENTS_VIEW,
    order=18,
    ways=(
        Way(
            "within", _("within the last"),
            ngettext_lazy(
                "were registered within the last %(what)s day", "were registered within the last %(what)s days", "n"
            ),
            NUMBER, _("days"),
        ),
        Way(
            "before", _("longer ago than"),
            ngettext_lazy(
                "were registered more than %(what)s day ago", "were registered more than %(what)s days ago", "n"
            ),
            NUMBER, _("days"),
        ),
    ),
)  # fmt: skip
def registered(asked: Asked) -> Q:
    """By the day on which the card was made."""
    since = asked.today - dt.timedelta(days=int(asked.number))
    return Q(created_at__date__gte=since) if asked.way == "within" else Q(created_at__date__lt=since)


@condition(
    "account",
    label=_("Online account"),
    group=CARD,
    permission=Perm.PATIENTS_VIEW,
    order=19,
    ways=(
        Way("has", _("is there"), _("can be reached online: a number acts for them")),
        Way("has_not", _("is missing"), _("have no number that acts for them online")),
    ),
)
def online(asked: Asked) -> Q:
    """Whether some account may book and read for the patient."""
    rows = Q(pk__in=PatientAccess.objects.filter(held_at=None).values("patient"))
    return rows if asked.way == "has" else ~rows
