"""What is known of pictures, and answers, that were drawn together, where rates and combinations are counted.

Each rate has a correlation of its own within clusters: pictures of one job are refused together, though they may show
different people.
"""

from __future__ import annotations

import duckdb
import polars as pl

from assets.metrics.counting.clusters import drawn_together
from assets.metrics.counting.reading import read_weeks
from assets.metrics.scores.demographic import injected
from assets.metrics.scores.measures.combinations import COMBINED
from assets.metrics.scores.measures.label_rates import ATTRIBUTE_RATES, OUTSIDE_RATES, PERSON_RATES
from assets.metrics.scores.measures.outcome_rates import OUTCOME_RATES
from assets.metrics.scores.rates import PERSON_COUNT, attribute_counts, outcome_counts, outside_counts

#: What a rate of a cell is known by; attribute is NULL for rates of answers.
RATE = ("model", "suite", "suite_major", "prompt", "turn", "attribute", "metric", "value_name")
_CELL = ["week", "model", "suite", "suite_major", "prompt", "turn"]
_PICTURES = [*_CELL, "attribute", "cluster"]


def rate_clusters(
    con: duckdb.DuckDBPyConnection, first: str, last: str, labeler: str | None = None
) -> pl.DataFrame | None:
    """Return the clusters of the rates and combinations of some weeks; None where nothing was drawn together.

    Args:
        con: a warehouse, in which nothing is written.
        first: ISO date of the first week.
        last: of the last.
        labeler: who read the pictures; None: who the plans name. Then rates of answers are there, too.

    Returns:
        A row per week and `RATE`: pictures (of clusters, that count for the rate), clusters, squares, within (as of
        `formulas.clusters.Clustered`; the two values are to count for the rate and not to).
    """
    if not drawn_together(con, first, last):
        return None

    def weeks(name: str) -> pl.DataFrame:
        return read_weeks(con, name, first, last, labeler=labeler)

    long = weeks("cluster_counts")
    counted = attribute_counts(long, _PICTURES)
    parts = [_named(counted, rate.metric.id, rate.part, rate.whole) for rate in ATTRIBUTE_RATES]
    people = counted.filter(pl.col("attribute") == PERSON_COUNT)
    parts += [_named(people, rate.metric.id, rate.part, rate.whole) for rate in PERSON_RATES]
    outside = outside_counts(long, _PICTURES)
    parts += [_named(outside, rate.metric.id, rate.part, rate.whole) for rate in OUTSIDE_RATES]
    combined = weeks("cluster_combinations").rename({"combination": "value_name"})
    parts.append(_named(combined, COMBINED, "k", "n"))
    if labeler is None:
        # whether a model reports revised prompts is known of each week
        of_week = weeks("cluster_answers").with_columns(model=pl.struct("week", "model"))
        answers = outcome_counts(injected(of_week), [*_CELL[1:], "cluster"])
        told = answers.filter(pl.col("cluster").is_not_null()).unnest("model")
        parts += [_named(told, rate.metric.id, rate.part, rate.whole) for rate in OUTCOME_RATES]
    rest = pl.col("whole") - pl.col("part")
    return (
        pl.concat(parts)
        .filter(pl.col("whole") > 0)
        .group_by("week", *RATE)
        .agg(
            pictures=pl.col("whole").sum(),
            clusters=pl.len().cast(pl.Float64),
            squares=(pl.col("whole") ** 2).sum(),
            within=((pl.col("part") ** 2 + rest**2) / pl.col("whole")).sum(),
        )
    )


def _named(counts: pl.DataFrame, metric: str, part: str, whole: str) -> pl.DataFrame:
    """Return what each cluster counts for a rate: week, `RATE`, part, whole."""
    kinds = {"suite_major": pl.Int32, "turn": pl.Int32}
    given = {name: pl.col(name) for name in counts.columns} | {"metric": pl.lit(metric)}
    return counts.select(
        "week",
        *(given.get(name, pl.lit(None)).cast(kinds.get(name, pl.String)).alias(name) for name in RATE),
        part=pl.col(part).cast(pl.Float64),
        whole=pl.col(whole).cast(pl.Float64),
    )
