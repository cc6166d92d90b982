"""Which change of a share could be seen, within three and within eight weeks: for planning a design.

How well the calculation agrees with simulated series is in the study `drift`.

It is a calculation, not a simulation: a quiet half year, then a change around one half (where shares scatter most),
in all prompts or in one. Counts before it are as expected; counts after it are enumerated. The change is found where
the evidence that four of five draws reach is enough for a change that is alone among all series of the week.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache, partial

import numpy as np

from assets.metrics.drift import ebh
from assets.metrics.drift import evidence as drift
from assets.metrics.drift.likelihood import MANY
from assets.metrics.formulas.share import Floats

#: Weeks before the change, weeks within which it is to be found, and in which share of cases.
QUIET = 26
WITHIN = (3, 8)
POWER = 0.8
#: Normal quantile of `POWER`.
_Z = 0.8416212335729143
_STEPS = 10


def looked_at(series: int) -> int:
    """Return how many series count as looked at together: the next power of two, so that few sizes are computed."""
    return 1 << (series - 1).bit_length()


@lru_cache(maxsize=4096)
def smallest_shift(n: int, cells: int, series: int, weeks: int, everywhere: bool) -> float | None:
    """Return the smallest change of a share, in steps of a thousandth, that is found; None where none up to 1 is.

    Args:
        n: assessed pictures of a prompt and week.
        cells: prompts of the suite.
        series: how many series are looked at together.
        weeks: within how many weeks it is to be found.
        everywhere: True if it happens in all prompts, False if in one of them.
    """
    needed = math.log(series / ebh.LEVEL) - math.log(drift.start_prior(QUIET + 1)[QUIET])

    def found(shift: float) -> bool:
        return _evidence(n, cells, weeks, shift, everywhere) >= needed

    if n < 1 or not found(1.0):
        return None
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if found(middle) else (middle, high)
    return round(high, 3)


def _evidence(n: int, cells: int, weeks: int, shift: float, everywhere: bool) -> float:
    """Return the log likelihood ratio that is reached in a suite in which a change came `QUIET` weeks after its start.

    The prior shares of changed cells are taken one at a time, and the best; sums over cells are taken as normal.
    """
    changed = _ratios(n, weeks, shift)
    quiet = _ratios(n, weeks, 0.0)
    best = -math.inf
    for chance, weight in drift.chances(cells):
        mean, spread = _moments(changed, partial(_log_mixed, chance))
        if everywhere and cells > 1:
            reached = cells * mean - _Z * math.sqrt(cells) * spread
        else:
            rest, _ = _moments(quiet, partial(_log_mixed, chance))
            ratio, probability = changed
            order = np.argsort(ratio)
            poor = order[np.searchsorted(np.cumsum(probability[order]), 1 - POWER)]
            reached = math.log(1 - chance + chance * float(ratio[poor])) + (cells - 1) * rest
        best = max(best, reached + math.log(weight))
    return best


def _log_mixed(chance: float, ratio: Floats) -> Floats:
    mixed: Floats = np.log(1 - chance + chance * ratio)
    return mixed


def _moments(drawn: tuple[Floats, Floats], of: Callable[[Floats], Floats]) -> tuple[float, float]:
    """Return mean and standard deviation of a function of ratios that are drawn with probabilities."""
    values, probability = of(drawn[0]), drawn[1]
    mean = float((values * probability).sum())
    return mean, math.sqrt(max(float((values**2 * probability).sum()) - mean**2, 0.0))


@lru_cache(maxsize=4096)
def _ratios(n: int, weeks: int, shift: float) -> tuple[Floats, Floats]:
    """Return the likelihood ratios of a cell after a change around one half, and the probability of each.

    Counts are binomial with Beta(½, ½) shares; where scatter is looked for, pictures count for less, by the variance
    that a scatter of two points adds.
    """
    scattered = n >= drift.CELL_PICTURES
    worth = 1 / (1 + (n - 1) * MANY.scatters[1] ** 2 * 4) if scattered else 1.0
    before, after = (1 - shift) / 2, (1 + shift) / 2
    total = n * weeks
    hits = np.arange(total + 1)
    if after == 1:
        probability = (hits == total).astype(float)
    else:
        log = math.log(after), math.log1p(-after)
        size = math.lgamma(total + 1)
        probability = np.exp(
            [
                size - math.lgamma(k + 1) - math.lgamma(total - k + 1) + k * log[0] + (total - k) * log[1]
                for k in hits
            ]
        )
    quiet = n * QUIET
    ratio = [
        _marginal(quiet * before * worth, quiet * worth)
        + _marginal(k * worth, total * worth)
        - _marginal((quiet * before + k) * worth, (quiet + total) * worth)
        for k in hits
    ]
    return np.exp(np.minimum(ratio, 300.0)), probability


def _marginal(k: float, n: float) -> float:
    """Return log B(k + ½, n - k + ½) / B(½, ½)."""
    return math.lgamma(k + 0.5) + math.lgamma(n - k + 0.5) - math.lgamma(n + 1) - math.log(math.pi)
