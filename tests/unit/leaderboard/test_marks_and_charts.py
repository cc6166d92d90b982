"""Drawings of figures: strips, lines and charts are where the numbers beside them say."""

from __future__ import annotations

import itertools
import re
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from assets.leaderboard.cells.showing import Thumb, proportional
from assets.leaderboard.page.environment import environment
from assets.leaderboard.views.chart import NAMED, Published, Series, _spread, chart
from assets.leaderboard.views.marks import HEIGHT, ShownWeeks, Step, line
from assets.leaderboard.views.message import Message, say

WEEK = date(2026, 11, 23)
STRIP = 126
_STRIP = '{% from "pages/_strip.html.j2" import strip with context %}{{ strip(*given) }}'
YEAR = ShownWeeks(WEEK - timedelta(weeks=51), 52)


def step(back: int, share: float, low: float | None = None, high: float | None = None) -> Step:
    last = WEEK - timedelta(weeks=back)
    return Step(last - timedelta(weeks=3), last, share, low, high, 64)


shares = st.floats(0, 1)


@given(shares, shares, shares, st.sampled_from([0.5, 0.75, 1.0]))
def test_a_strip_holds_its_figure_and_lies_on_its_axis(
    one: float, two: float, three: float, axis: float
) -> None:
    low, share, high = sorted(min(end, axis) for end in (one, two, three))
    drawn = strip(share, low, high, [axis], axis)
    ((start, wide),) = re.findall(r'class="band" d="M(\d+) 1h(\d+)v7', drawn)
    ((at,),) = [re.findall(r'class="at" d="M(\d+) 0v9', drawn)]
    assert 0 <= int(start) <= STRIP
    assert int(start) - 1 <= int(at) <= int(start) + int(wide) + 1
    assert 1 <= int(at) <= STRIP - 1
    assert f'class="tick" d="M{STRIP} 0v9"' in drawn


def strip(*given: object) -> str:
    """Return the drawing of a figure, as pages have it."""
    return environment("en").from_string(_STRIP).render(given=given)


def test_a_line_has_blocks_gaps_changes_and_what_was_replaced() -> None:
    drawn = line(YEAR, [step(4, 0.5, 0.4, 0.6), step(0, 1.0)], [step(12, 0.0)], [WEEK - timedelta(weeks=3)])
    assert drawn.width == 65
    assert drawn.steps == "M55 18h4M60 4h4"
    assert drawn.bands == "M55 15h4v6h-4z"  # the newest has no interval
    assert drawn.before == f"M45 {HEIGHT - 2}h4"
    assert drawn.join == f"M55 {HEIGHT - 2}V18"
    assert drawn.marks == (60,)
    assert line(YEAR, []).steps == ""


def series(name: str, *steps: Step, replaced: str | None = None, changes: tuple[date, ...] = ()) -> Series:
    return Series(name, Message(name), steps, replaced, changes)


def test_a_chart_names_the_highest_the_lowest_and_those_that_changed() -> None:
    models = [series(f"m{number:02}", step(0, number / 40)) for number in range(40)]
    models[7] = series("m07", step(0, 7 / 40), changes=(WEEK,))
    models[20] = series("m20", step(0, 0.5), replaced="m03")
    drawn = chart(say("x"), YEAR, models)
    assert drawn is not None
    names = [one.name.text for one in drawn.wide.series]
    assert names == ["m39", "m20", "m07", "m00"]
    assert drawn.others == 36
    assert drawn.wide.gray.count("M") == drawn.others
    heights = [one.label[1] for one in drawn.wide.series]
    assert all(lower - upper >= 19 for upper, lower in itertools.pairwise(heights))
    assert chart(say("x"), YEAR, [series("nobody")]) is None


def test_what_was_published_stands_before_a_break_and_words_are_a_band() -> None:
    models = [series("a", step(0, 0.5, 0.4, 0.6))]
    dot = Published("2023", say("all"), say("Somebody"), None, 1.0, 0.9, 1.0, exact=True)
    drawn = chart(say("x"), YEAR, models, [(0.8, say("threshold"))], dot)
    assert drawn is not None
    for one in (drawn.wide, drawn.narrow):
        assert one.published is not None
        assert one.broken is not None
        x, y, top, foot = one.published
        assert x < one.broken
        assert (y, top) == (one.levels[-1][1], one.levels[-1][1])
        assert foot is not None
        assert foot > y
        assert min(float(at) for at in re.findall(r"M([\d.]+)", one.series[0].line)) >= one.broken
        assert one.references[0][0] == round(one.foot - 0.8 * (one.foot - one.top), 1)
    words = chart(
        say("x"),
        YEAR,
        models,
        (),
        Published("2023", say("most"), say("Somebody"), None, None, 0.8, None, exact=True),
    )
    assert words is not None
    assert words.wide.published is None
    assert words.wide.band == (
        words.wide.levels[-1][1],
        round(words.wide.foot - 0.8 * (words.wide.foot - 26), 1),
    )


def test_each_interval_has_a_lane_of_its_own() -> None:
    drawn = chart(say("x"), YEAR, [series(str(n), step(0, 0.5, 0.4, 0.6)) for n in range(NAMED)])
    assert drawn is not None
    places = [float(re.findall(r"M([\d.]+)", one.bars)[0]) for one in drawn.wide.series]
    assert all(later - earlier > 6 for earlier, later in itertools.pairwise(places))


@given(st.lists(st.floats(26, 346), min_size=1, max_size=NAMED).map(sorted))
def test_labels_never_overprint(wanted: list[float]) -> None:
    found = _spread(wanted, 346)
    assert all(lower - upper >= 19 - 1e-9 for upper, lower in itertools.pairwise(found))
    assert found[-1] <= 351 + 1e-9


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=60), st.integers(1, 24))
def test_pictures_stand_in_proportion(values: list[str], most: int) -> None:
    thumbs = [Thumb(number, str(number), Message(value)) for number, value in enumerate(values)]
    chosen = proportional(thumbs, most)
    assert len(chosen) == min(most, len(thumbs))
    assert [one.number for one in chosen] == sorted(one.number for one in chosen)
    for value in {*values}:
        due = values.count(value) * len(chosen) / len(values)
        assert abs(sum(one.word == Message(value) for one in chosen) - due) < 1
