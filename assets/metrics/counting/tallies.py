"""What was counted in some weeks: cells, answers and pictures of each value, as the views of the warehouse count them.

DuckDB counts: `cell_counts` and `slot_outcomes` are the definitions, read for the weeks asked for. Here rows are
numbered, so that what follows joins integers.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import polars as pl

from assets.metrics.counting.cells import number_cells
from assets.metrics.counting.reading import read_weeks

#: What a cell's rows have in common in every statement.
_CELL = ("week", "model", "suite", "suite_version", "prompt", "turn")
#: What has declared values of its own.
_SCALE = ("week", "model", "suite", "suite_major", "attribute", "scale")


@dataclass(frozen=True)
class Tallies:
    """What was counted in some weeks.

    Attributes:
        asked: one row per cell: asked (its row), keys, subject, pictures.
        answers: one row per answer, in the order of `asked`: asked (a row of it), outcome_group, pictures (0 or 1; 2 if
            both later turns of a conversation have one).
        cells: one row per cell and attribute: cell (its row), asked, keys, subject, attribute, scale, labeler_version,
            pictures, scale_row (a row of `scales`).
        long: one row per row of `cells` and value, zeros included: cell (a row of `cells`), asked, position, value,
            in_support, pictures. The rows of a cell stand together, in the declared order.
        scales: one row per model's attribute in a suite: `_SCALE`, scale_row.
    """

    asked: pl.DataFrame
    answers: pl.DataFrame
    cells: pl.DataFrame
    long: pl.DataFrame
    scales: pl.DataFrame


def tally(con: duckdb.DuckDBPyConnection, first: str, last: str, labeler: str | None = None) -> Tallies:
    """Return what was counted in the weeks from `first` to `last`, ISO dates of Mondays.

    With a `labeler`, as if the plans named it.
    """

    def weeks(name: str) -> pl.DataFrame:
        return read_weeks(con, name, first, last, labeler=labeler)

    asked = _numbered(weeks("asked"), "asked")
    places = asked.select(*_CELL, "asked")
    answers = weeks("answers").join(places, on=_CELL).drop(_CELL).sort("asked")

    of_cell = [*_CELL, "attribute", "scale", "labeler_version"]
    long, cells = number_cells(weeks("counts"), of_cell)
    cells = cells.join(asked.drop("pictures"), on=_CELL, maintain_order="left")
    scales = _numbered(cells.select(_SCALE).unique(maintain_order=True), "scale_row")
    cells = cells.join(scales, on=_SCALE, maintain_order="left")
    long = long.select("cell", "position", "value", "in_support", "pictures").with_columns(
        asked=cells["asked"].gather(long["cell"])
    )
    return Tallies(asked, answers, cells, long, scales)


def _numbered(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    return frame.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias(name))
