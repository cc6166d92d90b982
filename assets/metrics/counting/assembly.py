"""Integers for the keys of figures, and tables out of figures: what makes scoring many weeks at once quick.

The key of a figure is up to thirteen columns, most of them text. Between counting and the last step it is one integer,
`cell_key` or `suite_key`: families group by it, and text that they see is categorical, so that comparing and joining
it is comparing integers. A family keeps to that by taking its key columns from `Levels` and naming no others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from assets.metrics.counting.tallies import Tallies

#: Who reads a model's pictures in a week: it follows from both.
_LABELER = "labeler"
#: The columns of a suite's key; a cell has a prompt besides.
_SUITE = (
    *("week", "model", "series", "params_hash", "track", "suite", "suite_major", "condition", "turn"),
    _LABELER,
)
#: What the key of a figure of labels has besides; NULL for outcomes.
_LABELLED = ("attribute", "scale", "labeler_version")
_FIGURE: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "key": pl.Int32,
    "reference": pl.Categorical,
    "metric": pl.Categorical,
    "value_name": pl.Categorical,
    **dict.fromkeys(("estimate", "low", "high"), pl.Float64),
    **dict.fromkeys(("n", "cells"), pl.Int32),
    "reason": pl.Categorical,
    **dict.fromkeys(("prompts_low", "prompts_high"), pl.Float64),
}

_READ = "whether a label counts"

Keys = npt.NDArray[np.int32]


class Levels(NamedTuple):
    """The key columns of the figures of single cells, and of those of suites."""

    cell: Sequence[str]
    suite: Sequence[str]


#: Of weeks. The attribute goes with the key, for families that are about some attributes only.
LABELS = Levels(("cell_key", "attribute"), ("suite_key", "attribute"))
OUTCOMES = Levels(("cell_key",), ("suite_key",))


@dataclass(frozen=True)
class Keyed:
    """What was counted, with integers for keys.

    Attributes:
        keys: one row a key: `_SUITE`, prompt (NULL: a suite), `_LABELLED`, planned_cells; by week.
        cells: one row per cell and attribute: cell (its row), cell_key, suite_key, standing (if the cell stands for
            its suite: of a confrontation what came after it), attribute, prompt, subject, scale_row, pictures.
        long: one row per row of `cells` and value, zeros included: cell, cell_key, suite_key, standing, attribute,
            prompt (a number), position, value, in_support, pictures, whole (pictures of the cell).
        answers: one row an answer: cell_key, suite_key, standing, prompt (a number), outcome_group, pictures.
    """

    keys: pl.DataFrame
    cells: pl.DataFrame
    long: pl.DataFrame
    answers: pl.DataFrame


def keyed(counted: Tallies, planned: pl.DataFrame) -> Keyed:
    """Number the keys of all figures of some weeks.

    Args:
        counted: of those weeks.
        planned: planned_cells of each week, model, suite, suite_major, condition and attribute (NULL: outcomes).
    """
    after = (pl.col("condition") != "confronted").fill_null(value=True) | (pl.col("turn") > 1)
    asked = counted.asked.with_columns(
        standing=after,
        suite_row=_numbers(counted.asked.select(_SUITE)),
    )
    cells = counted.cells.join(
        asked.select("asked", "standing", "suite_row"), on="asked", maintain_order="left"
    ).with_columns(pl.col("attribute").cast(pl.Categorical))
    cells = cells.with_columns(suite_row=_numbers(cells.select("suite_row", "scale_row")))

    unlabelled = [pl.lit(None, dtype=pl.String).alias(name) for name in _LABELLED]
    of_asked = asked.select(*_SUITE, "prompt", *unlabelled, "suite_row")
    of_cells = cells.select(*_SUITE, "prompt", *_LABELLED, "suite_row").cast({"attribute": pl.String})
    keys, numbers = _by_week(
        [
            _suites(of_asked),
            _suites(of_cells),
            of_asked.drop("suite_row"),
            of_cells.drop("suite_row"),
        ]
    )
    suite_row, row = cells["suite_row"].to_numpy(), counted.answers["asked"].to_numpy()
    numbered = pl.DataFrame({"cell_key": numbers[3], "suite_key": numbers[1][suite_row]})
    cells = cells.select(
        "cell",
        "standing",
        "attribute",
        pl.col("prompt", "subject").cast(pl.Categorical),
        "scale_row",
        "pictures",
    ).hstack(numbered)
    answers = pl.DataFrame(
        {
            "cell_key": numbers[2][row],
            "suite_key": numbers[0][asked["suite_row"].to_numpy()[row]],
            "prompt": row,
        }
    ).hstack(asked.select("standing")[row])
    of_long = cells.select("cell_key", "suite_key", "standing", "attribute", whole="pictures")
    long = (
        counted.long.rename({"asked": "prompt"})
        .with_columns(pl.col("value").cast(pl.Categorical))
        .hstack(of_long[counted.long["cell"].to_numpy()])
    )
    return Keyed(
        _planned(keys, planned),
        cells,
        long,
        answers.hstack(counted.answers.drop("asked")),
    )


def _numbers(frame: pl.DataFrame) -> pl.Series:
    """Return the number of each row's values among the distinct ones, in order of first appearance."""
    distinct = frame.unique(maintain_order=True).with_row_index("number")
    found = frame.join(distinct, on=frame.columns, how="left", nulls_equal=True, maintain_order="left")
    return found["number"].cast(pl.Int64)


def _suites(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the keys of the suites 0 … of `suite_row`: those of a cell of theirs without the prompt."""
    firsts = cells.unique("suite_row", keep="first", maintain_order=True).sort("suite_row").drop("suite_row")
    return firsts.with_columns(prompt=pl.lit(None, dtype=pl.String))


def _by_week(parts: Sequence[pl.DataFrame]) -> tuple[pl.DataFrame, list[Keys]]:
    """Return the keys of all parts, those of a week together, and for each part the numbers of its keys."""
    table = pl.concat(parts)
    order = np.argsort(table["week"].to_physical().to_numpy(), kind="stable")
    number = np.empty(table.height, dtype=np.int32)
    number[order] = np.arange(table.height, dtype=np.int32)
    return table[order], np.split(number, np.cumsum([part.height for part in parts])[:-1])


def _planned(keys: pl.DataFrame, planned: pl.DataFrame) -> pl.DataFrame:
    """Return the keys with their planned cells, 1 for a cell's own."""
    on = ["week", "model", "suite", "suite_major", "condition", "attribute"]
    whole = pl.when(pl.col("prompt").is_null()).then(pl.col("planned_cells")).otherwise(1)
    found = keys.join(planned, on=on, how="left", nulls_equal=True, maintain_order="left")
    return found.with_columns(planned_cells=whole.cast(pl.Int32))


def tables(
    figures: Sequence[pl.DataFrame],
    rates: Sequence[pl.DataFrame],
    keys: pl.DataFrame,
    columns: Sequence[str],
) -> dict[str, pa.Table]:
    """Return the rows of each week, ISO date → table; text is encoded by dictionaries.

    Args:
        figures: frames with cell_key or suite_key, metric and what else a figure has; other columns are left out.
        rates: the same of outcomes, which no labeler reads off a picture.
        keys: of `Keyed`.
        columns: of the tables, in their order.

    Raises:
        ValueError: if the rows of a frame are not in the order of their weeks.
    """
    weeks = keys["week"].to_physical().to_numpy()
    days, first = np.unique(weeks, return_index=True)
    parts = [
        _rows(frame).with_columns(pl.lit(value).alias(_READ))
        for frames, value in ((figures, True), (rates, False))
        for frame in frames
        if frame.height
    ]
    # the first row of each week in each part: rows of a part are in the order of their keys' weeks
    starts = [_starts(weeks[part["key"].to_numpy()], days) for part in parts]
    found = {}
    for number, start in enumerate(first.tolist()):
        rows = pl.concat(
            [part[at[number] : at[number + 1]] for part, at in zip(parts, starts, strict=True)], rechunk=True
        )
        own = keys.filter(pl.lit(pl.Series(weeks == days[number])))
        key = rows["key"].to_numpy() - np.int32(start)
        found[own["week"][0].isoformat()] = pa.table(
            {
                name: _taken(own[name], key) if name in keys.columns else rows[name].to_arrow()
                for name in columns
                if name != _LABELER
            }
        ).append_column(_LABELER, _labelers(own[_LABELER], key, rows[_READ]))
    return found


def _labelers(labelers: pl.Series, key: Keys, read: pl.Series) -> pa.Array:
    """Return who read the pictures of each row; nobody where no label counts."""
    return pl.select(pl.when(read).then(labelers.cast(pl.Categorical).gather(key))).to_series().to_arrow()


def _taken(column: pl.Series, key: Keys) -> pa.Array:
    """Return the column of keys of some rows; of text, keys are the dictionary, in which a text stands repeatedly."""
    values, places = column.to_arrow(), pa.array(key)
    return (
        pa.DictionaryArray.from_arrays(places, values) if column.dtype == pl.String else values.take(places)
    )


def _starts(weeks: npt.NDArray[np.int32], days: npt.NDArray[np.int32]) -> list[int]:
    """Return where each day's rows begin, and where the last day's end."""
    if np.any(weeks[1:] < weeks[:-1]):
        raise ValueError("rows of figures must be in the order of their weeks")
    return [*np.searchsorted(weeks, days).tolist(), len(weeks)]


def _rows(frame: pl.DataFrame) -> pl.DataFrame:
    """Return figures in the columns of `_FIGURE`."""
    key = "cell_key" if "cell_key" in frame.columns else "suite_key"
    given = {
        name: pl.col(key if name == "key" else name).cast(kind)
        for name, kind in _FIGURE.items()
        if name == "key" or name in frame.columns
    }
    return frame.select(
        given.get(name, pl.lit(None, dtype=kind)).alias(name) for name, kind in _FIGURE.items()
    )
