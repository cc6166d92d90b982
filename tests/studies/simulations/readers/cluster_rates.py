"""Pictures that are drawn four at a time and are alike: rates, and single weeks.

Belongs here: coverage. Does not belong here: the draws (`clusters`).
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from assets.metrics.formulas import distance
from assets.metrics.formulas.share import by_group, mean_share, wilson
from tests.studies.simulations.readers.clusters import (
    SEED,
    SHAPES,
    SIZE,
    TRUTHS,
    _holds,
    drawn,
    effects_of,
    parts,
    planted,
)
from tests.studies.simulations.tables import Table

TITLE = "Rates and single weeks of pictures that were drawn together"
DRAWS = 4_000
COVERED = 0.92


def of_rates(truth: str, prompts: int, clusters: int, rho: float, draws: int) -> tuple[float, float]:
    """Return how often the interval of a rate of a whole suite holds the truth, and with every picture counted."""
    lot = np.random.default_rng([SEED, 7, prompts, clusters, round(1000 * rho), TRUTHS.index(truth)])
    shares = planted(truth, prompts)
    values, found = effects_of(drawn(shares, clusters, np.full(prompts, rho), draws, lot))
    of = np.repeat(np.arange(draws), prompts)
    k, n = (by_group(part, of, draws) for part in (values[:, 0], values.sum(axis=1)))
    ends = (wilson(k / effect, n / effect) for effect in (found.of_group, np.ones(draws)))
    covered = [float(_holds(one.low, one.high, float(shares.mean())).mean()) for one in ends]
    return covered[0], covered[1]


def of_week(truth: str, clusters: int, rho: float, draws: int) -> tuple[float, ...]:
    """Return how often intervals of a week of 27 prompts hold the truth: one prompt, mean share, distance, each twice.

    First as published, then with every picture counted.
    """
    prompts = 27
    lot = np.random.default_rng([SEED, 9, clusters, round(1000 * rho), TRUTHS.index(truth)])
    shares = planted(truth, prompts)
    values, found = effects_of(drawn(shares, clusters, np.full(prompts, rho), draws, lot))
    group, wanted = np.repeat(np.arange(draws), prompts), sqrt(float(np.mean((shares - 0.5) ** 2)))
    covered: list[list[float]] = [[], []]
    for place, effect in enumerate((found.of_cell, np.ones(len(values)))):
        k, n = values[:, 0] / effect, values.sum(axis=1) / effect
        alone = wilson(k, n)
        mean = mean_share(k, n, group, draws)
        far = distance.rooted(distance.mean_distance2(parts(values, effect), group, draws))
        inside = (alone.low <= np.tile(shares, draws)) & (alone.high >= np.tile(shares, draws))
        covered[place] = [
            float(inside.mean()),
            float(_holds(mean.low, mean.high, float(shares.mean())).mean()),
            float(_holds(far.low, far.high, wanted).mean()),
        ]
    return tuple(one for pair in zip(*covered, strict=True) for one in pair)


def tables(draws: float) -> list[Table]:
    """Return coverage, each the least over three truths."""
    many = max(round(DRAWS * draws), 1)

    def least(found: list[tuple[float, ...]]) -> list[float]:
        return [float(one) for one in np.min(found, axis=0)]

    rates = [
        (
            f"{prompts} x {clusters} of {SIZE}",
            rho,
            *least([of_rates(one, prompts, clusters, rho, many) for one in TRUTHS]),
        )
        for prompts, clusters in SHAPES
        for rho in (0.0, 0.2, 0.4, 0.9)
    ]
    weeks = [
        (f"27 x {clusters} of {SIZE}", rho, *least([of_week(one, clusters, rho, many) for one in TRUTHS]))
        for clusters in (3, 5)
        for rho in (0.0, 0.2, 0.4, 0.9)
    ]
    names = ("prompts x clusters", "correlation")
    return [
        _table("of a rate of a whole suite", (*names, "rate", "as independent"), rates, (2,)),
        _table(
            "of a week: one prompt's share, the mean share, distance",
            (
                *names,
                *(text for one in ("one prompt", "share", "distance") for text in (one, "as independent")),
            ),
            weeks,
            (2, 4, 6),
        ),
    ]


def _table(
    title: str, names: tuple[str, ...], rows: list[tuple[object, ...]], published: tuple[int, ...]
) -> Table:
    low = min(float(str(row[place])) for row in rows for place in published)
    mark = (f"least coverage: {COVERED} or more", low, low >= COVERED)
    return Table(f"Least coverage of 95 % intervals {title}, over three truths", names, rows, [mark])
