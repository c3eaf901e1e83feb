"""With whom, where and for what somebody was seen."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.shared.segments import CHOICES, Asked, Choices, Way, condition
from scheduling.models import Practitioner, Service, Visit
from scheduling.queries.floor import own_name
from scheduling.statuses import VisitStatus

VISITS = _("Visits")


NEVER_WAS = {VisitStatus.LEFT, VisitStatus.CANCELLED, VisitStatus.ENTERED_IN_ERROR}


def seen() -> QuerySet[Visit]:
    """Visits that took place, or take place now."""
    return Visit.objects.exclude(status__in=NEVER_WAS)


def patients_in(rows: QuerySet[Visit]) -> Q:
    """The patients of these visits."""
    return Q(pk__in=rows.values("patient"))


WAS = (
    Way("was", _("was visited"), _("were seen by %(what)s"), CHOICES),
    Way("was_not", _("was never visited"), _("were never seen by %(what)s"), CHOICES),
)


AT = (
    Way("was", _("was visited"), _("were seen at %(what)s"), CHOICES),
    Way("was_not", _("was never visited"), _("were never seen at %(what)s"), CHOICES),
)


FOR = (
    Way("was", _("was received"), _("came for %(what)s"), CHOICES),
    Way("was_not", _("was never received"), _("never came for %(what)s"), CHOICES),
)


def _doctors() -> Choices:
    return [(str(row.pk), own_name(row)) for row in Practitioner.objects.order_by("-is_active", "pk")]


def _branches() -> Choices:
    return [(str(row.pk), own_name(row)) for row in Branch.objects.order_by("pk")]


def _services() -> Choices:
    return [(str(row.pk), own_name(row)) for row in Service.objects.order_by("-is_active", "pk")]


@condition(
    "doctor", label=_("Doctor"), group=VISITS, permission=Perm.DIARY_VIEW, order=40, ways=WAS, choices=_doctors
)  # fmt: skip
def seen_by(asked: Asked) -> Q:
    """Visits with one of these doctors, ever."""
    rows = patients_in(seen().filter(practitioner__in=asked.keys))
    return rows if asked.way == "was" else ~rows


@condition(
    "branch", label=_("Branch"), group=VISITS, permission=Perm.DIARY_VIEW, order=41, ways=AT, choices=_branches
)  # fmt: skip
def seen_at(asked: Asked) -> Q:
    """Visits at one of these branches, ever."""
    rows = patients_in(seen().filter(branch__in=asked.keys))
    return rows if asked.way == "was" else ~rows


@condition(
    "service", label=_("Service"), group=VISITS, permission=Perm.DIARY_VIEW, order=42, ways=FOR, choices=_services
)  # fmt: skip
def came_for(asked: Asked) -> Q:
    """Visits for one of these services, ever."""
    rows = patients_in(seen().filter(service__in=asked.keys))
    return rows if asked.way == "was" else ~rows
