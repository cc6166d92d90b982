"""Geometry of the drawings."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from assets.leaderboard.page.charts import axis_end, line, strip, ticks
from assets.leaderboard.views.view import Point

unit = st.floats(0, 1)


def points(*values: float | None) -> list[Point]:
    first = date(2026, 9, 7)
    return [
        Point(
            first + timedelta(weeks=i),
            v,
            None if v is None else max(v - 0.1, 0),
            None if v is None else v + 0.1,
        )
        for i, v in enumerate(values)
    ]


def test_a_gap_in_the_data_is_a_gap_in_the_line() -> None:
    drawn = line(points(0.1, 0.2, None, 0.4, 0.5), 0.5, width=108, height=58, pad=4)
    assert [run.count(",") for run in drawn.runs] == [2, 2]
    assert len(drawn.bands) == 2
    assert [x for x, _ in drawn.gaps] == [54.0]
    assert len(drawn.dots) == 4


def test_a_single_week_is_a_dot_and_no_weeks_are_nothing() -> None:
    drawn = line(points(0.25), 0.5, width=100, height=58, pad=4)
    assert [(x, y) for x, y, _ in drawn.dots] == [(4, 29.0)]
    assert not drawn.bands
    assert line([], 0.5, width=100, height=50).runs == ()


def test_a_higher_value_is_drawn_higher() -> None:
    (_, low, _), (_, high, _) = line(points(0.1, 0.4), 0.5, width=100, height=50).dots
    assert high < low


@given(unit, unit, unit)
def test_an_interval_stays_on_its_axis_in_order(a: float, b: float, c: float) -> None:
    low, middle, high = sorted((a, b, c))
    drawn = strip(middle, low, high, axis_end([high]))
    assert 0 <= drawn.start <= drawn.dot <= drawn.end <= 100


@given(st.lists(st.none() | unit, max_size=6))
def test_an_axis_holds_its_values_and_ends_at_a_marked_one(values: list[float | None]) -> None:
    end = axis_end(values)
    assert all(value is None or value <= end + 1e-9 for value in values)
    assert ticks(end)[0] == 0
    assert ticks(end)[-1] == end


def test_an_estimate_without_an_interval_is_a_dot() -> None:
    drawn = strip(0.25, None, None, 0.5)
    assert (drawn.start, drawn.dot, drawn.end) == (50, 50, 50)
