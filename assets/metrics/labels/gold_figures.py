"""What gold tells of a week's span: shares by people's eyes, and how far the labeler's shares are from them.

Gold of the eight weeks that end with the week counts, since the last reported change: of pictures that the labeler
version of the span read, of the same series of the model, in weeks in which the model is not withheld. What the program
read is the stratum. A suite's share is corrected with gold of its own pictures, in the same condition and turn.
Pictures of which the program, or people, cannot tell the value are left out on both sides.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa

from assets.metrics.figures.rows import ends, whatever
from assets.metrics.labels.second_opinions import GOLD_WEEKS
from assets.metrics.plain.arrays import Floats
from assets.metrics.plain.cells import WINDOW
from assets.metrics.plain.corrected import LabelerError, corrected, labeler_error
from assets.metrics.plain.quantiles import student
from assets.metrics.reading import read
from assets.metrics.spans import JOINT
from warehouse.loading.columns import table_of
from warehouse.weeks import shift

_SERIES = ("suite", "suite_major", "attribute")


def gold_figures(con: duckdb.DuckDBPyConnection, week: str, figures: pa.Table) -> dict[str, pa.Table]:
    """Return the rows of `labeler_error` of a week, and its rows of `figures` with its corrected shares behind them.

    Every model has them that is compared with one of which gold was drawn. Nothing is written.
    """
    rows = read(con, "span_gold", {"week": week, "first": shift(week, 1 - GOLD_WEEKS)})
    nothing = {"labeler_error": table_of("labeler_error", [])}
    if rows.is_empty():
        return nothing
    whole = pl.DataFrame(figures)
    told = rows.select("track", "simulated", *_SERIES).unique()
    means = whole.filter(
        pl.col("figure") == "mean_share",
        pl.col("selection").is_null(),
        pl.col("estimate").is_not_null(),
        ~pl.col("attribute").str.starts_with(JOINT),
    ).join(told, on=told.columns, how="semi", maintain_order="left")
    if means.is_empty():
        return nothing
    restarts = read(con, "span_restarts", {"week": week}).rename({"back": "since"})
    gold = (
        rows.join(restarts, on=("model", "attribute"), how="left", maintain_order="left")
        .filter(pl.col("read_value").is_not_null(), pl.col("back") <= pl.col("since").fill_null(GOLD_WEEKS))
        .partition_by("model", *_SERIES, as_dict=True)
    )
    shares: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for key, part in means.partition_by("model", *_SERIES, as_dict=True, maintain_order=True).items():
        here = gold.get(key, rows.clear())
        for (condition, turn), of in part.group_by("condition", "turn", maintain_order=True):
            shares += _corrected(of, here.filter(condition=condition, turn=turn))
        errors += _errors(part, here)
    known = {name: kind for name, kind in means.schema.items() if kind != pl.Null}
    added = pl.DataFrame(shares, schema_overrides=known, infer_schema_length=None)
    estimate, low, high = (
        added[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        for name in ("estimate", "low", "high")
    )
    n, unseen = added["n"].to_numpy(), added["unseen"].to_numpy()
    bounds = whatever(estimate, low, high, *ends(estimate * n, n, unseen))
    added = added.with_columns(**{name: pl.Series(end) for name, end in bounds.items()})
    added = added.with_columns(pl.when(pl.selectors.float().is_finite()).then(pl.selectors.float()))
    return {
        "figures": pl.concat([whole, added], how="vertical_relaxed").to_arrow(),
        "labeler_error": table_of("labeler_error", errors),
    }


def _corrected(means: pl.DataFrame, gold: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield a row of `figures` for each value of one model, condition and turn, from the rows `mean_share`."""
    total = means["k"].to_numpy().astype(float)
    _, errors = _compared(gold, means["value"].to_list(), total)
    for at, (row, error) in enumerate(zip(means.rows(named=True), errors, strict=True)):
        dispersion = row["dispersion"] if row["planned_prompts"] > 1 else row["worth"]
        found = corrected(error, total[at] / total.sum(), total.sum(), dispersion or 1.0)
        # no interval where weeks are too few to tell how much they differ
        known = not found.reason and row["reason"] is None
        ends = {"low": found.low, "high": found.high, "se": found.se, "df": error.df}
        ends["critical"] = float(student(error.df))
        yield {
            **row,
            **{"figure": "corrected_share", "estimate": found.share, "reason": found.reason or row["reason"]},
            **{"n": round(total.sum()), "worth": 1.0},
            **(ends if known else dict.fromkeys(ends)),
        }


def _errors(means: pl.DataFrame, gold: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield a row of `labeler_error` for each value, from the rows `mean_share` of a model and suite."""
    read_as = means.group_by("value", maintain_order=True).agg(pl.col("k").sum())
    total = read_as["k"].to_numpy().astype(float)
    sample, errors = _compared(gold, read_as["value"].to_list(), total)
    for value, error in zip(read_as["value"], errors, strict=True):
        low, high = error.interval
        ends = {"estimate": error.estimate, "low": low, "high": high}
        yield {
            **{name: means[name][0] for name in ("week", "model", *_SERIES, "labeler", "labeler_version")},
            **{"value": value, "n": round(total.sum()), "gold_n": sample},
            **(dict.fromkeys(ends) if error.reason else ends),
            **{"differ": gold["differed"].mean(), "reason": error.reason or None},
        }


def _compared(gold: pl.DataFrame, values: list[str], total: Floats) -> tuple[int, list[LabelerError]]:
    """Return how many gold pictures both sides have a value of, and the error of each value of so many pictures."""
    number = {value: at for at, value in enumerate(values)}
    both = gold.filter(pl.col("read_value").is_in(values), pl.col("value").is_in(values))
    stratum, people = (
        both[name].replace_strict(number, return_dtype=pl.Int64).to_numpy()
        for name in ("read_value", "value")
    )
    design: dict[str, Any] = {
        "disagreement": _part(gold["differed"]),
        "weight": both["weight"].to_numpy(),
        "inside": (both["back"] < WINDOW).to_numpy(),
        "unsettled": _part(~gold["settled"]),
    }
    errors = [labeler_error(people == at, stratum == at, stratum, total, **design) for at in number.values()]
    return both.height, errors


def _part(of: pl.Series) -> float:
    """Return the part that is true of what is known; 0 where nothing is."""
    known = of.drop_nulls()
    return float(known.sum()) / len(known) if len(known) else 0.0
