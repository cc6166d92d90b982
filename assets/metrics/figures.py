"""From arrays to rows: each family's formulas applied to single cells and to groups of cells, with reasons for NULL.

Belongs here: which cells enter a figure, what it counts, and why it may be missing. Does not belong here: formulas
(one module a family), reading and the final columns (`scores`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from assets.metrics import distance, share, tvd
from assets.metrics.cells import Cells
from assets.metrics.rates import Rate
from assets.metrics.registry import NO_PICTURES, NO_REFERENCE, NOT_ASSESSED, TOO_FEW
from assets.metrics.share import Bools, Estimate, Floats, Ints, by_group

Objects = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Groups:
    """Cells in groups: each cell by itself, or a suite's cells together.

    Attributes:
        cells: the cells, each in one group.
        frame: one row a group: the key columns of its figures.
        of: (C,) the group of each cell.
        single: whether every cell is a group of its own.
    """

    cells: Cells
    frame: pl.DataFrame
    of: Ints
    single: bool

    def total(self, values: npt.ArrayLike) -> Floats:
        """Return the sum over the cells of each group."""
        return by_group(values, self.of, self.frame.height)

    def mean(self, values: Floats, used: Bools) -> Estimate:
        """Return the mean over the used cells of each group, without an interval."""
        mean = share.ratio(self.total(np.where(used, values, 0)), self.total(used))
        nothing = np.full(mean.shape, np.nan)
        return Estimate(mean, nothing, nothing)


def each(cells: Cells, keys: Sequence[str]) -> Groups:
    """Return every cell as a group of its own; `keys` name the columns of its figures."""
    return Groups(cells, cells.frame.select(keys), np.arange(cells.frame.height), single=True)


def together(cells: Cells, keys: Sequence[str]) -> Groups:
    """Return the cells that agree in `keys` as one group, in order of first appearance."""
    frame = cells.frame.select(keys).unique(maintain_order=True)
    numbers = cells.frame.select(keys).join(
        frame.with_row_index("group"), on=list(keys), how="left", nulls_equal=True, maintain_order="left"
    )
    return Groups(cells, frame, numbers["group"].to_numpy().astype(np.int64), single=False)


@dataclass(frozen=True)
class Basis:
    """What stands behind the figures of each group: the cells that enter, their pictures, or why there is nothing."""

    used: Bools  # (C,) whether the cell enters
    n: Floats  # (G,) pictures of the cells that enter; of all cells where none does
    cells: Floats  # (G,)
    reason: Objects  # (G,) None where there is a figure


def basis(groups: Groups, per_cell: int = 1, behind: int = 1) -> Basis:
    """Return what stands behind figures that need `per_cell` pictures in a cell and `behind` in all."""
    cells, n = groups.cells, groups.cells.counts.sum(axis=1)
    used = cells.referenced & (n >= per_cell)
    count, inside = groups.total(used), groups.total(np.where(used, n, 0))
    every = groups.total(n)
    pictures = groups.total(np.where(cells.referenced, cells.frame["pictures"].to_numpy(), 0))
    whole = np.where(count > 0, inside, every)
    needed = max(per_cell, behind) if groups.single else behind
    reason: Objects = np.full(groups.frame.height, None, dtype=object)
    few = inside < behind
    if groups.single:
        few |= count == 0
    else:
        reason[count == 0] = f"too few: no prompt has {per_cell} assessed pictures"
        few &= count > 0
    reason[few] = [f"too few: {int(seen)} of {needed} needed" for seen in whole[few]]
    for missing, text in (
        (every == 0, NOT_ASSESSED),
        (pictures == 0, NO_PICTURES),
        (groups.total(cells.referenced) == 0, NO_REFERENCE),
    ):
        reason[missing] = text
    return Basis(used, whole, count, reason)


def share_figures(groups: Groups) -> Iterable[pl.DataFrame]:
    """Return `share` of every value of every group, and `max_share`.

    `share` takes every cell with an assessed picture, `max_share` those with five: the largest of a few is always
    large. The `max_share` of several cells is the mean of theirs and names no value.
    """
    cells, n = groups.cells, groups.cells.counts.sum(axis=1)
    row, column = np.nonzero(cells.support)
    wide = cells.counts.shape[1]
    slot = groups.of[row] * wide + column
    size = groups.frame.height * wide
    found = share.mean_share(cells.counts[row, column], n[row], slot, size)
    kept, first = np.unique(slot, return_index=True)
    picked = Estimate(*(part[kept] for part in found))
    yield _rows(groups, "share", picked, basis(groups), cells.names[row[first], column[first]], kept // wide)
    base = basis(groups, per_cell=TOO_FEW)
    top, largest = share.largest(cells.counts, cells.support)
    if groups.single:
        names = cells.names[np.arange(len(largest)), largest]
        names[~base.used] = None
        yield _rows(groups, "max_share", top, base, names)
    else:
        yield _rows(groups, "max_share", groups.mean(top.estimate, base.used), base)


def distance_figures(groups: Groups) -> Iterable[pl.DataFrame]:
    """Return `distance2`, `distance`, `tvd` and `tvd_floor` of every group against its reference.

    `distance2` takes cells with two pictures in the reference's support: it is unbiased there, and leaving out cells
    of three or four would favour a model that refuses. `distance` is told only where five pictures stand behind it.
    """
    cells = groups.cells
    parts = distance.terms(cells.counts, cells.expected, cells.support)
    pairs = basis(groups, distance.MIN_PICTURES, distance.MIN_PICTURES)
    squared = distance.mean_distance2(parts, groups.of, groups.frame.height)
    yield _rows(groups, "distance2", squared, pairs)
    enough = basis(groups, distance.MIN_PICTURES, TOO_FEW)
    yield _rows(groups, "distance", distance.rooted(squared), enough)
    seen = basis(groups)
    yield _rows(groups, "tvd", groups.mean(tvd.tvd(cells.counts, cells.expected), seen.used), seen)
    floor = tvd.noise_floor(parts.n, cells.expected)
    yield _rows(groups, "tvd_floor", groups.mean(floor, seen.used), seen)


def rate_figures(counts: pl.DataFrame, keys: Sequence[str], rates: Iterable[Rate]) -> Iterable[pl.DataFrame]:
    """Return the rates of every row of counts with Wilson intervals; `counts` also has `cells`."""
    for rate in rates:
        whole = counts[rate.whole].to_numpy().astype(float)
        found = share.wilson(counts[rate.part].to_numpy(), whole)
        reason: Objects = np.full(counts.height, None, dtype=object)
        reason[whole == 0] = rate.empty
        if "assessed" in counts.columns:
            reason[counts["pictures"].to_numpy() == 0] = NO_PICTURES
        names = counts["value_name"].to_numpy().astype(object) if "value_name" in counts.columns else None
        yield rows(counts.select(keys), rate.metric, found, whole, counts["cells"].to_numpy(), reason, names)


def _rows(
    groups: Groups,
    metric: str,
    found: Estimate,
    base: Basis,
    names: Objects | None = None,
    of: Ints | None = None,
) -> pl.DataFrame:
    """Return rows of figures, one a group, or one for each entry of `of`, the groups that they belong to."""
    if of is None:
        return rows(groups.frame, metric, found, base.n, base.cells, base.reason, names)
    return rows(groups.frame[of], metric, found, base.n[of], base.cells[of], base.reason[of], names)


def rows(
    frame: pl.DataFrame,
    metric: str,
    found: Estimate,
    n: npt.NDArray[Any],
    cells: npt.NDArray[Any],
    reason: Objects,
    names: Objects | None = None,
) -> pl.DataFrame:
    """Return rows of figures beside their keys; where there is a reason there is no figure."""
    why = pl.Series(reason.tolist(), dtype=pl.String)
    told = why.is_null().to_numpy()
    figures = {
        name: pl.Series(np.where(told, part, np.nan), dtype=pl.Float64).fill_nan(None)
        for name, part in zip(Estimate._fields, found, strict=True)
    }
    return frame.with_columns(
        metric=pl.lit(metric),
        value_name=pl.lit(None, dtype=pl.String)
        if names is None
        else pl.Series(names.tolist(), dtype=pl.String),
        **figures,
        n=pl.Series(n).cast(pl.Int32),
        cells=pl.Series(cells).cast(pl.Int32),
        reason=why,
    )
