"""Geometry of the drawings."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assets.leaderboard.page.charts import axis_end, strip, ticks

unit = st.floats(0, 1)


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
