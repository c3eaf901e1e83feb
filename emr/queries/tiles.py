"""What must be known before the first word, as tiles at the top of the chart: all by the chart's one statement."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.accounts.permissions import Perm
from clinic.patients.models import CONSENTS
from clinic.shared.calendar import format_date
from clinic.shared.chart import Ask, Line, tile
from emr.models import Severity
from emr.models.dosing import dose_words
from emr.queries.chart import OPEN_ENDED_DAYS
from emr.queries.tile_rows import ALLERGIES, CONSENTS_GIVEN, MEDICINES, PROBLEMS, VISITS

READ = Perm.RECORD_VIEW
NONE = _("None recorded")
WORST = [Severity.SEVERE, Severity.MODERATE, Severity.MILD]
Rows = list[list[Any]]


def _at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


@tile(
    "allergies",
    label=_("Allergies and alerts"),
    icon="alert-triangle",
    permission=READ,
    order=10,
    empty=NONE,
    given=ALLERGIES,
)
def allergies(ask: Ask, rows: Rows) -> Iterable[Line]:
    """What the patient does not tolerate, the worst first."""
    for substance, severity, reaction in sorted(rows, key=lambda row: WORST.index(row[1])):
        yield Line(substance, " · ".join(filter(None, [str(Severity(severity).label), reaction])), tone="danger")


@tile("problems", label=_("Problems"), icon="list-checks", permission=READ, order=20, empty=NONE, given=PROBLEMS)
def problems(ask: Ask, rows: Rows) -> Iterable[Line]:
    """The problem list, newest first."""
    return [Line(title, code) for title, code in rows]


@tile("medicines", label=_("Current medicines"), icon="pill", permission=READ, order=30, empty=NONE, given=MEDICINES)
def medicines(ask: Ask, rows: Rows) -> Iterable[Line]:
    """What she takes, as far as the clinic knows: of each drug the newest line whose course has not run out."""
    today, found = timezone.localdate(), dict[str, Line]()
    for name, dose, dosing, days, is_ongoing, at in rows:
        until = timezone.localdate(_at(at)) + dt.timedelta(days=days or OPEN_ENDED_DAYS)
        if is_ongoing or until >= today:
            picked = dose_words(dosing) if dosing else ""
            found.setdefault(name, Line(name, ", ".join(filter(None, [picked, dose]))))
    return found.values()


@tile(
    "visits", label=_("Last visits"), icon="notebook-pen", permission=READ, order=40, empty=_("No visits yet"),
    given=VISITS,
)  # fmt: skip
def last_visits(ask: Ask, rows: Rows) -> Iterable[Line]:
    """The last visits that have a record, with what was found where that may be read."""
    return [Line(format_date(_at(at)), service, url=f"/doctor/visit/{visit}/") for at, service, visit in rows]


@tile(
    "consents", label=_("Consents"), icon="file-check", permission=READ, order=70, empty=_("None given yet"),
    given=CONSENTS_GIVEN,
)  # fmt: skip
def consents(ask: Ask, rows: Rows) -> Iterable[Line]:
    """What she agreed to and has not taken back."""
    for kind, at in rows:
        text = CONSENTS.get(kind)
        yield Line(text.title if text else gettext("Agreed to in a form"), format_date(_at(at)))
