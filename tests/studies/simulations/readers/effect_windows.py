"""What one word changes in four weeks, of models that scatter: coverage, and how often nothing passes for an effect.

Belongs here: the simulation. Does not belong here: intervals of one week (`effects`), what is simulated of them
(`assets.metrics.effects`).
"""

from __future__ import annotations

import sys
from math import sqrt
from typing import NamedTuple

import numpy as np
import polars as pl

from assets.metrics.counting.cells import Cells
from assets.metrics.effects.pairs import Pairs
from assets.metrics.effects.rows import distance_rows, sampling_alone, share_rows
from assets.metrics.effects.windows import Scattered
from assets.metrics.windows.formulas import HISTORY, PICTURES, QUIET, WINDOW
from tests.studies.simulations.tables import Table

TITLE = "What one word changes, in windows"
DRAWS = 400
#: Boards of few models cost little, and tell less each.
SMALL_MORE = 4
SEED = 5100
#: Of each side of each pair, in a week.
EACH = 10
WEEKS = (1, 2, 4, 12)
#: Standard deviation of all shares of a side, and whether both sides move together.
SCATTERS = ((0.0, True), (0.03, True), (0.05, True), (0.03, False), (0.05, False))
#: Shares before and after of each pair: a word that changes nothing, one that changes much.
NOTHING = ((0.3, 0.3), (0.15, 0.15), (0.5, 0.5), (0.2, 0.2), (0.4, 0.4))
MUCH = ((0.15, 0.7), (0.1, 0.65), (0.12, 0.75), (0.15, 0.6), (0.1, 0.8))
COVERED, COVERED_EARLY, FALSE = 0.94, 0.90, 0.05


class EffectRates(NamedTuple):
    """Coverage of one pair, of five and of their `distance2`; false effects; width."""

    one: float
    five: float
    distance2: float
    false: float
    wider: float


def pairs_of(
    moves: tuple[tuple[float, float], ...],
    weeks: int,
    scatter: tuple[float, bool],
    boards: int,
    models: int,
    lot: np.random.Generator,
) -> tuple[Pairs, Scattered]:
    """Return pairs of all models of all boards, each model a group, and what scatters them."""
    many, pairs = boards * models, len(moves)
    points, shared = scatter
    moved = points * lot.standard_normal((many, 1, 2, weeks))
    if shared:
        moved[:, :, 1] = moved[:, :, 0]
    shares = np.clip(np.array(moves)[None, :, :, None] + moved, 0, 1)
    k = np.zeros((many * pairs * 2, HISTORY))
    k[:, :weeks] = lot.binomial(EACH, shares).reshape(-1, weeks)
    n = np.zeros(HISTORY)
    n[:weeks] = EACH
    both = np.stack([k, n - k], axis=1)  # of each cell: pictures with the value, and the others
    rows = len(k)
    place = np.tile(np.arange(2, dtype=np.int32), (rows, 1))
    keys = {"suite": np.repeat(np.arange(boards), models), "model": np.arange(many)}
    frame = pl.DataFrame(keys).with_columns(
        kind=pl.lit("controlled"), a=pl.lit("a"), b=pl.lit("b"), planned_cells=pairs
    )
    cell = pl.DataFrame(
        {
            "suite": np.repeat(keys["suite"], pairs * 2),
            "subject": np.tile(np.repeat(np.arange(pairs), 2), many),
            "pictures": np.full(rows, EACH * min(weeks, WINDOW)),
        }
    )
    counts = both[:, :, :WINDOW].sum(axis=2)
    even, yes = np.full(counts.shape, 0.5), np.ones(counts.shape, dtype=bool)
    cells = Cells(cell, counts, yes, place, even, np.ones(rows, dtype=bool), pl.Series(["yes", "no"]))
    a = np.arange(0, rows, 2)
    found = Pairs(cells, a, a + 1, np.repeat(np.arange(many), pairs), frame)
    return found, Scattered(np.arange(rows * 2).reshape(rows, 2), both.reshape(rows * 2, HISTORY))


def _figures(found: pl.DataFrame, value: str | None = "yes") -> pl.DataFrame:
    return found.filter((pl.col("value_name") == value) if value else pl.lit(value=True))


def _held(found: pl.DataFrame, truth: float) -> float:
    told = found.filter(pl.col("estimate").is_not_null())
    return float(((told["low"] <= truth) & (truth <= told["high"])).mean())  # type: ignore[arg-type]


def rates(
    weeks: int, scatter: tuple[float, bool], draws: int, models: int, *, widen: bool = True
) -> EffectRates:
    """Return what the product says of many boards; without `widen` of sampling alone."""
    lot = np.random.default_rng([SEED, weeks, round(1000 * scatter[0]), scatter[1], models])
    true = np.array(MUCH)
    squares = (true - 0.5) ** 2

    def asked(moves: tuple[tuple[float, float], ...]) -> tuple[Pairs, Scattered]:
        return pairs_of(moves, weeks, scatter, draws, models, lot)

    one, of_one = asked(MUCH[:1])
    five, of_five = asked(MUCH)
    same, of_same = asked(NOTHING)
    alone, of_alone = asked(NOTHING[:1])
    spreads = [found if widen else sampling_alone for found in (of_one, of_five, of_same, of_alone)]
    (told,) = share_rows(one, PICTURES, spreads[0])
    (mean,) = share_rows(five, PICTURES, spreads[1])
    (squared,) = distance_rows(five, PICTURES, spreads[1])
    (plain,) = distance_rows(five, PICTURES)
    nothing = [
        _figures(next(iter(share_rows(pairs, PICTURES, spread))))
        for pairs, spread in ((same, spreads[2]), (alone, spreads[3]))
    ]
    clear = [float(((found["low"] > 0) | (found["high"] < 0)).mean()) for found in nothing]  # type: ignore[arg-type]
    width = (squared["high"] - squared["low"]) / (plain["high"] - plain["low"])
    return EffectRates(
        _held(_figures(told), float(true[0, 1] - true[0, 0])),
        _held(_figures(mean), float((true[:, 1] - true[:, 0]).mean())),
        _held(squared, float((squares[:, 1] - squares[:, 0]).mean())),
        max(clear),
        float(width.mean()),  # type: ignore[arg-type]
    )


def tables(draws: float) -> list[Table]:
    """Return the tables of the study."""
    number = max(10, round(DRAWS * draws))
    return [_table(models, number * (SMALL_MORE if models == 5 else 1)) for models in (40, 5)]


def _table(models: int, number: int) -> Table:
    rows = []
    least, early, false = 1.0, 1.0, 0.0
    for weeks in WEEKS:
        for scatter in SCATTERS:
            print(f"  {models} models, {weeks} weeks, {scatter}", file=sys.stderr, flush=True)
            rate = rates(weeks, scatter, number, models)
            points = f"{100 * scatter[0]:.0f} points"
            said = (
                points
                if not scatter[0]
                else f"{points}, {'both sides together' if scatter[1] else 'each side alone'}"
            )
            rows.append([str(weeks), said, *map(float, rate[:3]), f"{rate.false:.1%}", float(rate.wider)])
            worst = min(rate[:3])
            least, early = (min(least, worst), early) if weeks >= HISTORY else (least, min(early, worst))
            false = max(false, rate.false)
    error = sqrt(FALSE * (1 - FALSE) / number / models)
    return Table(
        f"Boards of {models} models; five pairs of {EACH} pictures per week and side",
        (
            *("weeks of history", "scatter", "one pair", "five pairs", "distance2"),
            *("false effects", "width"),
        ),
        rows,
        [
            ("coverage ≥ .94 with twelve weeks", least, least >= COVERED),
            ("coverage ≥ .90 with fewer", early, early >= COVERED_EARLY),
            (
                "a word that changes nothing is clear in ≤ 5 %",
                f"{false:.1%}, standard error {error:.1%}",
                false <= FALSE + 2 * error,
            ),
        ],
        "Coverage of 95 % intervals of a window of four weeks, of fewer where there is less history: of the change of "
        "a share (one pair of prompts, five), and of distance2; effects called "
        "clear of words that change nothing (one pair or five, the more frequent); how much wider intervals of "
        f"distance2 are than of sampling alone. Under {QUIET} quiet weeks a model's scatter is that of its board.",
    )
