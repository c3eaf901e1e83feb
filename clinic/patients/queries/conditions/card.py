"""What the desk put on the card: labels, a number, what was agreed to."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.accounts.permissions import Perm
from clinic.patients.models import CONSENTS, Consent, PatientTag, Tag
from clinic.shared.segments import CHOICES, Asked, Choices, Way, condition

CARD = _("The card")


def _labels() -> Choices:
    return [(str(tag.pk), tag.name) for tag in Tag.objects.all()]


@condition(
    "tag",
    label=_("Label"),
    group=CARD,
    permission=Perm.PATIENTS_VIEW,
    order=10,
    choices=_labels,
    ways=(
        Way("has", _("has one of"), _("have the label %(what)s"), CHOICES),
        Way("has_not", _("has none of"), _("do not have the label %(what)s"), CHOICES),
    ),
)
def labelled(asked: Asked) -> Q:
    """With or without one of these labels."""
    rows = Q(pk__in=PatientTag.objects.filter(tag__in=asked.keys).values("patient"))
    return rows if asked.way == "has" else ~rows


@condition(
    "consent",
    label=_("Consent"),
    group=CARD,
    permission=Perm.PATIENTS_VIEW,
    order=14,
    choices=lambda: [(each.kind, str(each.title)) for each in CONSENTS.values()],
    ways=(
        Way("given", _("was given to"), _("agreed to %(what)s"), CHOICES),
        Way("not_given", _("was not given to"), _("did not agree to %(what)s"), CHOICES),
    ),
)
def agreed(asked: Asked) -> Q:
    """What stands: a consent that was taken back is none."""
    rows = Q(pk__in=Consent.objects.filter(kind__in=asked.keys, withdrawn_at=None).values("patient"))
    return rows if asked.way == "given" else ~rows


@condition(
    "phone",
    label=_("Mobile number"),
    group=CARD,
    permission=Perm.PATIENTS_VIEW,
    order=12,
    ways=(
        Way("has", _("is on the card"), _("have a mobile number on their card")),
        Way("has_not", _("is missing"), _("have no mobile number on their card")),
    ),
)
def reachable(asked: Asked) -> Q:
    """Whether an SMS has somewhere to go."""
    return Q(phone="") if asked.way == "has_not" else ~Q(phone="")
