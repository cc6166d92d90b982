"""The series whose changes are looked for, as arrays of weekly counts.

A series is one share: of one value, or of refusals, in the prompts of one suite, by one model with its parameters, as
read by one version of one labeler. Another version of the labeler or of the suite's number, or other parameters, are
another series: nothing is compared across them. A week that is missing or withheld is no observation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import duckdb
import numpy as np
import polars as pl

from assets.metrics.counting import reading
from assets.metrics.formulas.share import Bools, Ints

#: What makes a series.
KEYS = (
    "model",
    "series",
    "params_hash",
    "track",
    "simulated",
    "suite",
    "suite_major",
    "condition",
    "turn",
    "metric",
    "attribute",
    "scale",
    "labeler_version",
    "value_name",
)
#: What series of one attribute share: its values together.
_VALUES = KEYS[:-1]


@dataclass(frozen=True)
class Series:
    """S series of C cells over T weeks.

    Attributes:
        keys: S rows: `KEYS`.
        suite: (C,) which series each cell belongs to, ascending.
        prompts: (C,) prompt of each cell.
        weeks: the T weeks, Mondays without a gap.
        k: (C, T) pictures with the value, or refusals.
        n: (C, T) pictures assessed, or answers; 0 where the week was not observed.
    """

    keys: pl.DataFrame
    suite: Ints
    prompts: tuple[str, ...]
    weeks: tuple[date, ...]
    k: Ints
    n: Ints

    @cached_property
    def numbers(self) -> Mapping[tuple[Any, ...], int]:
        """Values of `KEYS` → number of the series."""
        return {row: number for number, row in enumerate(self.keys.iter_rows())}

    @cached_property
    def seen(self) -> Bools:
        """(S, T) whether a series was observed in a week."""
        found = np.zeros((self.keys.height, len(self.weeks)), dtype=bool)
        np.logical_or.at(found, self.suite, self.n > 0)
        return found


def read(con: duckdb.DuckDBPyConnection, week: str) -> Series:
    """Return all series through `week`, from the scores of those weeks.

    Args:
        con: a warehouse in which these weeks are scored and checked; nothing is written.
        week: ISO date of the last Monday.
    """
    counts = weekly_counts(con, "0001-01-01", week)
    withheld = reading.read(con, "drift_withheld", {})
    shown = counts.join(withheld, on=["week", "model"], how="anti")
    ordered = shown.sort([*KEYS, "prompt"], nulls_last=True).with_columns(
        row=pl.struct(*KEYS, "prompt").rle_id()
    )
    cells = ordered.group_by("row", maintain_order=True).agg(pl.col(*KEYS, "prompt").first())
    days = ordered["week"].to_numpy().astype("datetime64[D]")
    if not len(days):
        return series_of(cells, date.min, *np.zeros((2, 0, 0), dtype=np.int64))
    first = days.min()
    column = (days - first).astype(np.int64) // 7
    k, n = np.zeros((2, cells.height, int(column.max()) + 1), dtype=np.int64)
    row = ordered["row"].to_numpy()
    k[row, column] = ordered["hits"].to_numpy()
    n[row, column] = ordered["n"].to_numpy()
    return series_of(cells, first.item(), k, n)


def weekly_counts(con: duckdb.DuckDBPyConnection, first: str, last: str) -> pl.DataFrame:
    """Return the counts of the weeks from `first` to `last`: `KEYS`, prompt, week, hits, n; a row per cell and week.

    Models that are withheld are among them. Of two values of a week one is left out.
    """
    return _without_complements(reading.read(con, "drift_counts", {"first": first, "last": last}))


def series_of(cells: pl.DataFrame, first: date, k: Ints, n: Ints) -> Series:
    """Return the series of cells (`KEYS`, prompt; sorted by them) with their counts from the week `first` on."""
    numbered = cells.with_columns(number=pl.struct(*KEYS).rle_id())
    keys = numbered.group_by("number", maintain_order=True).agg(pl.col(KEYS).first()).drop("number")
    return Series(
        keys,
        numbered["number"].to_numpy().astype(np.int64),
        tuple(cells["prompt"].to_list()),
        tuple(first + timedelta(weeks=number) for number in range(n.shape[1])),
        k,
        n,
    )


def _without_complements(counts: pl.DataFrame) -> pl.DataFrame:
    """Return the counts without the second of a week's two values: its share is one minus the first's."""
    values = counts.select(*_VALUES, "week", "value_name").unique()
    second = (
        values.sort(pl.col("value_name") == "no", "value_name")
        .group_by(*_VALUES, "week", maintain_order=True)
        .agg(pl.len().alias("many"), pl.col("value_name").last())
        .filter(pl.col("many") == 2)
    )
    return counts.join(second, on=[*KEYS, "week"], how="anti", nulls_equal=True)
