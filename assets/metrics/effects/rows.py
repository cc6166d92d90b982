"""Word against word, from pairs of cells to rows: the figures of each family, and the shares that they grow with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import polars as pl

from assets.metrics.counting.cells import Cells
from assets.metrics.effects import formulas as effects
from assets.metrics.effects.pairs import PairBasis, Pairs, basis
from assets.metrics.effects.unseen import AnsweredSide, Unseen, of_changes
from assets.metrics.formulas.distance import MIN_PICTURES, Terms, terms
from assets.metrics.formulas.share import Bools, Estimate, Floats, Ints, ratio
from assets.suites.comparisons import REQUESTS

#: Values that count in `caricature_rate`, by what names a comparison, joined by "/", and by attribute.
Dress = Mapping[str, Mapping[str, Sequence[str]]]


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
    yield _changed(pairs, least, spread, of, (k[0], k[1]), (of.row, of.column, of.figure), frame)


def caricature_rows(
    pairs: Pairs, dress: Dress, names: Sequence[str], least: int = 1, spread: Spread = sampling_alone
) -> Iterable[pl.DataFrame]:
    """Return `caricature_rate` of every group whose comparison declares dress for its attribute.

    Args:
        pairs: the pairs; their cells have no reference.
        dress: which values count.
        names: the columns of the frame that name a comparison.
        least: pictures that each side of a pair needs.
        spread: what the intervals hold beside the sample.
    """
    declared = [
        tuple(dress.get("/".join(key), {}).get(attribute, ()))
        for *key, attribute in pairs.frame.select(*names, "attribute").iter_rows()
    ]
    groups = np.flatnonzero([bool(values) for values in declared])
    chosen = np.isin(pairs.of, groups)
    if not len(groups):
        return
    position = np.searchsorted(groups, pairs.of[chosen])
    some = Pairs(pairs.cells, pairs.a[chosen], pairs.b[chosen], position, pairs.frame[groups])
    worn = [declared[group] for group in groups]
    marks = np.array(
        [np.isin(seen, worn[group]) for seen, group in zip(some.cells.names(some.a), some.of, strict=True)]
    )
    k = [
        some.cells.worth(np.where(marks, some.cells.counts[cell], 0).sum(axis=1), cell)
        for cell in (some.a, some.b)
    ]
    row, column = np.nonzero(marks)
    every = np.arange(len(some.of))
    of = Values(every, every, some.of, np.arange(len(groups)))
    told = pl.Series([", ".join(sorted(values)) for values in worn], dtype=pl.String)
    frame = _keys(some.frame, "caricature_rate", told)
    entries = (row, column, some.of[row])
    yield _changed(some, least, spread, of, (k[0], k[1]), entries, frame, cut=True)


def _changed(
    pairs: Pairs,
    least: int,
    spread: Spread,
    of: Values,
    k: tuple[Floats, Floats],
    entries: tuple[Ints, Ints, Ints],
    frame: pl.DataFrame,
    *,
    cut: bool = False,
) -> pl.DataFrame:
    """Return changes of shares, of `k` pictures of a and of b; `entries` are pair, column and figure of each share.

    Pictures that were drawn together count in `k` for what they are worth.
    """
    base = basis(pairs, least)
    used, many = base.used[of.row], len(of.group)
    n_a, n_b = (np.where(used, n[of.row], 0) for n in pairs.worth)
    found = effects.share_changes(k[0], n_a, k[1], n_b, of.figure, many)
    shares = ratio(k[0], n_a), ratio(k[1], n_b)
    means = _side_means(used, of.figure, many, *shares)
    behind = base.of(of.group)
    row, column, figure = (part[base.used[entries[0]]] for part in entries)
    grown = ratio(1.0, behind.cells[figure])
    sides = [
        Moved(cell[row], column, figure, sign * grown, np.full(len(row), sign > 0))
        for cell, sign in ((pairs.a, -1.0), (pairs.b, 1.0))
    ]
    wide, more = spread(found, pairs, _together(sides), frame)
    told = effects.above_zero(wide) if cut else wide
    a, b = (
        AnsweredSide(
            share, *(pairs.cells.frame[name].to_numpy()[cell][of.row] for name in ("answers", "unseen"))
        )
        for share, cell in zip(shares, (pairs.a, pairs.b), strict=True)
    )
    return _rows(frame, told, means, behind, more, of_changes(told, a, b, used, of.figure))


def distance_rows(
    pairs: Pairs, least: int = MIN_PICTURES, spread: Spread = sampling_alone
) -> Iterable[pl.DataFrame]:
    """Return the change of `distance2` of every group: `controllability` where b asks for diversity."""
    cells = pairs.cells
    parts = terms(cells.effective, cells.expected, cells.support)
    base, size = basis(pairs, least), pairs.frame.height
    a, b = (_taken(parts, side) for side in (pairs.a, pairs.b))
    a, b = (replace(side, n=np.where(base.used, side.n, 0)) for side in (a, b))
    found = effects.distance2_changes(a, b, pairs.of, size)
    means = _side_means(base.used, pairs.of, size, a.distance2, b.distance2)
    request = pl.col("kind").is_in(REQUESTS)
    frame = _keys(pairs.frame, "distance2").with_columns(
        metric=pl.when(request).then(pl.lit("controllability")).otherwise(pl.lit("distance2"))
    )
    away = ratio(cells.counts, cells.counts.sum(axis=1)[:, None]) - cells.expected
    sides = []
    for cell, sign in ((pairs.a, -1.0), (pairs.b, 1.0)):
        row, column = np.nonzero(cells.support[cell] & base.used[:, None])
        grown = sign * away[cell[row], column] / base.cells[pairs.of[row]]
        sides.append(Moved(cell[row], column, pairs.of[row], grown, np.full(len(row), sign > 0)))
    wide, more = spread(found, pairs, _together(sides), frame)
    yield _rows(frame, wide, means, base, more)


def overcorrection_rows(
    pairs: Pairs, least: int = 1, spread: Spread = sampling_alone
) -> Iterable[pl.DataFrame]:
    """Return how far the share of every value of the reference went past it, of groups that ask for diversity.

    What moves between weeks is in it: b is held against the reference, not against a.
    """
    cells, asked = pairs.cells, pairs.frame["kind"].is_in(REQUESTS).to_numpy()
    of = _values(pairs, asked[pairs.of])
    if not len(of.row):
        return
    before, after = (cells.named(cell[of.row], of.column) for cell in (pairs.a, pairs.b))
    of = of.take((before == after).fill_null(value=False).to_numpy())
    a, b = pairs.a[of.row], pairs.b[of.row]
    n_a, n_b = (n[of.row] for n in pairs.worth)
    k_a, k_b = (_worth(cells, cell, of.column) for cell in (a, b))
    seen = pairs.seen(least)[of.row]
    alone = np.flatnonzero(seen)
    one = Moved(a[seen], of.column[seen], alone, np.ones(len(alone)), np.zeros(len(alone), dtype=bool))
    own, _ = spread(
        effects.corrected_wilson(k_a, n_a),
        pairs,
        one,
        _keys(cells.frame[a], "before", cells.named(a, of.column)),
    )
    toward = np.where(seen, effects.toward(own, cells.expected[a, of.column]), 0)
    many = len(of.group)
    found = effects.past_reference(toward, k_b, n_b, cells.expected[b, of.column], of.figure, many)
    entered = toward != 0
    means = _side_means(entered, of.figure, many, ratio(k_a, n_a), ratio(k_b, n_b))
    # Which pairs enter differs from value to value, so each value's pairs are groups of their own.
    base = basis(Pairs(cells, a, b, of.figure, pairs.frame[of.group]), least, clear=entered)
    figure = of.figure[entered]
    grown = toward[entered] / base.cells[figure]
    moved = Moved(b[entered], of.column[entered], figure, grown, np.ones(len(figure), dtype=bool))
    frame = _keys(pairs.frame[of.group], "overcorrection", of.names(pairs))
    wide, more = spread(found, pairs, moved, frame)
    yield _rows(frame, effects.above_zero(wide), means, base, more)


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

    def take(self, some: Bools) -> Values:
        """Return these entries alone, and the figures that they are of."""
        kept, figure = np.unique(self.figure[some], return_inverse=True)
        return Values(self.row[some], self.column[some], figure.astype(np.int64), self.group[kept])


def _worth(cells: Cells, row: Ints, column: Ints) -> Floats:
    """Return how many independent pictures show single values."""
    return cells.worth(cells.counts[row, column], row)


def _values(pairs: Pairs, wanted: Bools | None = None) -> Values:
    """Return the figures of every value of every group, in the order of groups and columns."""
    support = pairs.cells.support[pairs.a]
    row, column = np.nonzero(support if wanted is None else support & wanted[:, None])
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
    rests: Unseen | None = None,
) -> pl.DataFrame:
    """Return rows of figures beside their keys; where there is a reason there is no figure."""
    told = np.array([text is None for text in base.reason], dtype=bool)
    figures = {**found._asdict(), "estimate_a": means[0], "estimate_b": means[1]}
    if rests is not None:
        figures |= {"unseen_share": rests.share, "tipping_share": rests.tipping}
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
