"""What is known of pictures, and answers, that were drawn together, where rates and combinations are counted.

Each rate has a correlation of its own within clusters: pictures of one job are refused together, though they may show
different people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import numpy as np
import polars as pl

from assets.metrics.counting.clusters import drawn_together, groups_of, parts_of
from assets.metrics.counting.reading import read_weeks
from assets.metrics.formulas.clusters import Clustered, DesignEffects, design_effects
from assets.metrics.formulas.share import Floats, Ints, ratio
from assets.metrics.scores.figures import Rate, effect_name
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
        answers = outcome_counts(weeks("cluster_answers"), [*_CELL, "cluster"])
        told = answers.filter(pl.col("cluster").is_not_null())
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


def keyed_clusters(
    con: duckdb.DuckDBPyConnection, first: str, last: str, keys: pl.DataFrame, labeler: str | None
) -> pl.DataFrame | None:
    """Return `rate_clusters` of some weeks with the `cell_key` of each row: of `keys`, as of `assembly.Keyed`."""
    if (found := rate_clusters(con, first, last, labeler)) is None:
        return None
    on = [*_CELL, "attribute"]
    cells = keys.with_row_index("cell_key").filter(pl.col("prompt").is_not_null())
    kinds = {"week": pl.Date, "suite_major": pl.Int32, "turn": pl.Int32}
    named = cells.select(
        pl.col("cell_key").cast(pl.Int32), *(pl.col(name).cast(kinds.get(name, pl.String)) for name in on)
    )
    return found.join(named, on=on, nulls_equal=True)


def rate_effects(
    counts: pl.DataFrame, rates: Sequence[Rate], clusters: pl.DataFrame | None
) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Return counts of cells with the design effects of rates, and those of suites; None: nothing was drawn together.

    Args:
        counts: one row per cell, and value_name where rates have one: cell_key, suite_key, what rates are made of.
        rates: of the same counts.
        clusters: of `keyed_clusters`.
    """
    if clusters is None or counts.is_empty():
        return counts, None
    about = [name for name in ("value_name",) if name in counts.columns]
    of, groups = groups_of(counts.select("suite_key", pl.col(about).cast(pl.String)))
    cells, suites = {}, {}
    for rate in rates:
        of_rate = clusters.filter(pl.col("metric") == rate.metric.id)
        found = _designs(counts, rate.part, rate.whole, of_rate, of, groups)
        cells[effect_name(rate.metric.id)] = found.of_cell
        suites[effect_name(rate.metric.id)] = found.of_group[of]
    of_suites = counts.select("suite_key", *about).with_columns(**_columns(suites))
    return counts.with_columns(**_columns(cells)), of_suites.unique(["suite_key", *about])


def combination_effects(counts: pl.DataFrame, clusters: pl.DataFrame | None) -> pl.DataFrame:
    """Return counts of combinations, one row per cell and combination, with the design effect of each."""
    if clusters is None or counts.is_empty():
        return counts
    of, groups = groups_of(counts.select("suite_key", pl.col("combination").cast(pl.String)))
    named = counts.rename({"combination": "value_name"})
    found = _designs(named, "k", "n", clusters.filter(pl.col("metric") == COMBINED), of, groups)
    return counts.with_columns(effect=pl.Series(found.of_cell))


def beside(counts: pl.DataFrame, effects: pl.DataFrame | None) -> pl.DataFrame:
    """Return counts of suites with the design effects of their rates."""
    if effects is None:
        return counts
    on = [name for name in ("suite_key", "value_name") if name in effects.columns]
    return counts.join(effects, on=on, how="left", maintain_order="left")


def _designs(
    counts: pl.DataFrame, part: str, whole: str, clusters: pl.DataFrame, of: Ints, groups: int
) -> DesignEffects:
    about = [name for name in ("value_name",) if name in counts.columns]
    placed = counts.with_row_index("at").select("at", "cell_key", pl.col(about).cast(pl.String))
    placed = placed.join(clusters, on=["cell_key", *about])
    n, k = (counts[name].to_numpy().astype(float) for name in (whole, part))
    parts = parts_of(n, placed, placed["at"].to_numpy().astype(np.int64))
    found = Clustered(n, *parts, np.nan_to_num(ratio(k**2 + (n - k) ** 2, n)))
    return design_effects(found, of, groups)


def _columns(effects: Mapping[str, Floats]) -> dict[str, pl.Series]:
    return {name: pl.Series(values) for name, values in effects.items()}
