"""Of two identical models one refuses its most stereotyped prompts: only a comparison on common prompts is fair.

Belongs here: the simulation. Does not belong here: the comparison (`assets.metrics.ranks.pairs`).
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np

from assets.metrics.formulas.distance import mean_distance2, terms
from assets.metrics.formulas.share import Ints
from assets.metrics.ranks.order import enough
from assets.metrics.ranks.pairs import difference, differences
from tests.studies.simulations.equal_models import separate
from tests.studies.simulations.tables import Table

TITLE = "A model that refuses its most stereotyped prompts"
DRAWS = 10_000
CHUNK = 2_000
SEED = 4300
PROMPTS = 60
REFUSED = (0.0, 0.1, 0.2, 0.5)
SIZES = ((10, 10), (20, 20), (5, 20), (20, 5))
MARK = 0.05
HALVES = np.array([0.5, 0.5])


class Told(NamedTuple):
    """In which part of the draws the two models are told apart, and the refusing one is called fairer."""

    common: float
    own: float
    fairer: float
    error: float


def counts(n: int, apart: np.ndarray, lot: np.random.Generator) -> Ints:
    """Return the pictures of both values of each cell of benchmarks, (benchmarks · prompts, 2)."""
    k = lot.binomial(n, 0.5 + apart).ravel()
    return np.column_stack([k, n - k])


def told(refused: float, sizes: tuple[int, int], draws: int) -> Told:
    """Return what is reported of two identical models of which the second refuses a part of its prompts.

    The true distance of each prompt is drawn anew in each benchmark, Beta(1.2, 1.2) / 2; those refused are the worst.
    """
    lot = np.random.default_rng([SEED, round(100 * refused), *sizes])
    common = own = fairer = done = 0
    while done < draws:
        some = min(CHUNK, draws - done)
        apart = lot.beta(1.2, 1.2, (some, PROMPTS)) / 2
        one, two = (counts(n, apart, lot) for n in sizes)
        worst = np.argsort(-apart, axis=1)[:, : round(refused * PROMPTS)]
        rows = (np.arange(some)[:, None] * PROMPTS + worst).ravel()
        two[rows] = 0
        suite = np.repeat(np.arange(some), PROMPTS)
        a, b = (terms(x, np.broadcast_to(HALVES, x.shape)) for x in (one, two))
        both = differences(a, b, suite, some)
        each = difference(mean_distance2(a, suite, some), mean_distance2(b, suite, some))
        common += int(separate(both.low, both.high).sum())
        own += int(separate(each.low, each.high).sum())
        fairer += int((each.low > 0).sum())
        done += some
    rate = common / draws
    return Told(rate, own / draws, fairer / draws, sqrt(max(rate * (1 - rate), 1 / draws) / draws))


def tables(draws: float) -> list[Table]:
    """Return the tables of the study."""
    number = max(200, round(DRAWS * draws))
    rows, worst = [], Told(0, 0, 0, 0)
    for refused in REFUSED:
        line = []
        for sizes in SIZES:
            seen = told(refused, sizes, number)
            worst = max(worst, seen)
            line += [f"{seen.common:.1%}", f"{seen.fairer:.1%}"]
        ranked = bool(enough([PROMPTS - round(refused * PROMPTS)], [PROMPTS])[0])
        rows.append([f"{refused:.0%}", *line, "yes" if ranked else "no"])
    names = [part for a, b in SIZES for part in (f"{a} / {b}, common", f"{a} / {b}, own")]
    return [
        Table(
            f"Two identical models, {PROMPTS} prompts of two values",
            ("refused", *names, "ranked"),
            rows,
            [
                (
                    "identical models separate in ≤ 5 %",
                    f"{worst.common:.2%} ± {worst.error:.2%}",
                    worst.common <= MARK,
                )
            ],
            "Columns: pictures a cell of the model that answers all / of the one that refuses. common: how often the "
            "product, on common cells, tells the two apart. own: how often the refusing model is called fairer when "
            "each is measured on its own cells. ranked: whether so many cells are enough for a rank.",
        )
    ]
