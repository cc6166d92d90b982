"""Bounds against all that the unseen could have shown."""

from __future__ import annotations

import numpy as np
import pytest

from assets.metrics.plain.boards import board
from assets.metrics.plain.bounds import bounds, holds
from assets.metrics.plain.cells import cells
from assets.metrics.plain.pairs import compare
from tests.unit.metrics.plain.drawing import drawn, read

COUNTS = np.array([[[5.0, 1, 2], [0, 0, 7]]])
YARDSTICK = np.array([[0.2, 0.3, 0.5], [0.6, 0.2, 0.2]])
UNSEEN = np.array([[4.0, 6]])
#: All ways to divide the unseen, in sixtieths.
WAYS = np.array([[a, b, 60 - a - b] for a in range(61) for b in range(61 - a)]) / 60


@pytest.mark.parametrize("cell", [0, 1])
def test_bounds_of_a_gap_are_those_of_all_completions(cell: int) -> None:
    least, _, most = (part[0, cell] for part in bounds(COUNTS, UNSEEN, YARDSTICK))

    shares = (COUNTS[0, cell] + UNSEEN[0, cell] * WAYS) / (COUNTS[0, cell].sum() + UNSEEN[0, cell])
    gaps = 0.5 * ((shares - YARDSTICK[cell]) ** 2).sum(1)
    assert most == pytest.approx(gaps.max())
    assert gaps.min() - 2e-4 < least <= gaps.min() + 1e-12


def test_bounds_of_a_share_are_none_and_all_of_the_unseen() -> None:
    found = [float(part[0, 0]) for part in bounds(COUNTS, UNSEEN)]

    assert found == pytest.approx([5 / 12, 5 / 8, 9 / 12])


def test_where_all_was_seen_the_bounds_are_the_figure() -> None:
    least, present, most = bounds(COUNTS, 0 * UNSEEN, YARDSTICK)

    assert np.allclose(least, most)
    assert np.allclose(least, present)


def test_a_pair_holds_only_beyond_what_the_unseen_could_have_shown() -> None:
    counts = drawn(7, np.tile([[0.35], [0.65]], (1, 14)), 5, 12)

    seen, fifth = (board(counts, read(counts) * more) for more in (1, 1.25))

    assert (seen.told.sum(), seen.holds.sum()) == (1, 1)
    assert (fifth.told.sum(), fifth.holds.sum()) == (1, 0)


def test_holding_is_tried_by_filling_up_every_cell() -> None:
    """The worst case, built from counts: the one's unseen show the other value, the other's the value."""
    counts = drawn(9, np.tile([[0.2], [0.6]], (1, 10)), 5, 12)
    window, unseen = counts[..., -4:].sum(-1), np.full((2, 10), 3.0)
    pairs = compare(cells(counts))

    found = holds(pairs, *bounds(window, unseen))

    worst = (window[1, :, 0] / 23).mean() - ((window[0, :, 0] + 3) / 23).mean()
    bound = pairs.critical * pairs.standard_error[1, 0]
    assert found[1, 0] == (worst > bound)
    assert not found[0, 1]
    assert pairs.more[1, 0]
