"""Windows of models that scatter from week to week: coverage, and how often equal models are told apart.

Belongs here: the simulation. Does not belong here: scatter (`assets.metrics.windows.formulas`), the comparison of
models (`assets.metrics.ranks.order`).
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

import numpy as np

from assets.metrics.formulas import distance
from assets.metrics.formulas.share import Floats, Ints, mean_share
from assets.metrics.ranks.order import Added, compare_counts
from assets.metrics.windows.formulas import HISTORY, QUIET, WINDOW, scatter, weekly, widened
from tests.studies.simulations.tables import Table

TITLE = "Windows: scatter from week to week"
DRAWS = 400
#: Boards of few models cost little, and tell less each.
SMALL_MORE = 4
SEED = 3100
MODELS, PROMPTS, PICTURES = 40, 27, 10
WEEKS = (1, 2, 3, 4, 6, 8, 12)
#: Standard deviation of all shares of a model together, and the correlation of a week with the one before.
SCATTERS = ((0.0, 0.0), (0.03, 0.0), (0.05, 0.0), (0.03, 0.5), (0.05, 0.5))
#: What each prompt shows: all alike, and from one side to the other.
PROFILES = {"all .15": np.full(PROMPTS, 0.15), ".15 to .85": np.linspace(0.15, 0.85, PROMPTS)}
COVERED, COVERED_EARLY, MOST, FALSE = 0.94, 0.90, 0.99, 0.05


@dataclass(frozen=True)
class ScatteredBoard:
    """Equal models of one board: (models, prompts, weeks) pictures with a value, of `PICTURES` each; last week last."""

    k: Floats
    truth: Floats


class WindowRates(NamedTuple):
    """How often figures' intervals hold the truth, of how many; whether two models separate; how wide intervals are."""

    share: float
    mean: float
    distance2: float
    apart: bool
    wider: float


def board(
    profile: Floats, weeks: int, points: float, again: float, lot: np.random.Generator, models: int
) -> ScatteredBoard:
    """Return what models draw whose shares move together, by `points` and with `again` of the last week's move."""
    moved = np.zeros((models, weeks + 30))
    fresh = lot.standard_normal(moved.shape)
    moved[:, 0] = fresh[:, 0]
    for week in range(1, moved.shape[1]):
        moved[:, week] = again * moved[:, week - 1] + sqrt(1 - again**2) * fresh[:, week]
    shares = np.clip(profile[None, :, None] + points * moved[:, None, -weeks:], 0, 1)
    return ScatteredBoard(lot.binomial(PICTURES, shares).astype(float), profile)


def seen(drawn: ScatteredBoard) -> WindowRates:
    """Return what the product says of a board."""
    models, prompts, weeks = drawn.k.shape
    last = drawn.k[:, :, -WINDOW:]
    pooled, n = last.sum(axis=2), np.full((models, prompts), float(PICTURES * last.shape[2]))
    both = np.stack([pooled, n - pooled], axis=-1).reshape(-1, 2)
    terms = distance.terms(both, np.full(both.shape, 0.5))
    suite = np.repeat(np.arange(models), prompts)
    squared = distance.mean_distance2(terms, suite, models)
    mean = mean_share(pooled.ravel(), n.ravel(), suite, models)
    one = mean_share(pooled[:, 0], n[:, 0], np.arange(models), models)
    slope = ((pooled / n - 0.5) / prompts).ravel()
    per_week = drawn.k.reshape(-1, weeks)
    assessed = np.full(per_week.shape, float(PICTURES))
    alike = np.zeros(models, dtype=np.int64)

    def added(k: Floats, size: Floats, gradient: Floats, cell: Ints, figure: Ints) -> Added:
        found = scatter(weekly(k, size, gradient, cell, figure, models), alike, 1)
        return Added(found.variance / min(weeks, WINDOW), found.freedom)

    cells = np.arange(models * prompts)
    twice = np.concatenate([per_week, PICTURES - per_week])
    of_square = added(
        twice,
        np.concatenate([assessed] * 2),
        np.concatenate([slope, -slope]),
        np.tile(cells, 2),
        np.tile(suite, 2),
    )
    of_mean = added(per_week, assessed, np.full(len(cells), 1 / prompts), cells, suite)
    first = np.arange(models) * prompts
    of_one = added(per_week[first], assessed[first], np.ones(models), np.arange(models), np.arange(models))
    figures = (
        (one, of_one, drawn.truth[0]),
        (mean, of_mean, drawn.truth.mean()),
        (squared, of_square, ((drawn.truth - 0.5) ** 2).mean()),
    )
    held = []
    for found, more, truth in figures:
        wide = widened(found, *more)
        held.append(float(np.mean((wide.low <= truth) & (truth <= wide.high))))
    wide = widened(squared, *of_square)
    have = np.ones((models, prompts), dtype=bool)
    told = compare_counts(both.reshape(models, prompts, 2), np.full((prompts, 2), 0.5), have, of_square)
    return WindowRates(
        *held,
        bool(told.farther.any()),
        float(np.mean((wide.high - wide.low) / (squared.high - squared.low))),
    )


def rates(
    name: str, weeks: int, points: float, again: float, draws: int, models: int = MODELS
) -> WindowRates:
    """Return the means over many boards."""
    lot = np.random.default_rng([SEED, weeks, round(1000 * points), round(10 * again), models, len(name)])
    found = [seen(board(PROFILES[name], weeks, points, again, lot, models)) for _ in range(draws)]
    return WindowRates(*(float(np.mean(column)) for column in zip(*found, strict=True)))  # type: ignore[arg-type]


def tables(draws: float) -> list[Table]:
    """Return the tables of the study."""
    number = max(10, round(DRAWS * draws))
    found = []
    for name in PROFILES:
        for models in (MODELS, 5):
            print(f"  {name}, {models} models", file=sys.stderr, flush=True)
            found.append(_table(name, models, number * (SMALL_MORE if models < MODELS else 1)))
    return found


def _table(name: str, models: int, number: int) -> Table:
    rows = []
    least, early, false = 1.0, 1.0, 0.0
    for weeks in WEEKS:
        for points, again in SCATTERS:
            rate = rates(name, weeks, points, again, number, models)
            said = f"{100 * points:.0f} points" + (f", AR({again:g})" if again else "")
            rows.append([str(weeks), said, *map(float, rate[:3]), f"{rate.apart:.1%}", float(rate.wider)])
            if not again:
                worst = min(rate[:3])
                least, early = (min(least, worst), early) if weeks >= HISTORY else (least, min(early, worst))
                false = max(false, float(rate.apart))
    error = sqrt(FALSE * (1 - FALSE) / number)
    return Table(
        f"{models} equal models, {PROMPTS} prompts of {PICTURES} pictures per week, shares {name}",
        ("weeks of history", "scatter", "one prompt", "mean share", "distance2", "false boards", "width"),
        rows,
        [
            ("coverage ≥ .94 with twelve weeks", least, least >= COVERED),
            ("coverage ≥ .90 with fewer", early, early >= COVERED_EARLY),
            (
                "any two separate on ≤ 5 % of boards",
                f"{false:.1%}, standard error {error:.1%}",
                false <= FALSE + 2 * error,
            ),
        ],
        "Coverage of 95 % intervals of a window of four weeks, of fewer where there is less history; boards on which "
        "any two models are told apart; and how much wider intervals of distance2 are than of sampling alone. All "
        "shares of a model move together from week to week. AR(.5): a week keeps half of the last week's move, which "
        f"no such measure sees; it has no mark. Under {QUIET} quiet weeks a model's scatter is that of its board.",
    )
