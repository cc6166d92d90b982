"""The boards of a week or a study: which there are, what is known of their cells, who can be ranked on them.

A board of a week is (track, simulated, suite and its major version, condition, attribute, reference, scale): chat
products never stand beside image models, nor simulated models beside real ones. Whether its labels can be relied on
may be learned later: the mart `leaderboard` has the last word on that. A board of a study is (condition, attribute,
reference, labeler version). Its prompts are those that any of its models was asked: in a week, those that any planned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import duckdb
import numpy as np
import polars as pl

from assets.metrics.counting.cells import Cells, number_cells, reference_cells
from assets.metrics.counting.reading import read
from assets.metrics.formulas import distance
from assets.metrics.formulas.share import Bools, Floats, Ints, ratio
from assets.metrics.ranks.bounds import Bounds, cell_bounds, mean_bounds
from assets.metrics.ranks.order import (
    ASSESSED_NEEDED,
    CELLS_NEEDED,
    PICTURES_NEEDED,
    Added,
    Compared,
    common_version,
    compare,
    covered,
    enough,
)
from assets.metrics.ranks.unseen import CellAnswers, Turning, of_distances
from assets.metrics.scores.figures import effects_of
from assets.metrics.scores.table import even_references
from assets.metrics.windows.formulas import PICTURES
from warehouse.occasions import Occasion

_ON = ("track", "simulated", "suite", "suite_major", "condition", "attribute", "scale")
_LABELED = ("condition", "attribute", "labeler", "labeler_version")
#: What names a board, by the column of its occasion.
KEYS: Mapping[str, tuple[str, ...]] = {
    "week": ("track", "simulated", "suite", "suite_major", "condition", "attribute", "reference", "scale"),
    "study": ("condition", "attribute", "reference", "labeler", "labeler_version"),
}
#: What a yardstick of the analysis file is of.
YARDSTICK = ("suite", "suite_major", "attribute", "reference", "metric")
ALONE = "no other model of this board can be ranked"
RETIRED = "retired: the provider says that the model is gone"
#: Pictures that a cell needs for its models to be compared on it, and to be covered.
_PICTURES = {"week": (PICTURES, PICTURES), "study": (distance.MIN_PICTURES, PICTURES_NEEDED)}
_NEEDED = {"assessed": f"{ASSESSED_NEEDED:.0%}", "share": f"{CELLS_NEEDED:.0%}"}
_TOO_FEW = {
    "week": "too few prompts: {cells} of {planned} with {pictures} pictures or more and {assessed} of the answers "
    "assessed; {share} are needed",
    "study": "{assessed} of the slots and {pictures} pictures or more are assessed for {cells} of {planned} prompts; "
    "{share} of them are needed",
}


@dataclass(frozen=True)
class RankBoard:
    """One board, with G models and the P prompts that the reference has a row for.

    Attributes:
        occasion: the week or study.
        key: the values of `KEYS`.
        rows: G rows: model, version (of the labeler), withheld, missing, retired; of a week also added and freedom:
            what the model scatters from week to week.
        parts: (7, G, P) the terms of each cell, in the order of `distance.Sums`; 0 where there is no cell.
        n: (G, P) pictures in the support of the reference; at most 1 where they are worth fewer than two independent
            ones.
        worth: (G, P) the independent pictures that these are worth.
        covered: (G, P) whether enough of the cell's answers were assessed.
        bounds: (G, P) worst-case bounds of `distance2`.
        unseen: (G, P) answers that show no value.
        prompts: the P prompts.
        shares: (G, P, V) the part of the pictures that shows each value of the board; 0 where there are none.
        expected: (G, P, V) what the reference expects.
    """

    occasion: Occasion
    key: Mapping[str, Any]
    rows: pl.DataFrame
    parts: Floats
    n: Floats
    worth: Floats
    covered: Bools
    bounds: Bounds
    unseen: Floats
    prompts: tuple[str, ...]
    shares: Floats
    expected: Floats

    @property
    def ends(self) -> Bounds:
        """Return the figure of each model at best and at worst, whatever its unseen answers would have shown."""
        return mean_bounds(self.bounds)

    @cached_property
    def order(self) -> Compared:
        """Compare all pairs of the models that are ranked; pairs and ranks rest on it."""
        return self.compared(self.ranked)

    def compared(self, ranked: Bools) -> Compared:
        """Compare all pairs of the models of the True rows."""
        shares, expected, n = self.shares[ranked], self.expected[ranked], self.worth[ranked]
        return compare(self.parts[:, ranked], self.have[ranked], shares, expected, n, self.added(ranked))

    @cached_property
    def turning(self) -> Turning:
        """Return which pairs of ranked models stay told apart whatever unseen answers would have shown."""
        one = self.ranked
        return of_distances(
            self.order,
            CellAnswers(
                self.shares[one],
                self.expected[one],
                self.n[one],
                self.unseen[one],
                self.have[one],
                Bounds(*(side[one] for side in self.bounds)),
            ),
        )

    @property
    def have(self) -> Bools:
        """(G, P) whether there are enough pictures to compare models by."""
        return np.asarray(self.n >= _PICTURES[self.occasion.column][0])

    def added(self, ranked: Bools) -> Added | None:
        """Return what the models of the True rows scatter; None of a study, which has no weeks."""
        if self.occasion.column == "study":
            return None
        held = self.rows.filter(pl.Series(ranked))
        return Added(held["added"].to_numpy(), held["freedom"].fill_null(np.inf).to_numpy())

    def lacks(self, model: int) -> str | None:
        """Return why the answers of a model, by its row, are too few for a rank; None if they are enough."""
        cells, planned = int(self.covered[model].sum()), self.n.shape[1]
        if enough(cells, planned):
            return None
        text = _TOO_FEW[self.occasion.column].format(
            cells=cells, planned=planned, pictures=_PICTURES[self.occasion.column][1], **_NEEDED
        )
        return text.replace("%", " %")

    @cached_property
    def ranked(self) -> Bools:
        """(G,) whether each model has a rank."""
        return np.array([reason is None for reason in self.reasons], dtype=bool)

    @cached_property
    def reasons(self) -> list[str | None]:
        """Return why each model has no rank, in words; None where it has one."""
        present = self.rows.filter(pl.col("withheld").is_null() & pl.col("missing").is_null())
        version = common_version(present["version"].to_list())
        found = [
            self._why(number, row, version) for number, row in enumerate(self.rows.iter_rows(named=True))
        ]
        left = found.count(None)
        return found if left > 1 else [ALONE if reason is None else reason for reason in found]

    def _why(self, number: int, row: Mapping[str, Any], version: str | None) -> str | None:
        if row["retired"] and (row["withheld"] or row["missing"]):
            return RETIRED
        if row["withheld"]:
            return f"withheld: {row['withheld']}"
        if row["missing"]:
            return str(row["missing"])
        if row["version"] != version:
            return f"read by version {row['version']} of the labeler; the board is ranked on {version}"
        return self.lacks(number)


class OfWeek(NamedTuple):
    """What all boards of a week are made of: rows of `rank_rows` and of `rank_cells`."""

    rows: pl.DataFrame
    cells: pl.DataFrame


def read_week(con: duckdb.DuckDBPyConnection, week: Occasion) -> OfWeek:
    """Return what the boards of a week, whose `scores` are there, are made of."""
    return OfWeek(*(read(con, name, week.where) for name in ("rank_rows", "rank_cells")))


def read_boards(
    con: duckdb.DuckDBPyConnection, occasion: Occasion, of_week: OfWeek | None
) -> Iterator[RankBoard]:
    """Yield every board of a week, or, without what it is made of, of a study; nothing is written."""
    found = _of_week(con, occasion, of_week) if of_week else _of_study(con, occasion)
    if found is None:
        return
    rows, cells = found
    keys = KEYS[occasion.column]
    boards = rows.select(keys).unique(maintain_order=True).with_row_index("board")
    parts = _parts(cells)
    seats = cells.frame.select(*keys, "model", "prompt").join(
        boards, on=list(keys), how="left", maintain_order="left"
    )
    of_board = seats["board"].fill_null(boards.height).to_numpy()
    order = np.argsort(of_board, kind="stable")
    starts = np.searchsorted(of_board[order], np.arange(boards.height + 1))
    models, prompts = seats["model"].to_numpy(), seats["prompt"].to_numpy()
    by_board = rows.join(boards, on=list(keys), maintain_order="left").partition_by(
        "board", maintain_order=True
    )
    for number, (key, held) in enumerate(
        zip(boards.drop("board").iter_rows(named=True), by_board, strict=True)
    ):
        here = order[starts[number] : starts[number + 1]]
        row = np.searchsorted(held["model"].to_numpy(), models[here])
        names, column = np.unique(prompts[here], return_inverse=True)
        wide = np.full((len(parts), held.height, len(names)), np.nan)
        wide[:, row, column] = parts[:, here]
        n, lacking, low, high = np.nan_to_num(wide[:4])
        # A prompt that the model was not asked leaves everything possible.
        high = np.where(np.isnan(wide[0]), np.max(np.nan_to_num(wide[4], nan=-np.inf), axis=0), high)
        yield RankBoard(
            occasion,
            key,
            held,
            np.nan_to_num(wide[6:]),
            n,
            np.nan_to_num(wide[5]),
            covered(n, lacking, _PICTURES[occasion.column][1]),
            Bounds(low, high),
            lacking,
            tuple(names.tolist()),
            *_by_value(cells, here, row, column, n.shape),
        )


def _by_value(
    cells: Cells, here: Ints, row: Ints, column: Ints, shape: tuple[int, ...]
) -> tuple[Floats, Floats]:
    """Return shares and what is expected of the cells of one board: (G, P, V) each."""
    names, value = np.unique(cells.names(here), return_inverse=True)
    value = value.reshape(cells.support[here].shape)
    found = []
    shares = ratio(cells.counts[here], cells.counts[here].sum(axis=1)[:, None])
    for side in (shares, cells.expected[here]):
        wide = np.zeros((*shape, len(names)))
        wide[row[:, None], column[:, None], value] = np.where(cells.support[here], np.nan_to_num(side), 0.0)
        found.append(wide)
    return found[0], found[1]


def _of_week(
    con: duckdb.DuckDBPyConnection, week: Occasion, given: OfWeek
) -> tuple[pl.DataFrame, Cells] | None:
    """Return the models of each board, and the cells beside their references; None without cells."""
    long, references = given.cells, read(con, "references", week.where)
    rows = given.rows.filter(pl.col("metric") == "distance")
    rows = rows.join(read(con, "yardsticks", {}), on=list(YARDSTICK), how="semi", maintain_order="left")
    if long.is_empty() or rows.is_empty():
        return None
    on = ("model", "suite", "suite_major", "attribute", "scale")
    cells = _cells(long, _ON, references, on)
    return rows.rename({"labeler_version": "version"}), cells.take(cells.referenced)


def _of_study(con: duckdb.DuckDBPyConnection, study: Occasion) -> tuple[pl.DataFrame, Cells] | None:
    """Return the same of a study: nobody is withheld; statistics declared for it stand beside equal shares."""
    long = read(con, "study_rank_cells", study.where)
    if long.is_empty():
        return None
    stated = read(con, "study_references", study.where).drop("side")
    references = pl.concat([even_references(long), stated], how="diagonal_relaxed")
    cells = _cells(long, _LABELED, references, ("attribute",))
    cells = cells.take(cells.referenced)
    rows = cells.frame.select(*KEYS["study"], "model").unique().sort(*KEYS["study"], "model")
    nothing = pl.lit(None, dtype=pl.String)
    return rows.with_columns(
        version="labeler_version", withheld=nothing, missing=nothing, retired=pl.lit(value=False)
    ), cells


def _cells(long: pl.DataFrame, keys: Sequence[str], references: pl.DataFrame, on: Sequence[str]) -> Cells:
    of_cell = [*keys, "model", "prompt", "unseen", *({"effect"} & {*long.columns})]
    cells = reference_cells(*number_cells(long, of_cell), references, on)
    return replace(cells, effect=effects_of(cells.frame))


def _parts(cells: Cells) -> Floats:
    """Return what is asked of each cell, (13, cells): n, unseen, bounds, maximum, worth, the terms of `Sums`."""
    terms = cells.terms
    unseen = cells.frame["unseen"].to_numpy().astype(float)
    bounds = cell_bounds(cells.counts, cells.expected, cells.support, unseen)
    sums = (getattr(terms, name) for name in distance.Sums._fields[1:])
    n = cells.counts.sum(axis=1)
    # pictures that are worth fewer than two independent ones say nothing of a distance
    n = np.where(terms.n < distance.MIN_PICTURES, np.minimum(n, distance.MIN_PICTURES - 1), n)
    return np.stack([n, unseen, *bounds, terms.maximum, terms.n, *sums])
