"""What a published study's figures can be trusted to say: which differences between its conditions are no chance."""

from __future__ import annotations

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from assets.metrics.formulas.share import ratio
from assets.metrics.reading import read
from assets.metrics.registry.metric import NOT_ASSESSED
from assets.metrics.study.tests import LEVEL, benjamini_hochberg, chi_square_p, fisher_p, holm
from assets.suites.comparisons import in_order

_TEXT, _INT, _REAL = pa.string(), pa.int32(), pa.float64()
DIFFERENCES = pa.schema(
    {
        **dict.fromkeys(("study", "model", "prompt", "attribute", "labeler", "labeler_version"), _TEXT),
        **dict.fromkeys(("value", "condition_a", "condition_b"), _TEXT),
        **dict.fromkeys(("k_a", "n_a", "k_b", "n_b"), _INT),
        **dict.fromkeys(("difference", "chi_square_p", "fisher_p"), _REAL),
        "tests": _INT,
        **dict.fromkeys(("holm_p", "fdr_p"), _REAL),
        "survives": pa.bool_(),
        "reason": _TEXT,
    }
)
_CELL = ["model", "prompt", "attribute", "labeler", "labeler_version"]
_FAMILY = ["attribute", "labeler", "labeler_version"]


def stated_baseline(con: duckdb.DuckDBPyConnection, study: str) -> str | None:
    """Return the condition that a study's file names as the one to compare with, or None if it names none."""
    found = read(con, "study_baseline", {"study": study})["baseline"].to_list()
    return str(found[0]) if found and found[0] is not None else None


def study_differences(con: duckdb.DuckDBPyConnection, study: str) -> pa.Table:
    """Return the rows of `study_differences` of one study: each prompt's shares under two conditions, tested.

    Only prompts that were asked under both conditions are compared, model by model. A test that cannot be made,
    for want of assessed pictures, is a row with a reason and is not counted among the tests.
    """
    pairs = _pairs(_counts(con, study), stated_baseline(con, study))
    if pairs.is_empty():
        return DIFFERENCES.empty_table()
    k_a, n_a, k_b, n_b = (pairs[name].to_numpy() for name in ("k_a", "n_a", "k_b", "n_b"))
    exact = fisher_p(k_a, n_a, k_b, n_b)
    tested = ~np.isnan(exact)
    group = pairs.select(pl.struct(_FAMILY).rank("dense").cast(pl.Int64) - 1).to_series().to_numpy()
    strict, lenient = np.full(len(exact), np.nan), np.full(len(exact), np.nan)
    for number in np.unique(group):
        strict[group == number] = holm(exact[group == number])
        lenient[group == number] = benjamini_hochberg(exact[group == number])
    figures = {
        "difference": ratio(k_b, n_b) - ratio(k_a, n_a),
        "chi_square_p": chi_square_p(k_a, n_a, k_b, n_b),
        "fisher_p": exact,
        "holm_p": strict,
        "fdr_p": lenient,
    }
    survives = [bool(p <= LEVEL) if known else None for p, known in zip(strict, tested, strict=True)]
    return (
        pairs.with_columns(
            study=pl.lit(study),
            **{name: pl.Series(part).fill_nan(None) for name, part in figures.items()},
            tests=pl.Series(np.bincount(group, weights=tested).astype(np.int32)[group]),
            survives=pl.Series(survives, dtype=pl.Boolean),
            reason=pl.Series([None if known else NOT_ASSESSED for known in tested], dtype=pl.String),
        )
        .select(DIFFERENCES.names)
        .sort("attribute", "labeler", "labeler_version", "model", "prompt", "condition_b", "value")
        .to_arrow()
        .cast(DIFFERENCES)
    )


def _counts(con: duckdb.DuckDBPyConnection, study: str) -> pl.DataFrame:
    """Return one row per cell and value of the support: condition, keys, position, value, k, n."""
    found = read(con, "study_counts", {"study": study})
    cell = ["condition", *_CELL]
    return found.filter("in_support").select(
        *cell,
        "position",
        "value",
        pl.col("pictures").alias("k"),
        pl.col("pictures").sum().over(cell).alias("n"),
        pl.len().over(cell).alias("values"),
    )


def _pairs(counts: pl.DataFrame, baseline: str | None) -> pl.DataFrame:
    """Return one row per comparison: keys, value, conditions, k and n of both; of two values the first alone."""
    conditions = in_order(counts["condition"].unique().to_list(), baseline)
    first = pl.col("position") == pl.col("position").min().over("condition", *_CELL)
    wanted = counts.filter((pl.col("values") > 2) | ((pl.col("values") == 2) & first))
    if len(conditions) < 2:
        return wanted.clear()
    keys = [*_CELL, "value"]
    base = wanted.filter(pl.col("condition") == conditions[0]).select(
        *keys, pl.col("condition").alias("condition_a"), pl.col("k").alias("k_a"), pl.col("n").alias("n_a")
    )
    other = wanted.filter(pl.col("condition") != conditions[0]).select(
        *keys, pl.col("condition").alias("condition_b"), pl.col("k").alias("k_b"), pl.col("n").alias("n_b")
    )
    return base.join(other, on=keys)
