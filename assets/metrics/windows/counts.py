"""The pictures of a window: counts of single weeks, and which weeks are of it.

A window begins anew with the week of a change that was opened by then, and with another version of the labeler, other
parameters or another major version of the suite, whose pictures are not read at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import duckdb
import numpy as np
import polars as pl

from assets.metrics.counting.cells import Cells, reference_cells, support_cells
from assets.metrics.counting.clusters import CELL, Parts, parts_of, read_clusters, weeks_back
from assets.metrics.counting.reading import read
from assets.metrics.formulas.clusters import Clustered, DesignEffects, design_effects
from assets.metrics.formulas.distance import MIN_PICTURES
from assets.metrics.formulas.share import Bools, Floats, Ints, across, by_group, ratio
from assets.metrics.windows.formulas import HISTORY, PICTURES, WINDOW
from warehouse.weeks import shift

#: What has a window of its own: everything that a model draws of one attribute in a suite.
SUITE = (
    *("model", "series", "params_hash", "track", "simulated", "suite", "suite_major", "condition", "turn"),
    *("attribute", "scale", "labeler_version"),
)
#: What makes figures of different models alike.
ALIKE = ("track", "simulated", "suite", "suite_major", "condition", "turn", "attribute", "scale")


@dataclass(frozen=True)
class WindowCounts:
    """Counts of S seats (prompt, attribute and value of a model) in U suites (`SUITE`) over twelve weeks.

    Column b of an array of weeks is b weeks before the last; the last is 0.

    Attributes:
        suites: U rows: `SUITE`, first_back (in which column the window begins), weeks (of those, with pictures).
        seats: S rows: seat, cell, suite_key (row of `suites`), prompt, subject, attribute, value, position,
            in_support; model, suite, suite_major, scale for references.
        k: (S, weeks) pictures.
        cell_of: (S,) the cell of each seat.
        suite_of: (C,) the suite of each cell.
        n: (C, weeks) pictures assessed of a cell.
        window: (U, weeks) whether the week is of the window.
        quiet: (U, weeks) whether no opened change lies between it and the last.
        clusters: clusters, squares, within of `Clustered` in each week, (C, weeks); None: nothing was drawn together.
    """

    suites: pl.DataFrame
    seats: pl.DataFrame
    k: Floats
    cell_of: Ints
    suite_of: Ints
    n: Floats
    window: Bools
    quiet: Bools
    clusters: Parts | None = None

    @cached_property
    def designs(self) -> DesignEffects | None:
        """What pictures that were drawn together are worth, of suites and cells; None: nothing was drawn together."""
        if (found := self.clustered) is None:
            return None
        return design_effects(found, self.suite_of, self.suites.height)

    @cached_property
    def clustered(self) -> Clustered | None:
        """What the clusters of the window's cells say; None: nothing was drawn together."""
        if self.clusters is None:
            return None
        clusters, squares, within = (across(part * self.window[self.suite_of]) for part in self.clusters)
        together = by_group(self.pooled**2, self.cell_of, len(self.n))
        return Clustered(
            self.assessed, clusters, squares, within, np.nan_to_num(ratio(together, self.assessed))
        )

    @cached_property
    def effect(self) -> Floats:
        """(C,) design effect of the pictures of each cell."""
        return np.ones(len(self.n)) if self.designs is None else self.designs.of_cell

    @cached_property
    def pooled(self) -> Floats:
        """(S,) pictures of the window."""
        return across(self.k * self.window[self.suite_of[self.cell_of]])

    @cached_property
    def assessed(self) -> Floats:
        """(C,) pictures of the window that were assessed, of each cell."""
        return across(self.n * self.window[self.suite_of])

    @cached_property
    def enough(self) -> Bools:
        """(C,) whether a cell has five of them, worth two independent ones."""
        return np.asarray((self.assessed >= PICTURES) & (self.assessed / self.effect >= MIN_PICTURES))

    def cells(self) -> Cells:
        """Return the cells over the supports of their attributes, without the pictures of cells that have too few."""
        numbered, cells = self._numbered(np.where(self.enough[self.cell_of], self.pooled, 0))
        return replace(support_cells(numbered, cells), effect=self.effect)

    def compared(self, references: pl.DataFrame) -> tuple[Cells, Ints]:
        """Return the cells beside their references, all pictures counted, and the seat of each of its columns.

        A column whose value no seat has, has seat -1.
        """
        on = ("model", "suite", "suite_major", "attribute", "scale")
        numbered, cells = self._numbered(np.arange(1, len(self.pooled) + 1, dtype=float))
        found = reference_cells(numbered, cells, references, on)
        seats = found.counts.astype(np.int64) - 1
        counts = np.where(seats >= 0, self.pooled[seats], 0)
        effect = self.effect[found.frame["cell"].to_numpy()]
        return replace(found, counts=np.asfortranarray(counts), effect=effect), seats

    def _numbered(self, pictures: Floats) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the seats with these pictures, and one row per cell."""
        numbered = self.seats.with_columns(pictures=pl.Series(pictures))
        cells = numbered.group_by("cell", maintain_order=True).agg(
            *(
                pl.col(name).first()
                for name in (
                    "suite_key",
                    "prompt",
                    "subject",
                    "attribute",
                    "model",
                    "suite",
                    "suite_major",
                    "scale",
                )
            ),
            pl.col("pictures").sum(),
        )
        return numbered, cells


def read_counts(con: duckdb.DuckDBPyConnection, week: str) -> WindowCounts | None:
    """Return the counts of the windows that end with a week; None where nothing was asked. Nothing is written."""
    long = read(con, "window_cells", {"week": week})
    if long.is_empty():
        return None
    numbered = long.with_columns(
        cell=pl.struct(*SUITE, "prompt").rle_id().cast(pl.Int64),
        suite_key=pl.struct(*SUITE).rle_id().cast(pl.Int64),
    )
    suites = numbered.group_by("suite_key", maintain_order=True).agg(pl.col(SUITE).first()).drop("suite_key")
    counted = read(con, "window_counts", {"week": week, "first": shift(week, 1 - HISTORY)})
    k = np.zeros((numbered.height, HISTORY))
    k[counted["seat"].to_numpy(), counted["back"].to_numpy()] = counted["pictures"].to_numpy()
    cell_of = numbered["cell"].to_numpy().astype(np.int64)
    cells = int(cell_of[-1]) + 1
    n = np.stack([by_group(column, cell_of, cells) for column in k.T], axis=1)
    suite_of = np.zeros(cells, dtype=np.int64)
    suite_of[cell_of] = numbered["suite_key"].to_numpy()
    begun = begin(suites, read(con, "window_restarts", {"week": week}))
    seen = np.zeros((suites.height, HISTORY), dtype=bool)
    np.logical_or.at(seen, suite_of, n > 0)
    clusters = _clusters(con, week, numbered, n)
    return WindowCounts(
        begun.of(seen), numbered, k, cell_of, suite_of, n, begun.window, begun.quiet, clusters
    )


def _clusters(con: duckdb.DuckDBPyConnection, week: str, seats: pl.DataFrame, n: Floats) -> Parts | None:
    """Return what the clusters of each cell and week say; None where no picture is of one."""
    if (found := read_clusters(con, shift(week, 1 - HISTORY), week)) is None:
        return None
    placed = found.join(seats.select("cell", *CELL).unique("cell"), on=CELL)
    return parts_of(n, placed, (placed["cell"].to_numpy(), weeks_back(placed, week)))


@dataclass(frozen=True)
class Begun:
    """Where the windows of U suites begin.

    Attributes:
        suites: U rows: `SUITE`, first_back.
        window: (U, weeks) whether the week is of the window.
        quiet: (U, weeks) whether no opened change lies between it and the last.
    """

    suites: pl.DataFrame
    window: Bools
    quiet: Bools

    def of(self, seen: Bools) -> pl.DataFrame:
        """Return the suites with the number of weeks of the window in which something was seen."""
        weeks = (seen & self.window).sum(axis=1)
        return self.suites.with_columns(weeks=pl.Series(weeks.astype(np.int32)))


def begin(suites: pl.DataFrame, restarts: pl.DataFrame) -> Begun:
    """Return where windows begin: with the week of the last change that was opened, or three weeks before their end.

    Args:
        suites: a row per window: `SUITE` and, where it is of several attributes, combination.
        restarts: of `window_restarts`.
    """
    named = suites
    if "combination" not in suites.columns:
        named = suites.with_columns(combination=pl.lit(None, dtype=pl.String))
    on = sorted({*SUITE, "combination"} & set(restarts.columns))
    found = named.join(
        restarts.group_by(on).agg(pl.col("changed_back").min()),
        on=on,
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    changed = found["changed_back"].fill_null(HISTORY).to_numpy()
    back = np.arange(HISTORY)
    quiet = back[None, :] <= changed[:, None]
    return Begun(
        suites.select(SUITE).with_columns(
            first_back=pl.Series(np.minimum(changed, WINDOW - 1).astype(np.int32)),
        ),
        quiet & (back < WINDOW),
        quiet,
    )
