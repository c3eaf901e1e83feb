"""What must be known before the first word, as tiles at the top of the chart."""

from collections.abc import Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.accounts.permissions import Perm
from clinic.patients.models import CONSENTS, Consent
from clinic.shared.calendar import format_date
from clinic.shared.chart import Ask, Line, tile
from emr.models import AllergyIntolerance, Condition, Encounter
from emr.queries.chart import current_medicines
from emr.statuses import EncounterStatus

READ = Perm.RECORD_VIEW
NONE = _("None recorded")
LAST = 4


@tile(
    "allergies",
    label=_("Allergies and alerts"),
    icon="alert-triangle",
    permission=READ,
    order=10,
    empty=NONE,
)
def allergies(ask: Ask) -> Iterable[Line]:
    """What the patient does not tolerate, the worst first."""
    worst = ("severe", "moderate", "mild")
    rows = AllergyIntolerance.objects.filter(patient__in=ask.patients, ended_on=None)
    for row in sorted(rows, key=lambda row: worst.index(row.severity)):
        more = " · ".join(filter(None, [row.get_severity_display(), row.reaction]))
        yield Line(row.substance, more, tone="danger")


@tile("problems", label=_("Problems"), icon="list-checks", permission=READ, order=20, empty=NONE)
def problems(ask: Ask) -> Iterable[Line]:
    """The problem list, newest first."""
    rows = Condition.objects.filter(
        patient__in=ask.patients, is_problem=True, entered_in_error=False, ended_on=None
    ).order_by("-pk")
    return [Line(row.title, row.code) for row in rows]


@tile("medicines", label=_("Current medicines"), icon="pill", permission=READ, order=30, empty=NONE)
def medicines(ask: Ask) -> Iterable[Line]:
    """What she takes, as far as the clinic knows."""
    return [Line(row.name, row.dose_words) for row in current_medicines(ask.patient)]


@tile(
    "visits",
    label=_("Last visits"),
    icon="notebook-pen",
    permission=READ,
    order=40,
    empty=_("No visits yet"),
)
def last_visits(ask: Ask) -> Iterable[Line]:
    """The last visits that have a record, with what was found where that may be read."""
    rows = Encounter.objects.filter(patient__in=ask.patients).exclude(status=EncounterStatus.ENTERED_IN_ERROR)
    rows = rows.select_related("visit__service").order_by("-visit__arrived_at")[:LAST]
    for row in rows:
        yield Line(format_date(row.visit.arrived_at), row.visit.service.name, url=f"/doctor/visit/{row.visit_id}/")


@tile("consents", label=_("Consents"), icon="file-check", permission=READ, order=70, empty=_("None given yet"))
def consents(ask: Ask) -> Iterable[Line]:
    """What she agreed to and has not taken back."""
    rows = Consent.objects.filter(patient__in=ask.patients, withdrawn_at=None).order_by("-accepted_at")
    for row in rows:
        text = CONSENTS.get(row.kind)
        yield Line(text.title if text else gettext("Agreed to in a form"), format_date(row.accepted_at))
