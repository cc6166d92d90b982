"""Reduced simulations: intervals hold the truth, equal models stay together; and the habits that fail the same marks.

The studies themselves run in full by `make studies`. A mark is lowered here by four standard errors of the draws.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from assets.metrics.formulas.distance import mean_distance2, rooted
from assets.metrics.formulas.share import Z95, Estimate, by_group
from tests.studies.simulations import boards, coverage, refusals
from tests.studies.simulations.equal_models import MARK, rates
from tests.studies.simulations.outcomes import chances, every_outcome, how_many
from tests.studies.simulations.points import (
    Draw,
    Seen,
    bias_of,
    difference_of,
    distance_of,
    lowest_alone,
    seen,
    share_difference_of,
    share_of,
)
from tests.studies.simulations.profiles import PROFILES, distance2_of, pool, reference, shares, take

DRAWS = 1_500

#: The hardest points of the grid, and some easy ones: n, values, reference, shares, cells.
SUITES = [
    (5, 10, "uneven", "mid", 5),
    (5, 10, "uniform", "mid", 5),
    (5, 2, "uniform", "near", 40),
    (10, 10, "uneven", "mid", 5),
    (10, 5, "uniform", "mid", 5),
    (20, 5, "uneven", "mix", 40),
    (50, 10, "uneven", "mix", 5),
    (100, 2, "uniform", "strong", 5),
    (100, 10, "uneven", "near", 40),
    (20, 2, "uniform", "one", 5),
    (10, 3, "uneven", "null", 40),
]


def reached(point: Seen, mark: float) -> bool:
    return point.coverage >= mark - 4 * point.error


@pytest.mark.parametrize(("n", "values", "kind", "profile", "cells"), SUITES)
def test_the_distance_of_a_suite_is_covered(n: int, values: int, kind: str, profile: str, cells: int) -> None:
    mark = coverage.SUITE_MARKS[n]
    assert reached(seen(distance_of(n, values, kind, profile, cells), mark, DRAWS, [n, values, cells]), mark)


@pytest.mark.parametrize(("n", "values"), [(20, 2), (50, 2), (20, 3), (50, 3)])
@pytest.mark.parametrize("kind", ["uniform", "uneven"])
def test_the_distance_of_one_cell_is_covered_at_every_share(n: int, values: int, kind: str) -> None:
    assert lowest_alone(n, values, kind, steps=100).coverage >= coverage.SINGLE_MARKS[n]


def naive(n: int, values: int, profile: str, cells: int) -> Draw:
    """Draws with the interval that is left without the score interval, pseudo-counts and Wilson: Wald alone."""
    q = reference(values, "uniform")
    p = shares(profile, q, cells)

    def draw(draws: int, lot: np.random.Generator) -> Iterator[tuple[Estimate, float]]:
        drawn = pool(n, p, q, lot, draws)
        for rows, suite, some in drawn.suites(cells, draws, lot):
            picked = take(drawn.terms, rows)
            middle = mean_distance2(picked, suite, some).estimate
            half = Z95 * np.sqrt(np.maximum(by_group(picked.unbiased, suite, some), 0)) / cells
            yield rooted(Estimate(middle, middle - half, middle + half)), np.sqrt(distance2_of(p, q))

    return draw


@pytest.mark.parametrize(("n", "values", "profile"), [(5, 2, "strong"), (10, 3, "almost"), (20, 2, "almost")])
def test_a_wald_interval_alone_misses_the_same_mark(n: int, values: int, profile: str) -> None:
    mark = coverage.SUITE_MARKS[n]
    assert not reached(seen(naive(n, values, profile, 5), mark, DRAWS, [n, values]), mark)
    assert reached(seen(distance_of(n, values, "uniform", profile, 5), mark, DRAWS, [n, values]), mark)


@pytest.mark.parametrize("sizes", [(5, 5), (20, 20), (5, 20), (10, 100)])
@pytest.mark.parametrize(
    ("values", "kind", "pair", "cells"),
    [
        (2, "uniform", ("mid", "mid"), 5),
        (2, "uneven", ("mix", "mix"), 40),
        (10, "uneven", ("null", "near"), 5),
        (3, "uniform", ("almost", "strong"), 5),
    ],
)
def test_the_difference_of_two_models_is_covered(
    sizes: tuple[int, int], values: int, kind: str, pair: tuple[str, str], cells: int
) -> None:
    point = seen(
        difference_of(sizes, values, kind, pair, cells), coverage.DIFFERENCE_MARK, DRAWS, [*sizes, values]
    )
    assert reached(point, coverage.DIFFERENCE_MARK)


@pytest.mark.parametrize("n", [5, 10, 100])
@pytest.mark.parametrize("cells", [5, 40])
@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, "spread", "0.01 or 0.5"])
def test_the_share_of_a_suite_is_covered(n: int, cells: int, share: float | str) -> None:
    assert reached(
        seen(share_of(n, share, cells), coverage.SHARE_MARK, DRAWS, [n, cells]), coverage.SHARE_MARK
    )


@pytest.mark.parametrize("sizes", [(5, 20), (20, 20)])
@pytest.mark.parametrize("pair", [(0.02, 0.1), (0.5, 0.5)])
def test_the_difference_of_shares_is_covered(sizes: tuple[int, int], pair: tuple[float, float]) -> None:
    point = seen(share_difference_of(sizes, pair, 5), coverage.DIFFERENCE_MARK, DRAWS, [*sizes])
    assert reached(point, coverage.DIFFERENCE_MARK)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(("n", "values"), [(5, 2), (100, 2), (5, 5), (20, 3)])
def test_distance2_has_no_bias_and_the_plain_figure_has(n: int, values: int, profile: str) -> None:
    found, error = bias_of(n, values, "uneven", profile, DRAWS, np.random.default_rng(1))
    assert error == 0
    assert found < 1e-12
    q = reference(values, "uneven")
    p = shares(profile, q, 5)
    x = every_outcome(n, values)
    plain = chances(x, p) @ (0.5 * ((x / n - q) ** 2).sum(axis=1))
    truth = 0.5 * ((p - q) ** 2).sum(axis=1)
    assert plain - truth == pytest.approx((1 - (p**2).sum(axis=1)) / (2 * n), abs=1e-12)
    if n == 5 and profile not in {"almost", "one"}:
        assert (plain - truth).max() > coverage.BIAS_MARK


def test_drawn_bias_is_near_nothing_and_its_error_is_told() -> None:
    found, error = bias_of(20, 10, "uniform", "mid", DRAWS, np.random.default_rng(1))
    assert 0 < error < 0.0005
    assert found < 4 * error


def test_every_outcome_is_there_once_and_chances_add_up_to_one() -> None:
    x = every_outcome(6, 3)
    assert len({tuple(row) for row in x.tolist()}) == len(x) == how_many(6, 3) == 28
    assert (x.sum(axis=1) == 6).all()
    weight = chances(x, np.array([[0.2, 0.3, 0.5], [1.0, 0.0, 0.0]]))
    assert weight.sum(axis=1) == pytest.approx([1, 1], abs=1e-12)
    assert weight @ x == pytest.approx(6 * np.array([[0.2, 0.3, 0.5], [1, 0, 0]]), abs=1e-12)


@pytest.mark.parametrize(("sizes", "habit"), [((5, 20), 0.80), ((10, 100), 0.98)])
def test_equal_models_stay_together_whatever_their_numbers_of_pictures(
    sizes: tuple[int, int], habit: float
) -> None:
    apart, subtracted, error = rates(0.9, sizes, 30, 2, 1000)
    assert apart <= MARK + 4 * error
    assert subtracted > habit


@pytest.mark.parametrize(("refused", "habit"), [(0.1, 0.25), (0.2, 0.75), (0.5, 0.99)])
def test_refusing_the_worst_prompts_does_not_look_fairer_on_common_cells(
    refused: float, habit: float
) -> None:
    told = refusals.told(refused, (20, 20), 600)
    assert told.common <= refusals.MARK + 4 * told.error
    assert told.fairer > habit


def test_forty_equal_models_stay_together_where_overlap_tells_some_apart() -> None:
    found = boards.outcome(boards.BOARDS[0], 100)
    assert found.separated <= boards.MARK + 4 * found.error
    assert found.ranks_hold >= 0.9
    assert found.overlap > 0.4


def test_models_that_do_differ_get_narrower_ranks_that_hold() -> None:
    found = boards.outcome(boards.BOARDS[-1], 40)
    assert found.ranks_hold >= 0.85
    assert found.width < 30


def test_a_table_has_every_point_and_a_mark_that_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "BOARDS", boards.BOARDS[8:10])
    (board,) = boards.tables(0.001)
    assert [row[0] for row in board.rows] == [board.title for board in boards.BOARDS]
    assert len(board.marks) == len(boards.BOARDS)
    monkeypatch.setattr(coverage, "VALUES", (2,))
    table = coverage.distances(5, 50)
    assert len(table.rows) == 2 * len(PROFILES) + 1
    assert not table.failed
    monkeypatch.setattr(coverage, "SUITE_MARKS", dict.fromkeys(coverage.SUITE_MARKS, 1.01))
    assert len(coverage.distances(5, 50).failed) == len(coverage.SUITE_MARKS)
