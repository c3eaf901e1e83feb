"""Charts drawn on the server as SVG: no script, right in both reading directions, with the table behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from math import ceil, floor, log10
from typing import Any, Literal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from clinic.shared.money import format_number, language

Tone = Literal["accent", "ok", "warn", "danger", "info", "muted", "ink"]
Number = int | float | Decimal
TOP, BASE, PLOT = 8, 168, 190


@dataclass(frozen=True)
class Series:
    """One row of numbers with a name and a tone; lines leave out what is None."""

    name: str
    values: Sequence[Number | None]
    tone: Tone = "accent"


@dataclass(frozen=True)
class Chart:
    """What to draw: labels in time order, one or more series, how numbers are written. A line does not begin at zero;
    `bands` are what is usual, drawn behind it."""

    title: str
    labels: Sequence[str]
    series: Sequence[Series] = field(default_factory=list)
    kind: Literal["bar", "stacked", "line"] = "bar"
    format: Callable[[Number], str] = format_number
    bands: tuple[tuple[Number, Number], ...] = ()


def draw(chart: Chart, lang: str | None = None) -> SafeString:
    """The chart as a figure with legend, drawing and table."""
    rtl = language(lang) == "fa"
    low, top = _reach(chart) if chart.kind == "line" else (0.0, nice_top(_highest(chart)))
    ticks = [low + (top - low) * step / 4 for step in (4, 3, 2, 1, 0)]
    return format_html(
        '<figure class="c-chart"><figcaption class="c-chart__cap">{}{}</figcaption><div class="c-chart__grid">'
        '<div class="c-chart__y" aria-hidden="true">{}</div>'
        '<svg class="c-chart__plot" role="img" aria-label="{}">{}{}{}</svg></div>{}</figure>',
        chart.title,
        _legend(chart),
        format_html_join("", "<span>{}</span>", ((chart.format(_plain(tick)),) for tick in ticks)),
        chart.title,
        _lines(),
        _strokes(chart, low, top, rtl) if chart.kind == "line" else _bars(chart, top, rtl),
        _names(chart.labels, rtl),
        _table(chart),
    )


def nice_top(highest: Number) -> float:
    """The first round number at or above the highest value, such that four steps are round too."""
    if highest <= 0:
        return 4.0
    unit = 10 ** floor(log10(float(highest)))
    for factor in (1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10):
        top = factor * unit
        if top >= float(highest) and (top >= 4 or float(highest) < 1):
            whole = ceil(top / 4) * 4 if top >= 4 and (top / 4) % 1 and top < 100 else top
            return float(whole)
    return float(max(4, 10 * unit))


def _plain(value: float) -> Number:
    return int(value) if value == int(value) else round(Decimal(str(value)), 2)


def _highest(chart: Chart) -> Number:
    if chart.kind == "stacked":
        return max((sum(Decimal(str(v or 0)) for v in column) for column in _columns(chart)), default=0)
    return max((value or 0 for series in chart.series for value in series.values), default=0)


def _columns(chart: Chart) -> list[tuple[Number | None, ...]]:
    return list(zip(*(series.values for series in chart.series), strict=True))


def _lines() -> SafeString:
    rows = ((TOP + (BASE - TOP) * step / 4,) * 2 for step in range(5))
    return format_html_join("", '<line x1="0" x2="100%" y1="{}" y2="{}"/>', rows)


def _bars(chart: Chart, top: float, rtl: bool) -> SafeString:
    count, parts = max(len(chart.labels), 1), []
    slot = 100 / count
    for place, column in enumerate(_columns(chart)):
        start = slot * place
        beside = 1 if chart.kind == "stacked" else max(len(column), 1)
        width = slot * 0.62 / beside
        base = float(BASE)
        for number, (value, series) in enumerate(zip(column, chart.series, strict=True)):
            height = max(float(value or 0), 0) / top * (BASE - TOP)
            x = start + slot * 0.19 + (0 if chart.kind == "stacked" else number * width)
            x = 100 - x - width if rtl else x
            y = base - height if chart.kind == "stacked" else BASE - height
            base -= height if chart.kind == "stacked" else 0
            parts.append((f"{x:.2f}", f"{y:.1f}", f"{width:.2f}", f"{height:.1f}", series.tone))
    return format_html_join("", '<rect x="{}%" y="{}" width="{}%" height="{}" rx="1.5" class="c-fill-{}"/>', parts)


def _reach(chart: Chart) -> tuple[float, float]:
    """From where to where a line is drawn: whole steps around its values and what is usual."""
    values = [float(v) for series in chart.series for v in series.values if v is not None]
    values += [float(limit) for band in chart.bands for limit in band]
    least, most = min(values, default=0), max(values, default=4)
    step = nice_top((most - least) * 1.1 or 4) / 4
    low = floor(least / step) * step
    return low, low + step * max(4, ceil((most - low) / step))


def _strokes(chart: Chart, low: float, top: float, rtl: bool) -> SafeString:
    """Lines from value to value with a dot on each; time runs in reading direction."""

    def height(value: Number) -> float:
        return BASE - (float(value) - low) / ((top - low) or 1) * (BASE - TOP)

    count, parts = max(len(chart.labels), 1), []
    for usual_low, usual_high in chart.bands:
        upper, lower = height(usual_high), height(usual_low)
        band = '<rect x="0" width="100%" y="{}" height="{}" class="c-chart__band"/>'
        parts.append(format_html(band, f"{upper:.1f}", f"{max(lower - upper, 1):.1f}"))
    for series in chart.series:
        dots = [
            (f"{100 - x if rtl else x:.2f}", f"{height(value):.1f}", series.tone)
            for i, value in enumerate(series.values)
            if value is not None
            for x in [100 * (i + 0.5) / count]
        ]
        steps = ((*one[:2], *other[:2], one[2]) for one, other in pairwise(dots))
        parts.append(format_html_join("", '<line x1="{}%" y1="{}" x2="{}%" y2="{}" class="c-stroke-{}"/>', steps))
        parts.append(format_html_join("", '<circle cx="{}%" cy="{}" r="3.5" class="c-fill-{}"/>', dots))
    return format_html_join("", "{}", ((part,) for part in parts))


def _names(labels: Sequence[str], rtl: bool) -> SafeString:
    """Every n-th label under its bar, the newest always, so that a phone can show them."""
    count = len(labels)
    every = max(1, ceil(count / 6))
    shown = [(i, label) for i, label in enumerate(labels) if (count - 1 - i) % every == 0]
    rows = []
    for i, label in shown:
        x = 100 * (i + 0.5) / count
        rows.append((f"{100 - x if rtl else x:.2f}", PLOT - 4, label))
    return format_html_join("", '<text x="{}%" y="{}" text-anchor="middle" aria-hidden="true">{}</text>', rows)


def _legend(chart: Chart) -> SafeString:
    if len(chart.series) < 2:
        return mark_safe("")
    rows = ((series.tone, series.name) for series in chart.series)
    swatch = (
        '<span><svg viewBox="0 0 12 12" aria-hidden="true"><rect width="12" height="12" rx="3" '
        'class="c-fill-{}"/></svg>{}</span>'
    )
    return format_html('<span class="c-chart__legend">{}</span>', format_html_join("", swatch, rows))


def _table(chart: Chart) -> SafeString:
    heads = format_html_join("", '<th class="c-num" scope="col">{}</th>', ((s.name,) for s in chart.series))
    rows = format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        (
            (label, format_html_join("", '<td class="c-num">{}</td>', ((_told(chart, value),) for value in column)))
            for label, column in zip(chart.labels, _columns(chart), strict=True)
        ),
    )
    return format_html(
        "<details><summary>{}</summary>"
        '<div class="c-scroll"><table class="c-table"><thead><tr><td></td>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>"
        "</details>",
        _("Show as a table"),
        heads,
        rows,
    )


def _told(chart: Chart, value: Number | None) -> str:
    return "—" if value is None else chart.format(value)


def bar_chart(title: str, labels: Sequence[str], values: Sequence[Number], **options: Any) -> SafeString:
    """One series of bars."""
    tone = options.pop("tone", "accent")
    return draw(Chart(title, labels, [Series(title, values, tone)], **options))


def stacked_bar_chart(title: str, labels: Sequence[str], series: Sequence[Series], **options: Any) -> SafeString:
    """Several series, one above the other."""
    return draw(Chart(title, labels, series, kind="stacked", **options))


def spark(values: Sequence[Number], lang: str | None = None, label: str = "") -> SafeString:
    """A small line with a dot on the newest value; in Persian time runs to the left."""
    if len(values) < 2:
        return mark_safe("")
    rtl = language(lang) == "fa"
    heights = [float(value) for value in values]
    low, span = min(heights), (max(heights) - min(heights)) or 1.0
    points = []
    for i, value in enumerate(heights):
        x = 3 + 114 * i / (len(heights) - 1)
        points.append((120 - x if rtl else x, 28 - 24 * (value - low) / span))
    named = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="c-spark" viewBox="0 0 120 32" {}><polyline points="{}"/><circle cx="{}" cy="{}" r="3"/></svg>',
        named,
        " ".join(f"{x:.1f},{y:.1f}" for x, y in points),
        f"{points[-1][0]:.1f}",
        f"{points[-1][1]:.1f}",
    )


def meter(share: Number, tone: str = "", label: str = "") -> SafeString:
    """A thin bar filled to a share of 0 to 1."""
    width = round(min(max(float(share), 0.0), 1.0) * 100)
    named = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="c-meter {}" {}><rect width="{}%" height="100%" rx="3"/></svg>',
        f"c-meter--{tone}" if tone else "",
        named,
        width,
    )
