"""Word against word, from pairs of cells to rows: the figures of each family, and the shares that they grow with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import polars as pl

from assets.metrics.counting.cells import Cells
from assets.metrics.effects import formulas as effects
from assets.metrics.effects.pairs import PairBasis, Pairs, basis
from assets.metrics.formulas.distance import MIN_PICTURES, Terms, terms
from assets.metrics.formulas.share import Bools, Estimate, Floats, Ints, ratio


@dataclass(frozen=True)
class Moved:
    """Shares that figures are sums of, or nearly so.

    Attributes:
        cell: (E,) row of `Pairs.cells`.
        column: (E,) column of its value.
        figure: (E,) number of the figure.
        gradient: (E,) how the figure grows with the share.
        after: (E,) whether it is a share of b.
    """

    cell: Ints
    column: Ints
    figure: Ints
    gradient: Floats
    after: Bools


#: What an interval holds beside the sample of pictures: given figures, their shares and a row of keys each, the same
#: with wider intervals, and columns that say so.
Spread = Callable[[Estimate, Pairs, Moved, pl.DataFrame], tuple[Estimate, Mapping[str, pl.Series]]]


def sampling_alone(
    found: Estimate, pairs: Pairs, moved: Moved, frame: pl.DataFrame
) -> tuple[Estimate, Mapping[str, pl.Series]]:
    """Return figures as they are: of one week, nothing but the sample of its pictures."""
    return found, {}


def share_rows(pairs: Pairs, least: int = 1, spread: Spread = sampling_alone) -> Iterable[pl.DataFrame]:
    """Return the change of the share of every value of every group.

    Args:
        pairs: the pairs; their cells have no reference.
        least: pictures that each side of a pair needs.
        spread: what the intervals hold beside the sample.
    """
    of = _values(pairs)
    k = [_worth(pairs.cells, cell[of.row], of.column) for cell in (pairs.a, pairs.b)]
    frame = _keys(pairs.frame[of.group], "share", of.names(pairs))
    base = basis(pairs, least)
    used, many = base.used[of.row], len(of.group)
    n_a, n_b = (np.where(used, n[of.row], 0) for n in pairs.worth)
    found = effects.share_changes(k[0], n_a, k[1], n_b, of.figure, many)
    means = _side_means(used, of.figure, many, ratio(k[0], n_a), ratio(k[1], n_b))
    behind = base.of(of.group)
    row, column, figure = (part[used] for part in (of.row, of.column, of.figure))
    grown = ratio(1.0, behind.cells[figure])
    sides = [
        Moved(cell[row], column, figure, sign * grown, np.full(len(row), sign > 0))
        for cell, sign in ((pairs.a, -1.0), (pairs.b, 1.0))
    ]
    wide, more = spread(found, pairs, _together(sides), frame)
    yield _rows(frame, wide, means, behind, more)


def distance_rows(
    pairs: Pairs, least: int = MIN_PICTURES, spread: Spread = sampling_alone
) -> Iterable[pl.DataFrame]:
    """Return the change of `distance2` of every group."""
    cells = pairs.cells
    parts = terms(cells.effective, cells.expected, cells.support)
    base, size = basis(pairs, least), pairs.frame.height
    a, b = (_taken(parts, side) for side in (pairs.a, pairs.b))
    a, b = (replace(side, n=np.where(base.used, side.n, 0)) for side in (a, b))
    found = effects.distance2_changes(a, b, pairs.of, size)
    means = _side_means(base.used, pairs.of, size, a.distance2, b.distance2)
    frame = _keys(pairs.frame, "distance2")
    away = ratio(cells.counts, cells.counts.sum(axis=1)[:, None]) - cells.expected
    sides = []
    for cell, sign in ((pairs.a, -1.0), (pairs.b, 1.0)):
        row, column = np.nonzero(cells.support[cell] & base.used[:, None])
        grown = sign * away[cell[row], column] / base.cells[pairs.of[row]]
        sides.append(Moved(cell[row], column, pairs.of[row], grown, np.full(len(row), sign > 0)))
    wide, more = spread(found, pairs, _together(sides), frame)
    yield _rows(frame, wide, means, base, more)


@dataclass(frozen=True)
class Values:
    """Figures of single values, or of one row of each pair.

    Attributes:
        row: (E,) the pair.
        column: (E,) the column of the value.
        figure: (E,) 0 … F - 1.
        group: (F,) the group of each figure.
    """

    row: Ints
    column: Ints
    figure: Ints
    group: Ints

    def names(self, pairs: Pairs) -> pl.Series:
        """Return the value that each figure is about."""
        first = np.unique(self.figure, return_index=True)[1]
        return pairs.cells.named(pairs.a[self.row[first]], self.column[first])


def _worth(cells: Cells, row: Ints, column: Ints) -> Floats:
    """Return how many independent pictures show single values."""
    return cells.worth(cells.counts[row, column], row)


def _values(pairs: Pairs) -> Values:
    """Return the figures of every value of every group, in the order of groups and columns."""
    support = pairs.cells.support[pairs.a]
    row, column = np.nonzero(support)
    wide = support.shape[1]
    kept, figure = np.unique(pairs.of[row] * wide + column, return_inverse=True)
    return Values(row, column, figure.astype(np.int64), kept // wide)


def _together(sides: Sequence[Moved]) -> Moved:
    return Moved(
        **{field.name: np.concatenate([getattr(one, field.name) for one in sides]) for field in fields(Moved)}
    )


def _taken(parts: Terms, entries: Ints) -> Terms:
    return Terms(**{field.name: getattr(parts, field.name)[entries] for field in fields(parts)})


def _side_means(used: Bools, of: Ints, groups: int, a: Floats, b: Floats) -> tuple[Floats, Floats]:
    return effects.side_mean(a, used, of, groups), effects.side_mean(b, used, of, groups)


def _keys(frame: pl.DataFrame, metric: str, names: pl.Series | None = None) -> pl.DataFrame:
    """Return a row of keys for each figure."""
    return frame.with_columns(
        metric=pl.lit(metric),
        value_name=pl.lit(None, dtype=pl.String) if names is None else names.cast(pl.String),
    )


def _rows(
    frame: pl.DataFrame,
    found: Estimate,
    means: tuple[Floats, Floats],
    base: PairBasis,
    more: Mapping[str, pl.Series],
) -> pl.DataFrame:
    """Return rows of figures beside their keys; where there is a reason there is no figure."""
    told = np.array([text is None for text in base.reason], dtype=bool)
    figures = {**found._asdict(), "estimate_a": means[0], "estimate_b": means[1]}
    counts = {"n_a": base.n_a, "n_b": base.n_b, "cells": base.cells}
    return frame.with_columns(
        reason=pl.Series(base.reason.tolist(), dtype=pl.String),
        **{
            name: pl.Series(np.where(told, part, np.nan), dtype=pl.Float64).fill_nan(None)
            for name, part in figures.items()
        },
        **{name: pl.Series(part).cast(pl.Int32) for name, part in counts.items()},
        **more,
    )
