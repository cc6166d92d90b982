"""Rows of counts for what the analysis file declares: pairs, typed prompts, combinations, and statistics of studies."""

from __future__ import annotations

import duckdb
import polars as pl

from assets.metrics.counting.assembly import Keyed
from assets.metrics.counting.cells import Cells
from assets.metrics.counting.reading import read, read_weeks
from assets.metrics.counting.tallies import Tallies
from assets.metrics.formulas.share import Floats
from assets.metrics.registry.metric import Source
from assets.metrics.scores.rate_clusters import combination_effects

_ON = ("week", "model", "suite", "suite_major", "prompt", "attribute")


def of_weeks(
    con: duckdb.DuckDBPyConnection,
    first: str,
    last: str,
    counted: Tallies,
    found: Keyed,
    compared: Cells,
    effect: Floats | None = None,
    clusters: pl.DataFrame | None = None,
    labeler: str | None = None,
) -> dict[Source, pl.DataFrame]:
    """Return the rows of sources `declared`, `typed` and `combinations`.

    Args:
        con: the warehouse, or a published file.
        first: of the weeks that were counted.
        last: the same.
        counted: of those weeks.
        found: the same with integers for keys.
        compared: the cells beside their references.
        effect: design effect of each cell; None: nothing was drawn together.
        clusters: of `rate_clusters.keyed_clusters`.
        labeler: as if the plans named it.
    """
    beside = {
        name: with_effect(_beside(read_weeks(con, name, first, last), counted, found, compared), effect)
        for name in ("declared", "typed")
    }
    combined = _combined(read_weeks(con, "combinations", first, last, labeler=labeler), counted, found)
    return {
        "declared": beside["declared"],
        "typed": beside["typed"],
        "combinations": combination_effects(combined, clusters),
    }


def with_effect(rows: pl.DataFrame, effect: Floats | None) -> pl.DataFrame:
    """Return rows of cells with the design effect of each; None: nothing was drawn together."""
    return rows if effect is None else rows.with_columns(effect=pl.Series(effect).gather(rows["cell"]))


def of_study(
    con: duckdb.DuckDBPyConnection, study: str, long: pl.DataFrame, cells: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the references that the analysis file has for a study, and the rows of source `typed`.

    Args:
        con: the warehouse, or a published file.
        study: its name.
        long: of `number_cells`.
        cells: the same.
    """
    stated = read(con, "study_references", {"study": study})
    references = stated.select("attribute", "reference", "prompt", "value", "expected_share")
    meant = stated.filter(pl.col("side").is_not_null())
    boards = meant.select("attribute", "reference", "value").unique(maintain_order=True)
    n = long.filter("in_support").group_by("cell").agg(n=pl.col("pictures").sum())
    shown = (
        cells.join(boards, on="attribute", maintain_order="left_right")
        .join(n, on="cell", how="left", maintain_order="left")
        .join(
            long.select("cell", "value", k="pictures"),
            on=["cell", "value"],
            how="left",
            maintain_order="left",
        )
        .join(
            meant.select("attribute", "reference", "prompt", "side"),
            on=["attribute", "reference", "prompt"],
            how="left",
            maintain_order="left",
        )
    )
    return references, shown.with_columns(pl.col("k", "n").fill_null(0))


def _beside(declared: pl.DataFrame, counted: Tallies, found: Keyed, compared: Cells) -> pl.DataFrame:
    """Return one row for each declared value and cell that stands for its suite and can show it."""
    cells = (
        found.cells.select("cell", "suite_key", "standing", "pictures")
        .hstack(counted.cells.select(_ON))
        .filter("standing")
        .join(declared, on=list(_ON), maintain_order="left")
        .with_columns(pl.col("value", "reference").cast(pl.Categorical))
    )
    k = found.long.select("cell", "value", "attribute", k="pictures")
    rows = cells.drop("attribute").join(k, on=["cell", "value"])
    return _assessed(rows, found.long, compared).sort(
        "cell", *(name for name in ("reference", "value_name") if name in rows.columns)
    )


def _assessed(rows: pl.DataFrame, long: pl.DataFrame, compared: Cells) -> pl.DataFrame:
    """Return rows with n: pictures read as a value of the statistic's row, or of the support where there is none."""
    whole = long.filter("in_support").group_by("cell").agg(whole=pl.col("pictures").sum())
    stated = compared.frame.select("cell", pl.col("reference").cast(pl.Categorical)).with_columns(
        stated=pl.Series(compared.counts.sum(axis=1)), has=pl.Series(compared.referenced)
    )
    return (
        rows.join(whole, on="cell", how="left", maintain_order="left")
        .join(stated.filter("has"), on=["cell", "reference"], how="left", maintain_order="left")
        .with_columns(n=pl.coalesce("stated", "whole").fill_null(0))
        .drop("whole", "stated", "has")
    )


def _combined(counts: pl.DataFrame, counted: Tallies, found: Keyed) -> pl.DataFrame:
    """Return one row a combination and cell, with the keys of outcomes: it is of no one attribute."""
    on = ["week", "model", "suite", "suite_version", "prompt", "turn"]
    keys = found.answers.select("cell_key", "suite_key", "standing", asked="prompt").unique(
        maintain_order=True
    )
    return (
        counted.asked.select(*on, "asked")
        .join(counts, on=on, maintain_order="left_right")
        .join(keys, on="asked", maintain_order="left")
        .with_columns(pl.col("combination").cast(pl.Categorical))
        .drop(on)
    )
