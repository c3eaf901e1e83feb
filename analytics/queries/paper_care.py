"""The parts of the paper that care brings: background, measurements, results, plans, scores, letters, files."""

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.queries import handed
from clinic.patients.models import Patient
from clinic.shared.calendar import format_date
from clinic.shared.money import format_number
from emr.models import BackgroundEntry, Result, ServiceRequest
from emr.queries.orders import with_results
from emr.queries.plans import PlanView, views_of, with_parts
from emr.queries.vitals import moments_of, readings_of

Section = tuple[str, list[str]]


def sections(patient: Patient, cards: list[int]) -> Iterator[Section]:
    """Newest first, part by part; only what is handed over."""
    yield _("Background"), _background(cards)
    yield (
        _("Measurements"),
        [
            f"{_day(at)} · " + " · ".join(f"{each.measure.name} {each.shown} {each.measure.unit}" for each in readings)
            for at, readings in moments_of(readings_of(patient))
        ],
    )
    shown = [row for row in with_results(handed.orders(cards)) if handed.is_shown(row)]
    yield _("Results"), [_results(row) for row in reversed(shown)]
    yield _("Treatment plans"), [_plan(view) for view in views_of(with_parts(handed.plans(cards)))]
    yield (
        _("Scores"),
        [
            f"{_day(row.measured_at)} · {row.measure.name}: {format_number(row.score)}"
            f" / {format_number(row.measure.limits[1])}"
            for row in handed.scores(cards).reverse()
        ],
    )
    yield (
        _("Letters"),
        [
            "\n".join([f"{_day(row.issued_at)} · {row.title} · {row.number}", row.body])
            for row in handed.letters(cards).reverse()
        ],
    )
    yield (
        _("Photos and documents"),
        [
            " · ".join(filter(None, [format_date(row.taken_on), str(row.get_kind_display()), row.title]))
            for row in handed.files(cards).reverse()
        ],
    )


def _day(moment: dt.datetime | None) -> str:
    return format_date(timezone.localtime(moment)) if moment else ""


def _background(cards: list[int]) -> list[str]:
    rows = BackgroundEntry.objects.filter(patient__in=cards, entered_in_error=False)
    return [
        " · ".join(
            filter(
                None,
                [
                    str(row.get_kind_display()),
                    str(row.get_relative_display()),
                    row.title,
                    str(row.shown_year or ""),
                    row.detail,
                ],
            )
        )
        for row in rows
    ]


def _results(order: ServiceRequest) -> str:
    lines = [f"{_day(order.resulted_at)} · {order.get_kind_display()}"]
    lines += [_value(row) for row in order.results.all() if row.is_there]
    return "\n".join(filter(None, [*lines, order.conclusion]))


def _value(row: Result) -> str:
    value = format_number(row.number) if row.number is not None else row.text
    usual = row.normal_text
    if row.low is not None and row.high is not None:
        usual = f"{format_number(row.low)} – {format_number(row.high)}"
    words = f"{row.name}: {value} {row.unit}".strip()
    flag = f" · {row.get_flag_display()}" if row.flag else ""
    return f"{words}{f' ({usual})' if usual else ''}{flag}"


def _plan(view: PlanView) -> str:
    plan = view.plan
    lines = [f"{format_date(plan.starts_on)} · {plan.title} · {plan.get_status_display()}", plan.note]
    lines += [
        _("%(service)s: %(done)s of %(count)s sessions")
        % {
            "service": each.sessions.service,
            "done": format_number(min(each.done, each.sessions.count)),
            "count": format_number(each.sessions.count),
        }
        for each in view.progress
    ]
    lines += [f"{'✓' if goal.reached_on else '○'} {goal.text}" for goal in plan.goals.all()]
    return "\n".join(filter(None, lines))
