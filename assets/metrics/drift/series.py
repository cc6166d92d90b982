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
from assets.metrics.counting.clusters import CELL, designs_of, drawn_together
from assets.metrics.drift.likelihood import Counts
from assets.metrics.formulas.share import Bools, Floats, Ints

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
        effect: (C, T) design effect of that week's pictures, 1 where none were drawn together; None: none ever were.
    """

    keys: pl.DataFrame
    suite: Ints
    prompts: tuple[str, ...]
    weeks: tuple[date, ...]
    k: Ints
    n: Ints
    effect: Floats | None = None

    @cached_property
    def worth(self) -> tuple[Counts, Counts]:
        """`k` and `n` as the independent pictures that they are worth."""
        return (self.k, self.n) if self.effect is None else (self.k / self.effect, self.n / self.effect)

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
    if "effect" not in ordered.columns:
        return series_of(cells, first.item(), k, n)
    effect = np.ones(n.shape)
    effect[row, column] = ordered["effect"].to_numpy()
    return series_of(cells, first.item(), k, n, effect)


def weekly_counts(con: duckdb.DuckDBPyConnection, first: str, last: str) -> pl.DataFrame:
    """Return the counts of the weeks from `first` to `last`: `KEYS`, prompt, week, hits, n; a row per cell and week.

    Models that are withheld are among them. Of two values of a week one is left out. Where pictures were drawn together
    there is the design `effect` of those of the week, which follows from them alone.
    """
    counts = reading.read(con, "drift_counts", {"first": first, "last": last})
    if drawn_together(con, first, last):
        counts = _with_designs(con, (first, last), counts)
    return _without_complements(counts)


def _with_designs(
    con: duckdb.DuckDBPyConnection, weeks: tuple[str, str], counts: pl.DataFrame
) -> pl.DataFrame:
    """Return counts beside the design `effect` of their pictures; refusals are answers, not pictures."""
    on = ["week", *CELL]
    shares = counts.filter(pl.col("metric") == "share")
    cells = shares.group_by(on, maintain_order=True).agg(
        pl.col("n").first().cast(pl.Float64), squares=(pl.col("hits").cast(pl.Float64) ** 2).sum()
    )
    found = designs_of(con, weeks, cells, cells["n"].to_numpy(), cells["squares"].to_numpy())
    if found is None:
        return counts
    known = cells.select(on).with_columns(effect=pl.Series(found.of_cell))
    beside = counts.join(known, on=on, how="left", nulls_equal=True, maintain_order="left")
    return beside.with_columns(effect=pl.when(pl.col("metric") == "share").then("effect").fill_null(1.0))


def series_of(cells: pl.DataFrame, first: date, k: Ints, n: Ints, effect: Floats | None = None) -> Series:
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
        effect,
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
