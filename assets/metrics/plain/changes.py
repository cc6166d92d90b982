"""Changes: when the mean share of a series of weeks moved, and by how much (a sup-t scan of the newest week)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from assets.metrics.plain.arrays import Bools, Floats, Ints, Numbers, divided, median
from assets.metrics.plain.dispersion import used
from assets.metrics.plain.pairs import POWER
from assets.metrics.plain.quantiles import student

BEFORE = (4, 26)  # fewest and most weeks of the level before
AFTER = (2, 13)  # and of the level after
#: z² of a date in the 95 % set lies this near to the best (Hansen 2000, Econometrica 68: 575-603).
DATES = 7.35
SOON = 8  # weeks within which a change would be found
ALIKE = 2  # standard errors by which another model moved alike


class Event(NamedTuple):
    """A reported change; weeks are columns of the counts.

    Attributes:
        model: index.
        opened: week of the report.
        changed: most likely first week of the new level.
        first, last: 95 % set of that week.
        size: difference of mean shares, after less before.
        half: half of its 95 % interval, not corrected for having been found.
        common: whether two other models or more, and half of them or more, moved alike: look at the labeler first.
        since: first week of the level before.
        standard_error: of the size.
        dispersion: of weeks, as used.
        df: degrees of freedom.
        critical: standard errors from which on it is reported.
    """

    model: int
    opened: int
    changed: int
    first: int
    last: int
    size: float
    half: float
    common: bool
    since: int
    standard_error: float
    dispersion: float
    df: int
    critical: float


class _Level(NamedTuple):
    """Weeks of a level, for each model and split; (models, splits) each."""

    weeks: Ints
    mean: Floats
    variance: Floats  # of a week's mean share, if pictures were independent
    squares: Floats  # of weekly deviations
    neighbors: Floats  # their products with the week after


class _Series(NamedTuple):
    """A model's own last weeks, moved together to the end; at most 39."""

    at: Ints  # (models, weeks) column of each week
    asked: Bools  # (models, weeks)
    hits: Numbers  # (models, prompts, weeks)
    pictures: Numbers
    mean: Floats  # (models, weeks) share, of prompts less their own mean
    rate: Floats  # (models, prompts) variance of a week's mean share: Σ p(1 - p) rate


def newest(
    hits: Numbers, pictures: Numbers, start: npt.ArrayLike, series: float, looks: float
) -> tuple[list[Event], float]:
    """Return the changes of a board's models that the newest week brings to light.

    Each split of a model's weeks into 4 to 26 before and 2 to 13 after has a z, the difference of mean weekly shares
    over its standard error (Siegmund 1986, Ann. Stat. 14: 361-404; James, James & Siegmund 1987, Biometrika 74: 71-83;
    Andrews 1993, Econometrica 61: 821-856). Dispersion is of weeks around both levels, its median over the models that
    have the split. Nothing mutes a series: scatter makes dispersion larger and the report later. Weeks in which a model
    was not asked are no weeks. A prompt counts by its deviations from its own mean, so that one that is added, dropped
    or missing moves nothing.

    Args:
        hits: (models, prompts, weeks) pictures that show the value, up to the newest week.
        pictures: pictures read; 0 where nothing was asked.
        start: (models,) first week that counts.
        series: all that are looked at in this week, over all boards.
        looks: a change is reported at p < 1 / (looks · series).

    Returns:
        Events, and the change, in points, that would be found within eight weeks in four of five cases at the median
        model; NaN where no model has enough weeks.
    """
    after = np.arange(AFTER[0], AFTER[1] + 1)
    of = _series(hits, pictures, np.asarray(start))
    cut = of.at.shape[1] - after  # first week after each split
    place = np.arange(of.at.shape[1]) - cut[:, None]
    own = of.asked[:, None]
    late, early = _level(of, (place >= 0) & own), _level(of, (place < 0) & (place >= -BEFORE[1]) & own)
    both, valid = _level(of, own).variance, early.weeks >= BEFORE[0]
    variance_late, variance_early = np.maximum(late.variance, both), np.maximum(early.variance, both)
    freedom = np.where(valid, late.weeks + early.weeks - 2, 0)
    expected = (late.weeks - 1) * variance_late + (early.weeks - 1) * variance_early
    expected = np.where(valid, expected, np.nan)
    squares, neighbors = late.squares + early.squares, late.neighbors + early.neighbors
    scatter = used(squares / expected, neighbors / expected, freedom, 0)
    independent = variance_late / late.weeks + variance_early / early.weeks
    error = np.sqrt(np.where(valid, scatter * independent, np.nan))
    size = late.mean - early.mean
    z, df = np.where(valid, size / error, 0.0), np.maximum(freedom.sum(0), 1)
    limit = -student(df, 0.5 / (looks * series))
    found = []
    for model, split in enumerate(np.argmax(np.abs(z), 1)):
        best = z[model, split]
        if abs(best) <= limit[split]:
            continue
        near = valid[model] & (best**2 - z[model] ** 2 <= DATES)
        dates = of.at[model, cut[near]]
        alike = int((np.delete(z[:, split], model) * np.sign(best) > ALIKE).sum())
        others = int(valid[:, split].sum()) - 1
        found.append(
            Event(
                model=model,
                opened=hits.shape[2] - 1,
                changed=int(of.at[model, cut[split]]),
                first=int(dates.min()),
                last=int(dates.max()),
                size=float(size[model, split]),
                half=float(student(df[split]) * error[model, split]),
                common=alike >= 2 and 2 * alike >= others,
                since=int(of.at[model, cut[split] - early.weeks[model, split]]),
                standard_error=float(error[model, split]),
                dispersion=float(scatter[model, split]),
                df=int(df[split]),
                critical=float(limit[split]),
            )
        )
    return found, 100 * float(median(((limit + POWER) * error)[:, SOON - AFTER[0]]))


def _series(hits: Numbers, pictures: Numbers, start: Numbers) -> _Series:
    weeks = pictures.shape[2]
    asked = (pictures.sum(1) > 0) & (np.arange(weeks) >= start[:, None])
    asked &= pictures[..., -1:].sum(1) > 0  # nothing new of a model that was not asked in the newest week
    at = np.argsort(asked, axis=1, kind="stable")[:, -BEFORE[1] - AFTER[1] :]
    own = np.take_along_axis(asked, at, 1)
    k, n = (np.take_along_axis(part, at[:, None], 2) * own[:, None] for part in (hits, pictures))
    share, prompts = divided(k, n), np.maximum((n > 0).sum(1), 1)
    middle = divided(share.sum(2), (n > 0).sum(2))
    mean = np.where(n > 0, share - middle[..., None], 0).sum(1) / prompts
    rate = divided((divided(1.0, n) / prompts[:, None] ** 2).sum(2), own.sum(1, keepdims=True))
    return _Series(at, own, k, n, mean, rate)


def _level(of: _Series, weeks: Bools) -> _Level:
    """Return levels over weeks (models, splits, weeks)."""
    number = np.maximum(weeks.sum(2), 1)
    across = weeks.swapaxes(1, 2)
    share = (of.hits @ across + 0.5) / (of.pictures @ across + 1)  # half a picture more of either kind
    mean = (of.mean[:, None] * weeks).sum(2) / number
    off = (of.mean[:, None] - mean[..., None]) * weeks
    variance = (share * (1 - share) * of.rate[..., None]).sum(1)
    return _Level(number, mean, variance, (off**2).sum(2), (off[..., 1:] * off[..., :-1]).sum(2))
