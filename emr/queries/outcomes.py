"""Scores over time."""

from dataclasses import dataclass

from django.utils import timezone

from clinic.patients.models import Patient
from clinic.shared.calendar import format_date
from clinic.shared.charts import Chart, Series
from emr.models import Better, OutcomeMeasure, OutcomeScore
from emr.queries.chart import whole_of

MOST = 40


@dataclass(frozen=True)
class Course:
    """One measure of a patient: its scores, newest first, and how the last stands to the first."""

    measure: OutcomeMeasure
    scores: list[OutcomeScore]
    chart: Chart | None

    @property
    def last(self) -> OutcomeScore:
        """The newest score."""
        return self.scores[0]

    @property
    def change(self) -> str:
        """ "better", "worse", or nothing yet."""
        first, last = self.scores[-1].score, self.scores[0].score
        if first == last:
            return ""
        return "better" if (last < first) == (self.measure.better == Better.LOWER) else "worse"


def courses_of(patient: Patient) -> list[Course]:
    """Every measure that was asked, with its scores: one query."""
    rows = OutcomeScore.objects.filter(whole_of(patient), entered_in_error=False)
    groups: dict[int, list[OutcomeScore]] = {}
    for row in rows.select_related("measure", "by").order_by("-measured_at", "-pk"):
        groups.setdefault(row.measure_id, []).append(row)
    return [Course(rows[0].measure, rows, _chart(rows)) for rows in groups.values()]


def _chart(rows: list[OutcomeScore]) -> Chart | None:
    shown = rows[:MOST][::-1]
    if len(shown) < 2:
        return None
    labels = [format_date(timezone.localtime(row.measured_at), style="short") for row in shown]
    name = rows[0].measure.name
    return Chart(name, labels, [Series(name, [row.score for row in shown])], kind="line")
