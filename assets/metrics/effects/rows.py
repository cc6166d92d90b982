"""Word against word, from cells to rows: which pairs enter a figure, its columns, why one is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import polars as pl

from assets.metrics.counting.cells import Cells
from assets.metrics.effects import formulas as effects
from assets.metrics.formulas.distance import MIN_PICTURES, Terms, terms
from assets.metrics.formulas.share import Bools, Estimate, Floats, Ints, by_group, ratio
from assets.metrics.registry.metric import NO_PICTURES, NO_REFERENCE, NOT_ASSESSED, TOO_FEW
from assets.suites.comparisons import REQUESTS

#: Values that count in `caricature_rate`, by what names a comparison, joined by "/", and by attribute.
Dress = Mapping[str, Mapping[str, Sequence[str]]]
Objects = npt.NDArray[np.object_]
NO_DIRECTION = "nothing to correct: the baseline is not clearly on one side of the reference"
#: What names a comparison beside its model and suite.
SIDES = ("kind", "a", "b")


@dataclass(frozen=True)
class Pairs:
    """Pairs of cells in groups: each subject by itself, or all subjects of a comparison together.

    Attributes:
        cells: the cells of both sides.
        a: (P,) the cell of each pair that is changed.
        b: (P,) the cell that it is changed into.
        of: (P,) the group of each pair.
        frame: one row a group: the key columns of its figures, `planned_cells`.
    """

    cells: Cells
    a: Ints
    b: Ints
    of: Ints
    frame: pl.DataFrame

    def total(self, values: npt.ArrayLike) -> Floats:
        """Return the sum over the pairs of each group."""
        return by_group(values, self.of, self.frame.height)

    @property
    def n_a(self) -> Floats:
        """Return the pictures of a in the support, one entry a pair."""
        n: Floats = self.cells.counts.sum(axis=1)[self.a]
        return n

    @property
    def n_b(self) -> Floats:
        """Return the pictures of b in the support, one entry a pair."""
        n: Floats = self.cells.counts.sum(axis=1)[self.b]
        return n


def grouped(cells: Cells, pairs: pl.DataFrame, keys: Sequence[str]) -> Pairs:
    """Return pairs as groups that agree in `keys`, in order of first appearance.

    Args:
        cells: the cells of both sides.
        pairs: one row a pair: `keys`, row_a and row_b (rows of the cells), planned_cells.
        keys: the columns of the groups' figures.
    """
    frame = pairs.select(*keys, "planned_cells").unique(subset=list(keys), maintain_order=True)
    numbers = pairs.join(
        frame.select(keys).with_row_index("group"),
        on=list(keys),
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    a, b, of = (numbers[name].to_numpy().astype(np.int64) for name in ("row_a", "row_b", "group"))
    return Pairs(cells, a, b, of, frame)


@dataclass(frozen=True)
class PairBasis:
    """What stands behind the figures of each group: the pairs that enter, their pictures, or why there is nothing."""

    used: Bools  # (P,)
    n_a: Floats  # (G,) pictures of the pairs that enter; of all pairs where none does
    n_b: Floats  # (G,)
    cells: Floats  # (G,)
    reason: Objects  # (G,) None where there is a figure


def basis(pairs: Pairs, per_cell: int = 1, clear: Bools | None = None) -> PairBasis:
    """Return what stands behind figures that need `per_cell` pictures on both sides of a pair, and five in all.

    Args:
        pairs: the pairs.
        per_cell: pictures that each side of a pair needs.
        clear: (P,) whether a pair may enter for another reason, that there is something to correct.
    """
    n_a, n_b = pairs.n_a, pairs.n_b
    referenced = pairs.cells.referenced[pairs.a] & pairs.cells.referenced[pairs.b]
    seen = referenced & (n_a >= per_cell) & (n_b >= per_cell)
    used = seen if clear is None else seen & clear
    count = pairs.total(used)
    sides = []
    reason: Objects = np.full(pairs.frame.height, None, dtype=object)
    if clear is not None:
        reason[count == 0] = NO_DIRECTION
    nowhere = f"too few: no subject has {per_cell} assessed pictures on both sides"
    reason = np.where(pairs.total(seen) == 0, nowhere, reason)
    usable = pairs.cells.frame["pictures"].to_numpy()
    for name, rows_of, n in (("b", pairs.b, n_b), ("a", pairs.a, n_a)):
        every, inside = pairs.total(n), pairs.total(np.where(used, n, 0))
        known = np.where(count > 0, inside, pairs.total(np.where(seen, n, 0)))
        whole = np.where(count > 0, inside, every)
        titles = pairs.frame[name].to_list()
        for missing, texts in (
            (
                (known < TOO_FEW) & (pairs.total(seen) > 0),
                [f"too few: {int(k)} of {TOO_FEW} needed ({t})" for k, t in zip(known, titles, strict=True)],
            ),
            (every == 0, [f"{NOT_ASSESSED} ({title})" for title in titles]),
            (pairs.total(usable[rows_of]) == 0, [f"{NO_PICTURES} ({title})" for title in titles]),
        ):
            reason = np.where(missing, np.array(texts, dtype=object), reason)
        sides.append(whole)
    reason = np.where(pairs.total(referenced) == 0, NO_REFERENCE, reason)
    return PairBasis(used, sides[1], sides[0], count, reason)


def share_rows(pairs: Pairs) -> Iterable[pl.DataFrame]:
    """Return the change of the share of every value of every group."""
    row, column, slot, size = _values(pairs)
    k_a, k_b = pairs.cells.counts[pairs.a[row], column], pairs.cells.counts[pairs.b[row], column]
    n_a, n_b = pairs.n_a[row], pairs.n_b[row]
    base = basis(pairs)
    found = effects.share_changes(k_a, n_a, k_b, n_b, slot, size)
    means = _side_means(base.used[row], slot, size, ratio(k_a, n_a), ratio(k_b, n_b))
    yield _told(pairs, "share", found, means, base, row, column, slot)


def distance_rows(pairs: Pairs) -> Iterable[pl.DataFrame]:
    """Return the change of `distance2` of every group: `controllability` where b asks for diversity."""
    parts = terms(pairs.cells.counts, pairs.cells.expected, pairs.cells.support)
    a, b = _taken(parts, pairs.a), _taken(parts, pairs.b)
    base = basis(pairs, MIN_PICTURES)
    found = effects.distance2_changes(a, b, pairs.of, pairs.frame.height)
    means = _side_means(base.used, pairs.of, pairs.frame.height, a.distance2, b.distance2)
    told = _rows(pairs.frame, "distance2", found, means, base)
    request = pl.col("kind").is_in(REQUESTS)
    yield told.with_columns(
        metric=pl.when(request).then(pl.lit("controllability")).otherwise(pl.lit("distance2"))
    )


def overcorrection_rows(pairs: Pairs) -> Iterable[pl.DataFrame]:
    """Return how far the share of every value of the reference went past it, of groups that ask for diversity."""
    asked = pairs.frame["kind"].is_in(REQUESTS).to_numpy()
    row, column, slot, size = _values(pairs, asked[pairs.of])
    if not len(row):
        return
    cells, a, b = pairs.cells, pairs.a[row], pairs.b[row]
    same = (cells.named(a, column) == cells.named(b, column)).fill_null(value=False).to_numpy()
    row, column, slot, a, b = row[same], column[same], slot[same], a[same], b[same]
    n_a, n_b = pairs.n_a[row], pairs.n_b[row]
    k_a, k_b = cells.counts[a, column], cells.counts[b, column]
    seen = cells.referenced[a] & cells.referenced[b] & (n_a > 0) & (n_b > 0)
    toward = np.where(seen, effects.direction(k_a, n_a, cells.expected[a, column]), 0)
    found = effects.overcorrection(toward, k_b, n_b, cells.expected[b, column], slot, size)
    means = _side_means(toward != 0, slot, size, ratio(k_a, n_a), ratio(k_b, n_b))
    # Which pairs enter differs from value to value, so each value's pairs are groups of their own.
    kept, number = np.unique(slot, return_inverse=True)
    wide = cells.counts.shape[1]
    values = Pairs(cells, a, b, number.astype(np.int64), pairs.frame[kept // wide])
    base = basis(values, clear=toward != 0)
    first = np.unique(slot, return_index=True)[1]
    names = cells.named(a[first], column[first])
    picked = Estimate(*(part[kept] for part in found))
    yield _rows(values.frame, "overcorrection", picked, (means[0][kept], means[1][kept]), base, names)


def caricature_rows(pairs: Pairs, dress: Dress, names: Sequence[str]) -> Iterable[pl.DataFrame]:
    """Return `caricature_rate` of every group whose comparison declares dress for its attribute.

    Args:
        pairs: the pairs; their cells have no reference.
        dress: which values count.
        names: the columns of the frame that name a comparison.
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
    k_a = np.where(marks, some.cells.counts[some.a], 0).sum(axis=1)
    k_b = np.where(marks, some.cells.counts[some.b], 0).sum(axis=1)
    base = basis(some)
    change = effects.share_changes(k_a, some.n_a, k_b, some.n_b, some.of, len(groups))
    means = _side_means(base.used, some.of, len(groups), ratio(k_a, some.n_a), ratio(k_b, some.n_b))
    told = pl.Series([", ".join(sorted(values)) for values in worn], dtype=pl.String)
    yield _rows(some.frame, "caricature_rate", effects.above_zero(change), means, base, told)


def _values(pairs: Pairs, wanted: Bools | None = None) -> tuple[Ints, Ints, Ints, int]:
    """Return pair and column of every value of every pair, its slot (group × column), and the number of slots."""
    support = pairs.cells.support[pairs.a]
    row, column = np.nonzero(support if wanted is None else support & wanted[:, None])
    wide = support.shape[1]
    return row, column, pairs.of[row] * wide + column, pairs.frame.height * wide


def _taken(parts: Terms, entries: Ints) -> Terms:
    return Terms(**{field.name: getattr(parts, field.name)[entries] for field in fields(parts)})


def _side_means(used: Bools, of: Ints, groups: int, a: Floats, b: Floats) -> tuple[Floats, Floats]:
    return effects.side_mean(a, used, of, groups), effects.side_mean(b, used, of, groups)


def _told(
    pairs: Pairs,
    metric: str,
    found: Estimate,
    means: tuple[Floats, Floats],
    base: PairBasis,
    row: Ints,
    column: Ints,
    slot: Ints,
) -> pl.DataFrame:
    """Return a row for each group and value: those slots that any pair has."""
    kept, first = np.unique(slot, return_index=True)
    group = kept // pairs.cells.counts.shape[1]
    names = pairs.cells.named(pairs.a[row[first]], column[first])
    picked = Estimate(*(part[kept] for part in found))
    behind = PairBasis(base.used, base.n_a[group], base.n_b[group], base.cells[group], base.reason[group])
    return _rows(pairs.frame[group], metric, picked, (means[0][kept], means[1][kept]), behind, names)


def _rows(
    frame: pl.DataFrame,
    metric: str,
    found: Estimate,
    means: tuple[Floats, Floats],
    base: PairBasis,
    names: pl.Series | None = None,
) -> pl.DataFrame:
    """Return rows of figures beside their keys; where there is a reason there is no figure."""
    told = np.array([text is None for text in base.reason], dtype=bool)
    figures = {**found._asdict(), "estimate_a": means[0], "estimate_b": means[1]}
    counts = {"n_a": base.n_a, "n_b": base.n_b, "cells": base.cells}
    return frame.with_columns(
        metric=pl.lit(metric),
        value_name=pl.lit(None, dtype=pl.String) if names is None else names.cast(pl.String),
        reason=pl.Series(base.reason.tolist(), dtype=pl.String),
        **{
            name: pl.Series(np.where(told, part, np.nan), dtype=pl.Float64).fill_nan(None)
            for name, part in figures.items()
        },
        **{name: pl.Series(part).cast(pl.Int32) for name, part in counts.items()},
    )
