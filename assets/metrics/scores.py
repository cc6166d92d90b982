"""The scores of a week, and of a study: which counts are read, and in which columns the figures come out.

Belongs here: wiring. Does not belong here: formulas (one module a family), what enters a figure (`figures`), and
writing to the warehouse (`warehouse.load`).

Everything is read for one week only, so that a week's scores depend on that week alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from assets.metrics.beside import (
    amplification_figures,
    compatibility_figures,
    homogeneity_figures,
    lift_figures,
)
from assets.metrics.cells import Cells, number_cells, reference_cells, support_cells
from assets.metrics.demographic import injected
from assets.metrics.figures import (
    distance_figures,
    each,
    rate_figures,
    rows,
    share_figures,
    together,
)
from assets.metrics.rates import (
    ATTRIBUTE_RATES,
    OUTCOME_RATES,
    OUTSIDE_RATE,
    PERSON_COUNT,
    PERSON_RATES,
    attribute_counts,
    outcome_counts,
    outside_counts,
)
from assets.metrics.share import Estimate
from warehouse.sqlfiles import sql

#: What makes a group of cells; a cell has a prompt besides.
_MODEL = ("model", "series", "params_hash", "track", "suite", "suite_major", "condition", "turn")
_LIVE = (*_MODEL, "attribute", "labeler_version", "scale")
_STUDY = ("model", "condition", "attribute", "labeler", "labeler_version")
_PLANNED = ("model", "suite", "suite_major", "condition", "attribute")

_INT, _REAL, _TEXT = pa.int32(), pa.float64(), pa.string()
_FIGURE: Mapping[str, pa.DataType] = {
    "metric": _TEXT,
    "value_name": _TEXT,
    "estimate": _REAL,
    "low": _REAL,
    "high": _REAL,
    "n": _INT,
    "cells": _INT,
    "planned_cells": _INT,
    "reason": _TEXT,
    "prompts_low": _REAL,
    "prompts_high": _REAL,
}
_UNORDERED = {"estimate", "low", "high", "n", "cells", "reason", "prompts_low", "prompts_high"}
SCORES = pa.schema(
    {
        "week": pa.date32(),
        **dict.fromkeys(("model", "series", "params_hash", "track", "suite"), _TEXT),
        "suite_major": _INT,
        "condition": _TEXT,
        "prompt": _TEXT,
        "turn": _INT,
        **dict.fromkeys(("attribute", "reference", "scale", "labeler_version"), _TEXT),
        **_FIGURE,
    }
)
STUDY_SCORES = pa.schema(
    {
        **dict.fromkeys(("study", "model", "condition", "prompt", "attribute", "reference"), _TEXT),
        **dict.fromkeys(("labeler", "labeler_version"), _TEXT),
        **_FIGURE,
    }
)


def compute_scores(con: duckdb.DuckDBPyConnection, week: str) -> pa.Table:
    """Return the scores of one week: the columns of table `scores`, for cells and for suites (prompt NULL).

    Figures of a suite in condition `confronted` are of what came after the confrontation (turn 2).

    Args:
        con: a warehouse with the marts `cell_counts` and `slot_outcomes`; nothing is written.
        week: ISO date of its Monday.
    """
    where = {"week": week}
    long = _read(con, "counts", where)
    numbered, cells = number_cells(long, [*_LIVE, "prompt"])
    on = ("model", "suite", "suite_major", "attribute", "scale")
    compared = reference_cells(numbered, cells, _read(con, "references", where), on)
    plain = support_cells(numbered, cells)
    figures = [
        *_cell_and_suite(plain, compared, _LIVE),
        *compatibility_figures(together(_steps(con, where, cells), _LIVE)),
        *lift_figures(_stereotyped(_read(con, "stereotypes", where), numbered, plain), _LIVE),
        *_attribute_rates(long, _LIVE),
        *_outcome_rates(injected(_read(con, "answers", where))),
    ]
    planned = _read(con, "planned_cells", where)
    return _finish(figures, planned, _PLANNED, SCORES, {"week": week})


def compute_study_scores(con: duckdb.DuckDBPyConnection, study: str) -> pa.Table:
    """Return the scores of one study: the columns of table `study_scores`, for cells and over prompts (prompt NULL).

    Conditions and labeler versions are scored separately. An attribute with two values in its support is compared
    with `parity` (½, ½), one with more with `uniform`.

    Args:
        con: a warehouse with the mart `study_cell_counts`; nothing is written.
        study: the study's name.
    """
    where = {"study": study}
    long = _read(con, "study_counts", where)
    numbered, cells = number_cells(long, [*_STUDY, "prompt"])
    compared = reference_cells(numbered, cells, even_references(long), ["attribute"])
    figures = [
        *_cell_and_suite(support_cells(numbered, cells), compared, _STUDY),
        *_attribute_rates(long, _STUDY),
    ]
    planned = _read(con, "study_planned_cells", where)
    return _finish(figures, planned, ("condition",), STUDY_SCORES, {"study": study})


def _read(con: duckdb.DuckDBPyConnection, name: str, where: Mapping[str, Any]) -> pl.DataFrame:
    con.execute("SELECT 1").fetchall()  # a result that was not read to its end would block the next line
    found = pl.from_arrow(con.sql(sql(f"metrics/{name}"), params=dict(where)).to_arrow_table())
    if not isinstance(found, pl.DataFrame):
        raise TypeError(f"metrics/{name} gave no table")
    return found


def even_references(long: pl.DataFrame) -> pl.DataFrame:
    """Return equal shares of the values of each attribute's support, as reference rows for every prompt."""
    values = long.filter("in_support").select("attribute", "value").unique(maintain_order=True)
    many = pl.len().over("attribute")
    return values.with_columns(
        reference=pl.when(many == 2).then(pl.lit("parity")).otherwise(pl.lit("uniform")),
        prompt=pl.lit(None, dtype=pl.String),
        expected_share=1 / many,
    )


def _after(frame: pl.DataFrame) -> pl.Expr:
    """Return which cells stand for their suite: of a confrontation what came after it."""
    if "turn" not in frame.columns:
        return pl.lit(value=True)
    return (pl.col("condition") != "confronted") | (pl.col("turn") > 1)


def _cell_and_suite(plain: Cells, compared: Cells, keys: Sequence[str]) -> Iterable[pl.DataFrame]:
    """Return the figures of values and of distances: of every cell, and of the cells that stand for a suite."""
    both = (
        (plain, (share_figures, homogeneity_figures), ()),
        (compared, (distance_figures,), ("reference",)),
    )
    for cells, families, extra in both:
        if cells.frame.is_empty():
            continue
        single, suites = each(cells, [*keys, "prompt", *extra]), together(_standing(cells), [*keys, *extra])
        for family in families:
            yield from family(single)
            yield from family(suites)
    if not plain.frame.is_empty():
        yield from compatibility_figures(together(_standing(plain), keys))
    if not compared.frame.is_empty():
        cited = compared.take(compared.frame["own"].to_numpy())
        yield from amplification_figures(each(cited, [*keys, "prompt", "reference"]))
        yield from amplification_figures(together(_standing(compared), [*keys, "reference"]))


def _standing(cells: Cells) -> Cells:
    """Return the cells that stand for their suite."""
    standing = cells.frame.select(pl.lit(value=True) & _after(cells.frame)).to_series().to_numpy()
    return cells.take(np.broadcast_to(standing, cells.frame.height))


def _stereotyped(pairs: pl.DataFrame, numbered: pl.DataFrame, plain: Cells) -> pl.DataFrame:
    """Return one row a stereotype and cell of a prompt that can show it (`lift_figures`)."""
    on = ["model", "suite", "suite_major", "prompt", "attribute", "value"]
    found = numbered.filter(_after(numbered)).join(pairs, on=on).sort("cell", "value_name")
    cell = found["cell"].to_numpy()
    return found.rename({"pictures": "k"}).with_columns(
        n=pl.Series(plain.counts.sum(axis=1)[cell]), pictures=plain.frame["pictures"].gather(cell)
    )


def _steps(con: duckdb.DuckDBPyConnection, where: Mapping[str, Any], cells: pl.DataFrame) -> Cells:
    """Return the cells of scales that are reported in bands, in steps; cells that stand for their suite."""
    banded = cells.filter(_after(cells), pl.col("scale") == "bands").with_columns(scale=pl.lit("values"))
    on = ["model", "suite", "suite_major", "attribute"]
    declared = _read(con, "step_values", where)
    counted = _read(con, "steps", where) if banded.height else declared.head(0)
    numbered = banded.drop("cell").with_row_index("cell").with_columns(pl.col("cell").cast(pl.Int64))
    steps = numbered.drop("pictures").join(declared, on=on, maintain_order="left_right")
    if counted.height:
        steps = steps.join(
            counted, on=[*on, "prompt", "turn", "labeler_version", "value"], how="left", maintain_order="left"
        )
    else:
        steps = steps.with_columns(pictures=pl.lit(0))
    filled = steps.with_columns(pl.col("pictures").fill_null(0), in_support=pl.lit(value=True))
    return support_cells(filled, numbered)


def _attribute_rates(long: pl.DataFrame, keys: Sequence[str]) -> Iterable[pl.DataFrame]:
    """Return the rates of an attribute's labels, for cells, and over all pictures of a suite."""
    for level, part in (([*keys, "prompt"], long), (list(keys), long.filter(_after(long)))):
        if part.is_empty():
            continue
        counts = attribute_counts(part, level)
        yield from rate_figures(counts, level, ATTRIBUTE_RATES)
        yield from rate_figures(outside_counts(part, level), level, (OUTSIDE_RATE,))
        people = counts.filter(pl.col("attribute") == PERSON_COUNT)
        yield from rate_figures(people, level, PERSON_RATES)


def _outcome_rates(answers: pl.DataFrame) -> Iterable[pl.DataFrame]:
    """Return the rates of outcomes and the number of pictures, for cells, and over all slots of a suite."""
    for level, part in (([*_MODEL, "prompt"], answers), (list(_MODEL), answers.filter(_after(answers)))):
        if part.is_empty():
            continue
        counts = outcome_counts(part, level)
        yield from rate_figures(counts, level, OUTCOME_RATES)
        pictures = counts["pictures"].to_numpy().astype(float)
        nothing = np.full(counts.height, np.nan)
        yield rows(
            counts.select(level),
            "pictures",
            Estimate(pictures, nothing, nothing),
            counts["planned"].to_numpy(),
            counts["cells"].to_numpy(),
        )


def _finish(
    figures: Sequence[pl.DataFrame],
    planned: pl.DataFrame,
    on: Sequence[str],
    schema: pa.Schema,
    constant: Mapping[str, str],
) -> pa.Table:
    """Return all figures with their planned cells (1 for a cell's own), in the columns and order of the table."""
    if not figures:
        return schema.empty_table()
    found = pl.concat(figures, how="diagonal")
    for name in schema.names:
        if name not in found.columns and name not in constant and name != "planned_cells":
            kind = pl.Float64 if name in _UNORDERED else pl.String
            found = found.with_columns(pl.lit(None, dtype=kind).alias(name))
    whole = pl.when(pl.col("prompt").is_null()).then(pl.col("planned_cells")).otherwise(1)
    ordered = (
        found.join(planned, on=list(on), how="left", nulls_equal=True)
        .with_columns(planned_cells=whole, **{name: pl.lit(text) for name, text in constant.items()})
        .select(schema.names)
    )
    if "week" in constant:
        ordered = ordered.with_columns(pl.col("week").str.to_date())
    keys = [name for name in schema.names if name not in _UNORDERED]
    return ordered.sort(keys).to_arrow().cast(schema)
