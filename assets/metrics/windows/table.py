"""The table `window_scores`: the published figures of a week, of the pictures of up to four weeks."""

from __future__ import annotations

from datetime import date

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from assets.metrics.formulas.distance import root
from assets.metrics.formulas.share import Estimate, Floats, Ints
from assets.metrics.registry.metric import NO_PICTURES, NOT_ASSESSED
from assets.metrics.registry.metrics import metrics
from assets.metrics.windows.counts import ALIKE
from assets.metrics.windows.figures import FIGURE, TOO_FEW, Counted
from assets.metrics.windows.formulas import WINDOW, scatter, weekly, widened
from assets.metrics.windows.rates import rated
from assets.metrics.windows.rows import labelled
from warehouse.weeks import shift

_TEXT, _INT, _REAL, _YES = pa.string(), pa.int32(), pa.float64(), pa.bool_()
SCHEMA = pa.schema(
    {
        "week": pa.date32(),
        **dict.fromkeys(("model", "series", "params_hash", "track"), _TEXT),
        "simulated": _YES,
        "suite": _TEXT,
        "suite_major": _INT,
        "condition": _TEXT,
        "prompt": _TEXT,
        "turn": _INT,
        **dict.fromkeys(
            ("attribute", "reference", "scale", "labeler_version", "metric", "value_name"), _TEXT
        ),
        **dict.fromkeys(("window_weeks", "weeks"), _INT),
        "first_week": pa.date32(),
        **dict.fromkeys(("estimate", "low", "high", "prompts_low", "prompts_high"), _REAL),
        **dict.fromkeys(("n", "cells"), _INT),
        "scatter": _REAL,
        "scatter_freedom": _REAL,
        "scatter_measured": _YES,
        "quiet_weeks": _INT,
        "settling": _YES,
        "reason": _TEXT,
    }
)
_FIGURES = ("estimate", "low", "high", "prompts_low", "prompts_high", "least", "most", "n", "cells", "reason")


def week_windows(con: duckdb.DuckDBPyConnection, week: str) -> pa.Table:
    """Return the rows of `window_scores` of one week, from the scores of twelve weeks and the opened changes."""
    parts = [rows for make in (labelled, rated) if (rows := _rows_of(make(con, week))) is not None]
    if not parts:
        return SCHEMA.empty_table()
    first = pl.Series([date.fromisoformat(shift(week, -back)) for back in range(WINDOW)])
    rows = pl.concat(parts, how="diagonal")
    return (
        rows.with_columns(
            week=pl.lit(date.fromisoformat(week)),
            window_weeks=pl.lit(WINDOW),
            settling=pl.lit(value=False),  # until the schema is without it
            first_week=first.gather(rows["first_back"]),
        )
        .select(SCHEMA.names)
        .sort([name for name in SCHEMA.names if SCHEMA.field(name).type != _REAL])
        .to_arrow()
        .cast(SCHEMA)
    )


def _rows_of(counted: Counted | None) -> pl.DataFrame | None:
    """Return figures beside their suites, with scatter in their intervals; None where there are none."""
    if counted is None or not counted.families:
        return None
    figures = pl.concat([_plain(family.figures) for family in counted.families], how="diagonal")
    figures = figures.join(
        _scattered(counted), on=list(FIGURE), how="left", nulls_equal=True, maintain_order="left"
    )
    if counted.assessed is None:
        figures = figures.with_columns(assessed=pl.lit(None, dtype=pl.Float64))
    else:
        figures = figures.join(
            counted.assessed, on=["suite_key", "prompt"], how="left", nulls_equal=True, maintain_order="left"
        )
    suites = counted.suites.with_row_index("suite_key").cast({"suite_key": pl.Int64})
    return _with_scatter(figures.join(suites, on="suite_key", maintain_order="left"))


def _plain(figures: pl.DataFrame) -> pl.DataFrame:
    """Return figures with text as text and every column."""
    given = {name: pl.col(name) for name in (*FIGURE, *_FIGURES) if name in figures.columns}
    kinds = {"suite_key": pl.Int64, **dict.fromkeys(("n", "cells"), pl.Int32)}
    text = {*FIGURE, "reason"} - {"suite_key"}
    return figures.select(
        given.get(name, pl.lit(None))
        .cast(pl.String if name in text else kinds.get(name, pl.Float64))
        .alias(name)
        for name in (*FIGURE, *_FIGURES)
    )


def _scattered(counted: Counted) -> pl.DataFrame:
    """Return scatter and its degrees of freedom of every figure that is a sum of shares."""
    entries = [family.entries for family in counted.families]
    frame = pl.concat([one.frame for one in entries])
    seat, row, gradient = (
        np.concatenate([getattr(one, name) for one in entries]) for name in ("seat", "counted", "gradient")
    )
    distinct = frame.unique(maintain_order=True).with_row_index("figure")
    figure = (
        frame.join(distinct, on=list(FIGURE), how="left", nulls_equal=True, maintain_order="left")["figure"]
        .to_numpy()
        .astype(np.int64)
    )
    quiet = counted.quiet[seat]
    _, cell = np.unique(figure * len(counted.n) + row, return_inverse=True)
    by_week = weekly(
        np.where(quiet, counted.k[seat], 0),
        np.where(quiet, counted.n[row], 0),
        gradient,
        cell,
        figure,
        distinct.height,
    )
    scattered = scatter(by_week, *_boards(distinct, counted.suites))
    return distinct.drop("figure").with_columns(
        variance=pl.Series(scattered.variance),
        scatter_freedom=pl.Series(scattered.freedom),
        scatter_measured=pl.Series(scattered.measured),
        quiet_weeks=pl.Series(scattered.weeks.astype(np.int32)),
    )


def _boards(figures: pl.DataFrame, suites: pl.DataFrame) -> tuple[Ints, int]:
    """Return which board each figure stands on, one of figures of the same kind by different models; how many."""
    keyed = suites.select(ALIKE).with_row_index("suite_key").cast({"suite_key": pl.Int64})
    alike = figures.drop("figure").join(keyed, on="suite_key", maintain_order="left")
    board = alike.drop("suite_key")
    numbered = board.join(
        board.unique(maintain_order=True).with_row_index("board"),
        on=board.columns,
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )["board"]
    number = numbered.to_numpy().astype(np.int64)
    return number, int(number.max(initial=-1)) + 1


def _with_scatter(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows whose intervals hold what scatter adds to the mean of the window's weeks."""
    rooted, squared = ((rows["metric"] == name).arg_true().to_numpy() for name in ("distance", "distance2"))
    added = (rows["variance"] / rows["weeks"]).fill_null(0).to_numpy()
    freedom = rows["scatter_freedom"].fill_null(np.inf).to_numpy()
    least, most = _ranges(rows["metric"])
    least = np.fmax(least, rows["least"].fill_null(np.nan).to_numpy())
    most = np.fmin(most, rows["most"].fill_null(np.nan).to_numpy())
    known = rows["estimate"].is_not_null()
    columns = {}
    for names in (("estimate", "low", "high"), ("estimate", "prompts_low", "prompts_high")):
        wide = widened(Estimate(*(rows[name].fill_null(np.nan).to_numpy() for name in names)), added, freedom)
        for name, part in zip(names[1:], (wide.low, wide.high), strict=True):
            ended = np.clip(part, least, most)
            ended[rooted] = root(ended[squared])  # rows of both are in the same order
            columns[name] = pl.select(pl.when(known).then(pl.Series(ended).fill_nan(None))).to_series()
    return rows.with_columns(
        **columns,
        scatter=pl.Series(root(rows["variance"].fill_null(np.nan).to_numpy())).fill_nan(None),
        scatter_freedom=pl.when(pl.col("scatter_freedom").is_finite()).then(pl.col("scatter_freedom")),
        n=pl.when(known | (pl.col("n") > 0)).then("n").otherwise(pl.coalesce("assessed", "n")),
        reason=_reasons(),
    )


def _ranges(metric: pl.Series) -> tuple[Floats, Floats]:
    """Return the smallest and the largest possible value of each figure."""
    known = {one.id: one.range for one in metrics()}
    names = metric.to_list()
    return tuple(np.array([known[name][side] for name in names]) for side in (0, 1))  # type: ignore[return-value]


def _reasons() -> pl.Expr:
    """Return why there is no figure: the figures were made without the pictures of prompts that have too few."""
    without = pl.col("reason").is_in([NO_PICTURES, NOT_ASSESSED])
    return (
        pl.when(without & (pl.col("assessed") > 0))
        .then(pl.lit(TOO_FEW))
        .when(without & pl.col("assessed").is_not_null())
        .then(pl.lit(NOT_ASSESSED))
        .otherwise(pl.col("reason"))
    )
