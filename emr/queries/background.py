"""Problems and background of a patient as a page shows them: two queries."""

from clinic.patients.models import Patient
from emr.models import BackgroundEntry, BackgroundKind, Condition
from emr.queries.chart import whole_of


def problems_of(patient: Patient) -> dict[str, list[Condition]]:
    """The problem list: what lasts, newest first, and what is over."""
    rows = Condition.objects.filter(whole_of(patient), is_problem=True, entered_in_error=False).order_by("-pk")
    return {
        "lasting": [row for row in rows if row.ended_on is None],
        "over": [row for row in rows if row.ended_on is not None],
    }


def background_of(patient: Patient) -> list[tuple[str, str, list[BackgroundEntry]]]:
    """Every kind with its name and its facts, empty kinds too."""
    rows = list(BackgroundEntry.objects.filter(whole_of(patient), entered_in_error=False))
    return [
        (str(kind), str(label), [row for row in rows if row.kind == kind]) for kind, label in BackgroundKind.choices
    ]
