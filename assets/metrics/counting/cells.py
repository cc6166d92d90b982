"""From long counts to arrays: one row per cell, one column per value of its support, beside the reference's shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from assets.metrics.formulas import distance
from assets.metrics.formulas.share import Bools, Floats, Ints


@dataclass(frozen=True)
class Cells:
    """Counts of C cells in K columns; cells with fewer values leave their last columns unused.

    The arrays lie column by column: K is small, and sums over values run over whole columns.

    Attributes:
        frame: C rows: the key columns, `pictures`, the usable pictures whether assessed or not, and `subject`, what the
            prompt is about, where figures over prompts like these are made of them.
        counts: (C, K) pictures.
        support: (C, K), True where the column is a value of the cell's support.
        places: (C, K) where the name of the value is in `values`, -1 where unused.
        expected: (C, K) reference shares, 0 where unused; None without references.
        referenced: (C,) False where the reference has no row for the cell.
        values: names of values, a name maybe repeatedly.
        effect: (C,) design effect of the cell's pictures, that of independent ones being 1; None: all are.
    """

    frame: pl.DataFrame
    counts: Floats
    support: Bools
    places: npt.NDArray[np.int32]
    expected: Floats
    referenced: Bools
    values: pl.Series
    effect: Floats | None = None

    @cached_property
    def effective(self) -> Floats:
        """(C, K) the independent pictures that the cell's are worth."""
        return self.counts if self.effect is None else np.asfortranarray(self.counts / self.effect[:, None])

    def worth(self, pictures: Floats, rows: Ints) -> Floats:
        """Return how many independent ones these pictures of some cells are worth."""
        return pictures if self.effect is None else pictures / self.effect[rows]

    @cached_property
    def subjects(self) -> Ints:
        """The number of what each cell's prompt is about."""
        return self.frame["subject"].cast(pl.Categorical).to_physical().to_numpy().astype(np.int64)

    @cached_property
    def terms(self) -> distance.Terms:
        """What each cell adds to its distance from the reference: made once for all figures."""
        return distance.terms(self.effective, self.expected, self.support)

    def take(self, rows: Bools) -> Cells:
        """Return the cells of the True rows."""
        return Cells(
            self.frame.filter(pl.Series(rows)),
            # not [:, rows], which would lay one row after the other
            np.compress(rows, self.counts.T, axis=1).T,
            np.compress(rows, self.support.T, axis=1).T,
            np.compress(rows, self.places.T, axis=1).T,
            np.compress(rows, self.expected.T, axis=1).T,
            self.referenced[rows],
            self.values,
            None if self.effect is None else self.effect[rows],
        )

    def named(self, rows: Ints, columns: Ints) -> pl.Series:
        """Return the names of single values, NULL where the column is unused."""
        places = pl.Series(self.places[rows, columns])
        return self.values.gather(places.set(places < 0, None))

    def names(self, rows: Ints) -> npt.NDArray[np.str_]:
        """Return the names of all values of some cells, (rows, K), "" where unused."""
        places = self.places[rows]
        found = self.values.gather(pl.Series(np.maximum(places, 0).ravel())).cast(pl.String)
        return np.where(places < 0, "", np.asarray(found.to_list(), dtype=np.str_).reshape(places.shape))


def number_cells(long: pl.DataFrame, keys: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Number the cells of a long table of counts.

    Args:
        long: one row per cell and value: `keys`, value, in_support, pictures; sorted by `keys`, then position.
        keys: the columns that make a cell.

    Returns:
        The long table with `cell` (0 … C - 1), and one row per cell: cell, `keys`, pictures.
    """
    numbered = long.with_columns(cell=pl.struct(*keys).rle_id().cast(pl.Int64))
    cells = numbered.group_by("cell", maintain_order=True).agg(
        *(pl.col(key).first() for key in keys), pl.col("pictures").sum()
    )
    return numbered, cells


def _pivot(frame: pl.DataFrame, rows: pl.DataFrame) -> Cells:
    """Return the cells of `frame` with the values in `rows`: row, value, pictures, expected_share; sorted by row."""
    row = rows["row"].to_numpy()
    starts = np.flatnonzero(np.diff(row, prepend=-1))
    column = np.arange(len(row)) - np.repeat(starts, np.diff(starts, append=len(row)))
    shape = (frame.height, int(np.max(column, initial=0)) + 1)
    counts, expected = np.zeros(shape, order="F"), np.zeros(shape, order="F")
    support, places = np.zeros(shape, dtype=bool, order="F"), np.full(shape, -1, dtype=np.int32, order="F")
    counts[row, column] = rows["pictures"].to_numpy()
    expected[row, column] = rows["expected_share"].to_numpy()
    support[row, column] = True
    places[row, column] = np.arange(len(row))
    referenced: Bools = np.any(support, axis=1)
    return Cells(frame, counts, support, places, expected, referenced, rows["value"])


def support_cells(numbered: pl.DataFrame, cells: pl.DataFrame) -> Cells:
    """Return all cells over the whole support of their attributes, without reference."""
    rows = numbered.filter("in_support").select(
        pl.col("cell").alias("row"), "value", "pictures", expected_share=pl.lit(0.0)
    )
    return _pivot(cells, rows)


def _place(numbered: pl.DataFrame) -> list[pl.Expr]:
    """Return what tells a cell's value from all others, by which rows are joined; one integer is joined quickest."""
    if numbered["value"].dtype != pl.Categorical:
        return [pl.struct("cell", "value").alias("place")]
    code = pl.col("value").to_physical().cast(pl.UInt64)
    return [(pl.col("cell").cast(pl.UInt64) * 2**32 + code).alias("place")]


def reference_cells(
    numbered: pl.DataFrame, cells: pl.DataFrame, references: pl.DataFrame, on: Sequence[str]
) -> Cells:
    """Return every cell beside each reference of its attribute; the support is that of the reference's row.

    A row for the cell's prompt wins over a row for every prompt. A cell without either stays, not `referenced`. Column
    `own` of the frame says whether the row is the prompt's own, as those of cited statistics are.

    Args:
        numbered: of `number_cells`.
        cells: of `number_cells`.
        references: one row per value: `on`, reference, prompt (None: every prompt), value, expected_share.
        on: the columns that a cell and a reference have in common, prompt not among them.
    """
    key = [*on, "reference"]
    offered = cells.join(references.select(key).unique(), on=list(on)).sort("cell", "reference")
    own = references.filter(pl.col("prompt").is_not_null()).select(*key, "prompt").unique()
    pairs = (
        offered.join(
            own.with_columns(own=pl.lit(value=True)), on=[*key, "prompt"], how="left", maintain_order="left"
        )
        .with_row_index("row")
        .with_columns(
            pl.col("row").cast(pl.Int64),
            pl.col("own").fill_null(value=False),
            from_row=pl.when("own").then("prompt"),
        )
    )
    rows = (
        pairs.select("row", "cell", "from_row", *key)
        .join(references, left_on=[*key, "from_row"], right_on=[*key, "prompt"], nulls_equal=True)
        .with_columns(_place(numbered))
        .join(numbered.select("position", "pictures", *_place(numbered)), on=["place"], how="left")
        .sort("row", "position", "value")
        .select("row", "value", pl.col("pictures").fill_null(0), "expected_share")
    )
    return _pivot(pairs.drop("row", "from_row"), rows)
