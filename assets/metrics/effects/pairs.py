"""Word against word: pairs of cells, which of them enter a figure, and why one is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from assets.metrics.counting.cells import Cells
from assets.metrics.formulas.distance import MIN_PICTURES
from assets.metrics.formulas.share import Bools, Floats, Ints, by_group
from assets.metrics.registry.metric import NO_PICTURES, NO_REFERENCE, NOT_ASSESSED, TOO_FEW

Objects = npt.NDArray[np.object_]
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

    @property
    def worth(self) -> tuple[Floats, Floats]:
        """Return how many independent ones the pictures of a and of b are worth, one entry a pair."""
        return self.cells.worth(self.n_a, self.a), self.cells.worth(self.n_b, self.b)

    def seen(self, least: int) -> Bools:
        """Return whether both sides of a pair have a reference and so many pictures, worth two independent ones."""
        referenced = self.cells.referenced[self.a] & self.cells.referenced[self.b]
        enough = (np.minimum(self.n_a, self.n_b) >= least) & referenced
        return np.asarray(enough & (np.minimum(*self.worth) >= min(least, MIN_PICTURES)))


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

    def of(self, group: Ints) -> PairBasis:
        """Return what stands behind figures of these groups."""
        return PairBasis(self.used, self.n_a[group], self.n_b[group], self.cells[group], self.reason[group])


def basis(pairs: Pairs, per_cell: int = 1) -> PairBasis:
    """Return what stands behind figures that need `per_cell` pictures on both sides of a pair, and five in all.

    Args:
        pairs: the pairs.
        per_cell: pictures that each side of a pair needs.
    """
    n_a, n_b = pairs.n_a, pairs.n_b
    referenced = pairs.cells.referenced[pairs.a] & pairs.cells.referenced[pairs.b]
    used = pairs.seen(per_cell)
    count = pairs.total(used)
    sides = []
    reason: Objects = np.full(pairs.frame.height, None, dtype=object)
    nowhere = f"too few: no subject has {per_cell} assessed pictures on both sides"
    reason = np.where(pairs.total(used) == 0, nowhere, reason)
    frame = pairs.cells.frame
    usable = frame["pictures"].to_numpy()
    for name, rows_of, n in (("b", pairs.b, n_b), ("a", pairs.a, n_a)):
        # of a window also what was drawn when the other side was not
        assessed = frame["assessed"].to_numpy()[rows_of] if "assessed" in frame.columns else n
        every, inside = pairs.total(assessed), pairs.total(np.where(used, n, 0))
        known = np.where(count > 0, inside, pairs.total(np.where(used, n, 0)))
        whole = np.where(count > 0, inside, every)
        titles = pairs.frame[name].to_list()
        for missing, texts in (
            (
                (known < TOO_FEW) & (pairs.total(used) > 0),
                [f"too few: {int(k)} of {TOO_FEW} needed ({t})" for k, t in zip(known, titles, strict=True)],
            ),
            (every == 0, [f"{NOT_ASSESSED} ({title})" for title in titles]),
            (pairs.total(usable[rows_of]) == 0, [f"{NO_PICTURES} ({title})" for title in titles]),
        ):
            reason = np.where(missing, np.array(texts, dtype=object), reason)
        sides.append(whole)
    reason = np.where(pairs.total(referenced) == 0, NO_REFERENCE, reason)
    return PairBasis(used, sides[1], sides[0], count, reason)
