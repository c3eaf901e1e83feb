"""Charts in both reading directions."""

import re

import pytest
from django.utils import translation

from clinic.shared.charts import Chart, Series, bar_chart, draw, meter, nice_top, spark

CHART = Chart(
    "Visits", ["Sat", "Sun", "Mon"], [Series("Missed", [1, 0, 2], "danger"), Series("Came", [4, 6, 8])], kind="stacked"
)


def bars(markup: str) -> list[tuple[float, float, float, float]]:
    found = re.findall(r'<rect x="([\d.]+)%" y="([\d.]+)" width="([\d.]+)%" height="([\d.]+)"', markup)
    return [tuple(float(part) for part in row) for row in found]  # type: ignore[misc]  # pairs, by the pattern


@pytest.mark.parametrize(
    ("highest", "top"),
    [(0, 4), (3, 4), (7, 8), (10, 12), (61, 80), (100, 100), (0.4, 0.4), (1100000, 1200000), (-5, 4)],
)
def test_nice_top(highest: float, top: float) -> None:
    assert nice_top(highest) == pytest.approx(top)


@pytest.mark.parametrize("highest", [1, 9, 11, 13, 37, 99, 101, 999, 123456])
def test_nothing_is_higher_than_the_top(highest: int) -> None:
    assert nice_top(highest) >= highest


def test_time_runs_to_the_left_in_persian() -> None:
    with translation.override("en"):
        ltr = bars(draw(CHART, "en"))
        rtl = bars(draw(CHART, "fa"))
    assert [row[0] for row in ltr] == sorted(row[0] for row in ltr)
    for left, right in zip(ltr, rtl, strict=True):
        assert right[0] == pytest.approx(100 - left[0] - left[2], abs=0.02)


def test_stacks_stand_on_each_other() -> None:
    rows = bars(draw(CHART, "en"))
    missed, came = rows[4], rows[5]
    assert came[1] + came[3] == pytest.approx(missed[1], abs=0.2)


def test_the_table_behind_holds_all_and_text_is_escaped() -> None:
    markup = bar_chart("<b>", ["<i>", "x"], [1, 2])
    assert "<b>" not in markup
    assert "<i>" not in markup
    assert markup.count("<tr>") == 3
    assert "style=" not in markup


def test_an_empty_chart_draws() -> None:
    assert "<figure" in draw(Chart("Nothing", [], []), "en")


def test_spark_ends_with_its_dot_at_the_newest_value() -> None:
    assert 'cx="117.0"' in spark([1, 2, 3], "en")
    assert 'cx="3.0"' in spark([1, 2, 3], "fa")
    assert spark([1], "en") == ""
    assert "<polyline" in spark([2, 2, 2], "en")


@pytest.mark.parametrize(("share", "width"), [(0, "0%"), (0.5, "50%"), (2, "100%"), (-1, "0%")])
def test_meter(share: float, width: str) -> None:
    assert f'<rect width="{width}"' in meter(share)
