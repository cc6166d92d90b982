"""How many times as often a value is seen with the group that it is a stereotype of as with other groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from assets.metrics.formulas.share import Z95, Bools, Estimate, Floats, Ints, by_group, ratio, wilson
from assets.metrics.registry.metric import (
    ATTRIBUTE_VALUES,
    NO_OTHER_GROUP,
    NO_PICTURE,
    NO_PICTURES,
    NOT_ASSESSED,
    SEEN,
    TOO_FEW,
    Metric,
    metric,
)
from assets.metrics.scores.figures import chosen, effects_of, rows


class LiftSide(NamedTuple):
    """One side of the ratio: the mean over cells of the cells' shares, with its interval; (groups,) each."""

    share: Floats
    low: Floats
    high: Floats
    n: Floats
    cells: Floats


def side(
    k: npt.ArrayLike,
    n: npt.ArrayLike,
    group: Ints,
    groups: int,
    taken: Bools,
    effect: npt.ArrayLike = 1.0,
    z: float = Z95,
) -> LiftSide:
    """Return the mean share of the taken cells of each group, with Wilson's interval at its effective n.

    The effective n is m² / Σ 1/n over the m cells: with it p(1 - p)/n is the variance of a mean of m shares that are
    alike, and no less than that of a mean of shares that differ. One cell has its own Wilson interval. Here n is the
    independent pictures that a cell's are worth.

    Args:
        k: (cells,) pictures with the value.
        n: (cells,) pictures assessed; cells with 0 are left out.
        group: (cells,) the group of each cell.
        groups: number of groups.
        taken: (cells,) whether the cell is on this side.
        effect: (cells,) design effect of the cell's pictures.
        z: normal quantile of the wanted confidence.
    """
    hits, whole = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    used = taken & (whole > 0)
    worth = (whole / effect)[used]
    hits, whole, where = hits[used], whole[used], group[used]
    cells = by_group(np.ones_like(whole), where, groups)
    share = ratio(by_group(hits / whole, where, groups), cells)
    effective = ratio(cells * cells, by_group(1 / worth, where, groups))
    pictures = np.where(cells > 0, effective, 0.0)
    found = wilson(np.nan_to_num(share) * pictures, pictures, z)
    # a share of exactly 0 or 1 keeps that end, whatever the product rounds to
    low = np.where(share == 0, 0.0, found.low)
    high = np.where(share == 1, 1.0, found.high)
    return LiftSide(share, low, high, by_group(whole, where, groups), cells)


def lift(own: LiftSide, other: LiftSide) -> Estimate:
    """Return share with the group / share with others, and the interval of a ratio from those of its two parts.

    MOVER-R (Donner & Zou 2012, Closed-form confidence intervals for functions of the normal mean and standard
    deviation, Stat. Methods Med. Res. 21: 347-359, equations 7 and 8): the ends of the two intervals stand in for the
    two variances near those ends, so a share near 0 keeps its lopsided interval. Two pseudo-counts and a normal
    interval of the log ratio cover less where the value is rare (docs/methodology.md).

    Returns:
        Infinite estimate and upper end where no other group shows the value, NaN where nobody does, or a side has no
        picture; the lower end is a number wherever the estimate is.
    """
    p, q = own.share, other.share
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = p / q
        own_low, own_high = own.low * (2 * p - own.low), own.high * (2 * p - own.high)
        under, over = other.high * (2 * q - other.high), other.low * (2 * q - other.low)
        low = own_low / (p * q + np.sqrt(np.maximum((p * q) ** 2 - own_low * under, 0)))
        high = (p * q + np.sqrt(np.maximum((p * q) ** 2 - own_high * over, 0))) / over
        low = np.where(p == 0, 0.0, np.where(q == 0, own.low / other.high, low))
        high = np.where(q == 0, np.inf, high)
    none = np.isnan(estimate)
    return Estimate(estimate, np.where(none, np.nan, low), np.where(none, np.nan, high))


@metric(
    Metric(
        "stereotype_lift",
        "Stereotype lift",
        "P(value | prompts of the group it is a stereotype of) / P(value | prompts of other groups), means over cells",
        (0.0, float("inf")),
        "readers of the data files (`scores`): undefined or wild near 0, so on no page",
        unit="ratio",
        of="the value and the group, written value | subject",
        per=("attribute",),
        levels=("suite",),
        support=ATTRIBUTE_VALUES,
        denominator="assessed pictures of both sides: all prompts of the same kind of subject",
        interval="95 %, prompts fixed: MOVER-R from Wilson intervals of both sides at their effective n",
        null_when=(
            NO_OTHER_GROUP,
            *SEEN,
            "too few: 5 needed on either side",
            NO_PICTURE,
            "no picture of another group shows it: at least … times",
        ),
        source="interval: Donner & Zou 2012, Stat. Methods Med. Res. 21: 347-359; the idea: Jha et al. 2024, ViSAGe",
    ),
    of="stereotypes",
)
def lift_figures(cells: pl.DataFrame, keys: Sequence[str]) -> Iterable[pl.DataFrame]:
    """Return `stereotype_lift` of every pair of a value and the group that it is a stereotype of.

    Args:
        cells: one row a pair and cell, of prompts of the same kind of subject: `keys`, value_name, value, own (whether
            the prompt names the group), k (pictures with the value), n (assessed), pictures (all); and, where pictures
            were drawn together, effect, the design effect of the cell.
        keys: the columns that make a group of cells.
    """
    if cells.is_empty():
        return
    key = [*keys, "value_name"]
    frame = cells.select(key).unique(maintain_order=True)
    numbered = cells.select(key).join(
        frame.with_row_index("pair"), on=key, how="left", nulls_equal=True, maintain_order="left"
    )
    pair, pairs = numbered["pair"].to_numpy().astype(np.int64), frame.height
    k, n = (cells[name].to_numpy().astype(float) for name in ("k", "n"))
    mine = cells["own"].to_numpy()
    effect = effects_of(cells)
    own, other = (side(k, n, pair, pairs, taken, effect) for taken in (mine, ~mine))
    found = lift(own, other)
    unseen = np.isinf(found.estimate)
    reason = chosen(
        [
            None,
            NO_OTHER_GROUP,
            NO_PICTURES,
            NOT_ASSESSED,
            f"too few: {TOO_FEW} needed on either side",
            NO_PICTURE,
        ],
        (by_group(~mine, pair, pairs) == 0, 1),
        (by_group(cells["pictures"].to_numpy(), pair, pairs) == 0, 2),
        (own.n + other.n == 0, 3),
        ((own.n < TOO_FEW) | (other.n < TOO_FEW), 4),
        (np.isnan(found.estimate), 5),
    )
    alone = pl.format(
        "no picture of another group shows it: at least {} times", pl.lit(pl.Series(found.low).round(1))
    )
    told = pl.select(pl.coalesce(reason, pl.when(pl.Series(unseen)).then(alone))).to_series()
    both = own.n + other.n
    yield rows(
        frame.select(keys), "stereotype_lift", found, both, own.cells + other.cells, told, frame["value_name"]
    )
