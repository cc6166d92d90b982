"""Windows around a change: how far their figure lags behind, until the change is opened and they begin anew.

Belongs here: the simulation. Does not belong here: evidence and opening (`assets.metrics.drift.scan`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assets.metrics.drift.scan import scan
from assets.metrics.formulas.share import Floats, mean_share
from assets.metrics.windows.formulas import WINDOW, scatter, weekly, widened
from tests.studies.simulations.tables import Table

TITLE = "Windows around a change"
SERIES = 300
SEED = 3200
PROMPTS, PICTURES = 27, 10
BEFORE, AFTER = 12, 8
STEPS = (0.05, 0.1, 0.15, 0.25)
POINTS = (0.0, 0.03)
#: Once opened, and from the fourth week after a change on, the figure is right but for noise.
BIAS = 0.01


class Lag(NamedTuple):
    """Of each week from the change on, (weeks,): opened so far, the figure less the share of the week, coverage."""

    opened: Floats
    bias: Floats
    bias_opened: Floats
    covered: Floats


def lag(step: float, points: float, draws: int) -> Lag:
    """Return what windows of the mean share say in the weeks from a change of that size on."""
    lot = np.random.default_rng([SEED, round(100 * step), round(100 * points)])
    opened, error = np.zeros((draws, AFTER), dtype=bool), np.zeros((draws, AFTER))
    held = np.zeros((draws, AFTER), dtype=bool)
    profile = np.linspace(0.1, 0.6, PROMPTS)
    for one in range(draws):
        level = profile[:, None] + step * (np.arange(BEFORE + AFTER) >= BEFORE)
        moved = np.clip(level + points * lot.standard_normal(BEFORE + AFTER), 0, 1)
        k = lot.binomial(PICTURES, moved)
        n = np.full(k.shape, PICTURES)
        events = scan(k, n, np.zeros(PROMPTS, dtype=np.int64), 1)
        for after in range(AFTER):
            week = BEFORE + after
            known = [event for event in events if event.cell is None and event.opened <= week]
            first = max(week - WINDOW + 1, max((event.changed for event in known), default=0))
            quiet = max((event.changed for event in known), default=0)
            opened[one, after] = bool(known)
            found = _window(k, first, quiet, week)
            error[one, after] = found[0] - level[:, week].mean()
            held[one, after] = found[1] <= level[:, week].mean() <= found[2]
    told = np.where(opened, error, np.nan)
    with np.errstate(invalid="ignore"):
        counted = np.maximum(opened.sum(axis=0), 1)
        of_opened = np.where(opened.any(axis=0), np.nansum(told, axis=0) / counted, np.nan)
    return Lag(opened.mean(axis=0), error.mean(axis=0), of_opened, held.mean(axis=0))


def _window(k: Floats, first: int, quiet: int, week: int) -> tuple[float, float, float]:
    """Return the mean share of the weeks from `first` to `week` with its interval, scatter of those from `quiet` on."""
    weeks = week - first + 1
    suite = np.zeros(PROMPTS, dtype=np.int64)
    pooled = k[:, first : week + 1].sum(axis=1).astype(float)
    found = mean_share(pooled, np.full(PROMPTS, float(PICTURES * weeks)), suite, 1)
    past = k[:, max(quiet, week - 11) : week + 1].astype(float)
    assessed = np.full(past.shape, float(PICTURES))
    each = weekly(past, assessed, np.full(PROMPTS, 1 / PROMPTS), np.arange(PROMPTS), suite, 1)
    more = scatter(each, suite[:1], 1)
    wide = widened(found, more.variance / weeks, more.freedom)
    return float(found.estimate[0]), float(wide.low[0]), float(wide.high[0])


def tables(draws: float) -> list[Table]:
    """Return the table of the study."""
    number = max(40, round(SERIES * draws))
    rows, marks = [], []
    for points in POINTS:
        for step in STEPS:
            seen = lag(step, points, number)
            for after in range(AFTER):
                rows.append(
                    [
                        f"{100 * points:.0f}",
                        f"{100 * step:.0f}",
                        str(after + 1),
                        f"{seen.opened[after]:.0%}",
                        f"{100 * seen.bias[after]:+.1f}",
                        "" if np.isnan(seen.bias_opened[after]) else f"{100 * seen.bias_opened[after]:+.1f}",
                        f"{seen.covered[after]:.0%}",
                    ]
                )
            settled = float(np.abs(seen.bias[WINDOW - 1 :]).max())
            said = (
                f"from the fourth week on |bias| ≤ 1 point: scatter {100 * points:.0f}, step {100 * step:.0f}"
            )
            marks.append((said, f"{100 * settled:.2f}", settled <= BIAS + 3 * 0.02 / number**0.5))
    return [
        Table(
            f"A step of all shares, {PROMPTS} prompts of {PICTURES} pictures per week, {BEFORE} quiet weeks before",
            ("scatter", "step", "week", "opened", "bias", "bias, opened", "coverage"),
            rows,
            marks,
            "Points. Bias: the mean share that the window says, less that of the week. Opened: of those whose window "
            "had begun anew. Coverage: of 95 % intervals, for the share of the week.",
        )
    ]
