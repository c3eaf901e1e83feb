"""When and how often somebody was here."""

import datetime as dt

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from clinic.accounts.permissions import Perm
from clinic.shared.segments import NUMBER, Asked, Way, condition
from scheduling.models import Appointment, Visit
from scheduling.queries.conditions.seen import VISITS, patients_in, seen


@condition(
    "last_visit",
    label=_("Last visit"),
    group=VISITS,
    permission=Perm.DIARY_VIEW,
    order=43,
    ways=(
        Way(
            "before", _("longer ago than"),
            ngettext_lazy(
                "were last here more than %(what)s day ago", "were last here more than %(what)s days ago", "n"
            ),
            NUMBER, _("days"),
        ),
        Way(
            "within", _("within the last"),
            ngettext_lazy("were here within the last %(what)s day", "were here within the last %(what)s days", "n"),
            NUMBER, _("days"),
        ),
        Way("never", _("never took place"), _("were never here")),
    ),
)  # fmt: skip
def last_seen(asked: Asked) -> Q:
    """By the branch's own day of the latest visit; who was never here is in neither of the first two."""
    if asked.way == "never":
        return ~patients_in(seen())
    lately = patients_in(seen().filter(day__gte=asked.today - dt.timedelta(days=int(asked.number))))
    return lately if asked.way == "within" else patients_in(seen()) & ~lately


@condition(
    "visits",
    label=_("Number of visits"),
    group=VISITS,
    permission=Perm.DIARY_VIEW,
    order=44,
    ways=(
        Way(
            "at_least", _("at least"),
            ngettext_lazy("were here at least %(what)s time", "were here at least %(what)s times", "n"),
            NUMBER, _("visits"), 1000,
        ),
        Way(
            "at_most", _("at most"),
            ngettext_lazy("were here at most %(what)s time", "were here at most %(what)s times", "n"),
            NUMBER, _("visits"), 1000,
        ),
    ),
)  # fmt: skip
def visited_often(asked: Asked) -> Q:
    """Visits of all time."""
    number = int(asked.number) if asked.way == "at_least" else int(asked.number) + 1
    often = ~Q(pk__in=[]) if number == 0 else counted(seen(), number)
    return often if asked.way == "at_least" else ~often


def counted(rows: QuerySet[Visit] | QuerySet[Appointment], least: int) -> Q:
    """Patients with at least so many of these rows."""
    many = rows.order_by().values("patient").annotate(times=Count("pk")).filter(times__gte=least)
    return Q(pk__in=many.values("patient"))
