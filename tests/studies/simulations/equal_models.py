"""Two equal models, one with few pictures and one with many: how often they are told apart, beside a common habit.

Belongs here: the simulation, and subtracting the noise floor, which is the habit. Does not belong here: the
comparison of the product (`assets.metrics.ranks.pairs`), planted shares and draws (`profiles`).
"""

from __future__ import annotations

import sys
from math import sqrt

import numpy as np
from scipy.stats import binom

from assets.metrics.formulas.share import Z95, Bools, Floats, Ints, by_group
from assets.metrics.ranks.pairs import differences
from tests.studies.simulations.profiles import Pool, pool, reference, take
from tests.studies.simulations.tables import Table

TITLE = "Equal models with unequal numbers of pictures"
DRAWS = 10_000
AGAIN = 5
SEED = 4200
SIZES = ((5, 20), (10, 100), (20, 20))
CELLS = (5, 30)
MARK = 0.05
#: The share of the value that both models draw most, in every cell; the others share the rest.
SHARES = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)


def floor_subtracted(counts: Ints, q: Floats) -> tuple[Floats, Floats]:
    """Return ½ Σ |p̂ - q| less its expectation, and its variance (two values), of each cell: what is not to be done."""
    n = counts.sum(axis=1)
    share, pseudo = counts[:, 0] / n, (counts[:, 0] + 1) / (n + 2)
    variance = np.maximum(pseudo * (1 - pseudo) / n, share * (1 - share) / (n - 1))
    chance = {size: binom(size, q[0]).expect(lambda k, m=size: abs(k / m - q[0])) for size in np.unique(n)}
    return np.abs(share - q[0]) - np.array([chance[size] for size in n]), variance


def _apart(
    one: Pool, two: Pool, cells: int, draws: int, lot: np.random.Generator, q: Floats
) -> tuple[int, int]:
    """Return in how many draws the product, and the floor subtracted, tell the models apart."""
    product, habit = 0, 0
    (a, of_a), (b, of_b) = (floor_subtracted(side.counts, q) for side in (one, two))
    for (here, suite, some), (there, _, _) in zip(
        one.suites(cells, draws, lot), two.suites(cells, draws, lot), strict=True
    ):
        found = differences(take(one.terms, here), take(two.terms, there), suite, some)
        product += int(separate(found.low, found.high).sum())
        gap = by_group(a[here] - b[there], suite, some) / cells
        error = np.sqrt(by_group(of_a[here] + of_b[there], suite, some)) / cells
        habit += int((np.abs(gap) > Z95 * error).sum())
    return product, habit


def separate(low: Floats, high: Floats) -> Bools:
    """Return which intervals of a difference do not hold 0."""
    return (low > 0) | (high < 0)


def rates(
    share: float, sizes: tuple[int, int], cells: int, values: int, draws: int
) -> tuple[float, float, float]:
    """Return how often the product and the floor subtracted tell two equal models apart, and the standard error."""
    q = reference(values, "uniform")
    p = np.full((1, values), (1 - share) / (values - 1))
    p[0, 0] = share
    for times in (1, AGAIN):
        lot = np.random.default_rng([SEED, times, round(1000 * share), *sizes, cells, values])
        size = min(50_000, draws * cells)
        pools = [pool(n, p, q, lot, size) for n in sizes]
        seen, habit = _apart(*pools, cells, draws * times, lot, q)
        rate = seen / (draws * times)
        error = sqrt(max(rate * (1 - rate), 1 / draws) / (draws * times))
        if rate + 3 * error <= MARK:
            break
    return rate, habit / (draws * times), error


def tables(draws: float) -> list[Table]:
    """Return the tables of the study."""
    number = max(200, round(DRAWS * draws))
    found = []
    for values in (2, 3):
        for cells in CELLS:
            print(f"  {values} values, {cells} cells", file=sys.stderr, flush=True)
            rows, worst, error = [], 0.0, 0.0
            shares = [share for share in SHARES if share > 1 / values] if values > 2 else SHARES
            for share in shares:
                line = []
                for sizes in SIZES:
                    rate, habit, spread = rates(share, sizes, cells, values, number)
                    worst, error = max((worst, error), (rate, spread))
                    line += [f"{rate:.1%}", *([f"{habit:.1%}"] if values == 2 else [])]
                rows.append([share, *line])
            names = [f"{a} against {b}" for a, b in SIZES]
            columns = [
                part
                for name in names
                for part in (name, *([f"{name}, floor subtracted"] if values == 2 else []))
            ]
            found.append(
                Table(
                    f"{values} values, {cells} cells",
                    ("share", *columns),
                    rows,
                    [
                        (
                            "equal models separate in ≤ 5 %",
                            f"{worst:.2%}, standard error {error:.2%}",
                            worst <= MARK,
                        )
                    ],
                    "How often the interval of the difference of two equal models leaves out 0; columns: their "
                    "pictures a cell. Rows: the share of the value that both draw most.",
                )
            )
    return found
