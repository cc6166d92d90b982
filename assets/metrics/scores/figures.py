"""From arrays to rows: how figures of single cells and of groups of cells become rows, with reasons for NULL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from assets.metrics.counting.cells import Cells
from assets.metrics.formulas import share
from assets.metrics.formulas.distance import MIN_PICTURES
from assets.metrics.formulas.prompts_like_these import PromptInterval
from assets.metrics.formulas.share import Bools, Estimate, Floats, Ints, by_group
from assets.metrics.registry.metric import (
    NO_PICTURES,
    NO_REFERENCE,
    NOT_ASSESSED,
    TOO_ALIKE,
    WILSON_1927,
    Metric,
)


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
        if self.single:
            return np.asarray(values, dtype=float)
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
    reason: pl.Series  # (G,) text, NULL where there is a figure


def basis(groups: Groups, per_cell: int = 1, behind: int = 1) -> Basis:
    """Return what stands behind figures that need `per_cell` pictures in a cell and `behind` in one of the cells.

    Where a cell needs two, its pictures must be worth two independent ones.
    """
    cells, n = groups.cells, groups.cells.counts.sum(axis=1)
    large = cells.referenced & (n >= per_cell)
    worth = cells.worth(n, np.arange(len(n))) >= min(per_cell, MIN_PICTURES)
    used = large & worth if per_cell > 1 else large
    count, inside = groups.total(used), groups.total(np.where(used, n, 0))
    every = groups.total(n)
    pictures = groups.total(np.where(cells.referenced, cells.frame["pictures"].to_numpy(), 0))
    whole = np.where(count > 0, inside, every)
    needed = max(per_cell, behind) if groups.single else behind
    few = [f"too few: {seen} of {needed} needed" for seen in range(needed)]
    nowhere = [f"too few: no prompt has {size} assessed pictures" for size in (per_cell, behind)]
    texts = [None, NO_REFERENCE, NO_PICTURES, NOT_ASSESSED, *nowhere, TOO_ALIKE, *few]
    fewer = np.minimum(whole, needed - 1).astype(np.int64) + 7
    reason = chosen(
        texts,
        (groups.total(cells.referenced) == 0, 1),
        (pictures == 0, 2),
        (every == 0, 3),
        ((count == 0) & (groups.total(large) > 0), 6),
        (count == 0, fewer if groups.single else 4),
        (inside < behind, fewer),
        (groups.total(used & (n >= behind)) == 0, 5),
    )
    return Basis(used, whole, count, reason)


def chosen(texts: Sequence[str | None], *cases: tuple[Bools, int | Ints]) -> pl.Series:
    """Return for each group the text of the first case that holds, by its place in `texts`; else the first text."""
    which = np.select([holds for holds, _ in cases], [place for _, place in cases], 0)
    return pl.Series(texts, dtype=pl.Categorical).gather(which)


def numbered(groups: Groups, row: Ints, value: Ints) -> tuple[Ints, Ints, Ints]:
    """Number the values of groups, of a group in the order in which they come first.

    Args:
        groups: the groups.
        row: (E,) cells, in order.
        value: (E,) which value: its column where all cells of a group have the same ones, else a number of its name.

    Returns:
        The group of each value, the entry in which it comes first, and the number of each entry.
    """
    of = groups.of[row]
    if groups.single:  # in order and distinct already
        every = np.arange(len(row))
        return of, every, every
    found = of * (1 + np.max(value, initial=0)) + value
    _, first, number = np.unique(found, return_index=True, return_inverse=True)
    order = np.lexsort((first, of[first]))
    first, place = first[order], np.argsort(order)
    return of[first], first, place[number]


class Rate(NamedTuple):
    """A rate is the column `part` over the column `whole`; NULL with `empty` where the whole is 0."""

    metric: Metric
    part: str
    whole: str
    empty: str


def rate(
    name: str,
    title: str,
    formula: str,
    counts: tuple[str, str],
    reader: str,
    null: tuple[str, ...],
    better: Literal["lower", "higher"] | None = None,
    of: str | None = None,
    per: tuple[Literal["attribute"], ...] = (),
) -> Rate:
    """Return a rate with its row; `counts` are the columns of part and whole, `null[-1]` is for an empty whole."""
    row = Metric(
        name,
        title,
        formula,
        (0.0, 1.0),
        reader,
        better=better,
        of=of,
        per=per,
        support="every declared value, and what is none" if per else Metric._field_defaults["support"],
        denominator=formula.rpartition(" / ")[2],
        interval="Wilson, 95 %; over all slots of the suite it is conservative",
        null_when=null,
        source=WILSON_1927,
    )
    return Rate(row, *counts, null[-1])


def rate_figures(counts: pl.DataFrame, keys: Sequence[str], rates: Iterable[Rate]) -> Iterable[pl.DataFrame]:
    """Return the rates of every row of counts with Wilson intervals; `counts` also has `cells`.

    And of what was drawn together, the design effect of each rate (`effect_name`).
    """
    names = counts["value_name"] if "value_name" in counts.columns else None
    for rate in rates:
        whole = counts[rate.whole].to_numpy().astype(float)
        effect = effects_of(counts, effect_name(rate.metric.id))
        found = share.wilson(counts[rate.part].to_numpy() / effect, whole / effect)
        unseen = (counts["pictures"].to_numpy() == 0) & ("assessed" in counts.columns)
        reason = chosen([None, NO_PICTURES, rate.empty], (unseen, 1), (whole == 0, 2))
        yield rows(
            counts.select(keys), rate.metric.id, found, whole, counts["cells"].to_numpy(), reason, names
        )


def effects_of(counts: pl.DataFrame, name: str = "effect") -> Floats:
    """Return the design effect of each row's pictures, 1 where they are independent."""
    if name not in counts.columns:
        return np.ones(counts.height)
    return np.asarray(counts[name].to_numpy(), dtype=float)


def effect_name(metric: str) -> str:
    """Return the column of a rate's design effect."""
    return f"effect of {metric}"


def rows_of(
    groups: Groups,
    metric: str,
    found: Estimate,
    base: Basis,
    names: pl.Series | None = None,
    of: Ints | None = None,
    others: PromptInterval | None = None,
) -> pl.DataFrame:
    """Return rows of figures, one a group, or one for each entry of `of`, the groups that they belong to."""
    if of is None:
        return rows(groups.frame, metric, found, base.n, base.cells, base.reason, names, others)
    reason = base.reason.gather(of)
    return rows(groups.frame[of], metric, found, base.n[of], base.cells[of], reason, names, others)


def rows(
    frame: pl.DataFrame,
    metric: str,
    found: Estimate,
    n: npt.NDArray[np.generic],
    cells: npt.NDArray[np.generic],
    reason: pl.Series | None = None,
    names: pl.Series | None = None,
    others: PromptInterval | None = None,
) -> pl.DataFrame:
    """Return rows of figures beside their keys, text as categories; where there is a reason there is no figure.

    Args:
        frame: one row a figure: its key columns.
        metric: its name.
        found: the figures with the interval of the frozen suite.
        n: pictures or answers behind each.
        cells: cells that entered each.
        reason: why there is no figure, NULL where there is one; None: there is a figure everywhere.
        names: of the values that the figures are about.
        others: the interval of prompts like these.
    """
    told = True if reason is None else reason.is_null().to_numpy()
    parts = {**found._asdict()}
    if others is not None:
        parts |= {"prompts_low": others.low, "prompts_high": others.high}
    nothing = pl.lit(None, dtype=pl.Categorical)
    return frame.with_columns(
        metric=pl.lit(metric, dtype=pl.Categorical),
        value_name=nothing if names is None else names.cast(pl.Categorical),
        **{name: pl.Series(np.where(told, part, np.nan), nan_to_null=True) for name, part in parts.items()},
        n=pl.Series(n.astype(np.int32)),
        cells=pl.Series(cells.astype(np.int32)),
        reason=nothing if reason is None else reason.cast(pl.Categorical),
    )
