"""The scores of a week, and of a study: which counts are read, and in which columns the figures come out.

Everything is read for one week only, so that a week's scores depend on that week alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import duckdb
import polars as pl
import pyarrow as pa

from assets.metrics.counting.assembly import LABELS, OUTCOMES, Levels, keyed, tables
from assets.metrics.counting.cells import Cells, number_cells, reference_cells, support_cells
from assets.metrics.counting.clusters import week_designs
from assets.metrics.counting.reading import labelers_beside, read, read_weeks
from assets.metrics.counting.tallies import Tallies, tally
from assets.metrics.registry.metric import Level, Source
from assets.metrics.registry.metrics import measures
from assets.metrics.scores import declared_rows
from assets.metrics.scores.figures import Groups, each, together
from assets.metrics.scores.measures.label_rates import ATTRIBUTE_RATES, OUTSIDE_RATES, PERSON_RATES
from assets.metrics.scores.measures.outcome_rates import OUTCOME_RATES
from assets.metrics.scores.rate_clusters import beside, keyed_clusters, rate_effects
from assets.metrics.scores.rates import (
    PERSON_COUNT,
    attribute_counts,
    outcome_counts,
    outside_counts,
    summed,
)
from warehouse.weeks import shift

#: Four are a tenth quicker and need a third more memory.
WEEKS_AT_ONCE = 2
LABEL_RATES = (*ATTRIBUTE_RATES, *PERSON_RATES)
#: Of a study; a cell has a prompt besides.
_STUDY = ("model", "condition", "attribute", "labeler", "labeler_version")

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
        "labeler": _TEXT,
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
    """
    found = scores_between(con, week, week)
    return found[week].cast(SCORES) if week in found else SCORES.empty_table()


def scores_between(con: duckdb.DuckDBPyConnection, first: str, last: str) -> dict[str, pa.Table]:
    """Return the scores of the weeks from `first` to `last`, by week; weeks without a plan are left out.

    First those of the labelers that the plans name, then those of each labeler beside them. They are those of
    `compute_scores`, to the last bit, with text encoded by dictionaries. A handful of weeks at a time costs a fraction
    of one at a time, and memory for as many.

    Every metric that the list finds is computed (`registry.metrics.measures`), from `Groups` or from frames whose keys
    are integers (`assembly`): what it yields needs `cell_key` or `suite_key` and the columns of a figure. Sums run
    within a cell or a group, never across weeks.
    """
    found = _read_by(con, first, last, None)
    for labeler in labelers_beside(con, first, last):
        for week, rows in _read_by(con, first, last, labeler).items():
            found[week] = pa.concat_tables([found[week], rows])
    return found


def _read_by(
    con: duckdb.DuckDBPyConnection, first: str, last: str, labeler: str | None
) -> dict[str, pa.Table]:
    """Return the scores of some weeks as the planned labelers read the pictures, or as another one did.

    Rates of outcomes, which nobody reads off a picture, are among the former alone.
    """
    counted = tally(con, first, last, labeler)
    if counted.asked.is_empty():
        return {}
    planned, expected = (read_weeks(con, name, first, last) for name in ("planned_cells", "expected"))
    found = keyed(counted, planned)
    plain = support_cells(found.long, found.cells)
    compared = reference_cells(found.long, found.cells, _expected(expected, counted), ["scale_row"])
    clusters = keyed_clusters(con, first, last, found.keys, labeler)
    if (designs := week_designs(con, first, last, counted.cells, plain.counts, labeler)) is not None:
        plain = replace(plain, effect=designs.of_cell)
        compared = replace(compared, effect=designs.of_cell[compared.frame["cell"].to_numpy()])
    declared = declared_rows.of_weeks(
        con, first, last, counted, found, compared, plain.effect, clusters, labeler
    )
    figures = [
        *_of_cells("values", plain, LABELS),
        *_of_cells("references", compared, LABELS, ["reference"]),
        *_of_declared(declared),
        *_attribute_rates(found.long, LABELS, clusters),
    ]
    rates = [] if labeler else [*_outcome_rates(found.answers, OUTCOMES, clusters)]
    return tables(figures, rates, found.keys, SCORES.names)


def compute_study_scores(con: duckdb.DuckDBPyConnection, study: str) -> pa.Table:
    """Return the scores of one study: the columns of table `study_scores`, for cells and over prompts (prompt NULL).

    Conditions and labeler versions are scored separately. An attribute with two values in its support is compared
    with `parity` (½, ½), one with more with `uniform`, and either with the statistics that the analysis file has.
    """
    where = {"study": study}
    levels = Levels((*_STUDY, "prompt"), _STUDY)
    long = read(con, "study_counts", where)
    numbered, cells = number_cells(long, [*_STUDY, "prompt", "subject"])
    stated, typed = declared_rows.of_study(con, study, numbered, cells)
    references = pl.concat([even_references(long), stated], how="diagonal_relaxed")
    compared = reference_cells(numbered, cells, references, ["attribute"])
    figures = [
        *_of_cells("values", support_cells(numbered, cells), levels),
        *_of_cells("references", compared, levels, ["reference"]),
        *_of_rows("typed", "suite", typed, levels.suite),
        *_attribute_rates(long, levels),
    ]
    return _study_rows(figures, read(con, "study_planned_cells", where), study)


def even_references(long: pl.DataFrame) -> pl.DataFrame:
    """Return equal shares of the values of each attribute's support, as reference rows for every prompt."""
    values = long.filter("in_support").select("attribute", "value").unique(maintain_order=True)
    many = pl.len().over("attribute")
    return values.with_columns(
        reference=pl.when(many == 2).then(pl.lit("parity")).otherwise(pl.lit("uniform")),
        prompt=pl.lit(None, dtype=pl.String),
        expected_share=1 / many,
    )


def scores_of(con: duckdb.DuckDBPyConnection, weeks: Sequence[str]) -> Iterator[tuple[str, pa.Table]]:
    """Yield the scores of each of these weeks, in order; the next batch is made while the caller writes one.

    Args:
        con: a warehouse, no transaction being open; nothing is written.
        weeks: ISO dates of Mondays, in order.
    """
    made: deque[tuple[list[str], Future[dict[str, pa.Table]]]] = deque()
    batches = _batches(weeks)
    with ThreadPoolExecutor(2) as pool:
        for number in range(len(batches) + 1):
            if number < len(batches):
                batch = batches[number]
                made.append((batch, pool.submit(scores_between, con.cursor(), batch[0], batch[-1])))
            if number > 0:
                asked, found = made.popleft()
                rows = found.result()
                yield from ((week, rows.get(week, SCORES.empty_table())) for week in asked)


def _batches(weeks: Sequence[str]) -> list[list[str]]:
    """Return the weeks in batches without gaps."""
    batches: list[list[str]] = []
    for week in weeks:
        if batches and len(batches[-1]) < WEEKS_AT_ONCE and week == shift(batches[-1][-1], 1):
            batches[-1].append(week)
        else:
            batches.append([week])
    return batches


def _expected(expected: pl.DataFrame, counted: Tallies) -> pl.DataFrame:
    """Return expected shares: scale_row, reference, prompt, value, expected_share."""
    on = ["week", "model", "suite", "suite_major", "attribute", "scale"]
    found = expected.join(counted.scales, on=on, maintain_order="left")
    return found.select(
        "scale_row", pl.col("reference", "prompt", "value").cast(pl.Categorical), "expected_share"
    )


def _of_cells(
    source: Source, cells: Cells, levels: Levels, extra: Sequence[str] = ()
) -> Iterable[pl.DataFrame]:
    """Return the figures of all metrics of a source: of every cell, and of the cells that stand for a suite."""
    if cells.frame.is_empty():
        return
    asked = [measure for measure in measures() if source in measure.of]
    makes: Mapping[Level, Callable[[], Groups]] = {
        "cell": lambda: each(cells, [*levels.cell, *extra]),
        "suite": lambda: together(_standing(cells), [*levels.suite, *extra]),
    }
    for level, make in makes.items():
        here = [measure for measure in asked if level in measure.levels]
        groups = make() if here else None
        for measure in here:
            yield from measure.figures(groups)


def _of_rows(
    source: Source, level: Level, counts: pl.DataFrame, keys: Sequence[str]
) -> Iterable[pl.DataFrame]:
    """Return the figures of all metrics of a source at one level, from one row of counts per figure."""
    for measure in measures():
        if source in measure.of and level in measure.levels:
            yield from measure.figures(counts, keys)


def _of_declared(rows: Mapping[Source, pl.DataFrame]) -> Iterable[pl.DataFrame]:
    """Return the figures of what the analysis file declares."""
    for source, counts in rows.items():
        if source == "combinations":
            yield from _of_rows(source, "cell", counts, OUTCOMES.cell)
            yield from _of_rows(source, "suite", _rows_standing(counts), OUTCOMES.suite)
        else:
            yield from _of_rows(source, "suite", counts, LABELS.suite)


def _standing(cells: Cells) -> Cells:
    """Return the cells that stand for their suite: of a confrontation what came after it."""
    if "standing" not in cells.frame.columns or cells.frame["standing"].all():
        return cells
    return cells.take(cells.frame["standing"].to_numpy())


def _attribute_rates(
    long: pl.DataFrame, levels: Levels, clusters: pl.DataFrame | None = None
) -> Iterable[pl.DataFrame]:
    """Return the rates of an attribute's labels, for cells, and over all pictures of a suite."""
    if long.is_empty():
        return
    carried = _carried(long, levels)
    keys = [name for name in levels.cell if name not in carried]
    counts, of_counts = rate_effects(attribute_counts(long, keys, carried), LABEL_RATES, clusters)
    outside, of_outside = rate_effects(outside_counts(long, keys, carried), OUTSIDE_RATES, clusters)
    at: Mapping[Level, tuple[Sequence[str], pl.DataFrame, pl.DataFrame]] = {
        "cell": (levels.cell, counts, outside),
        "suite": (
            levels.suite,
            beside(summed(_rows_standing(counts), levels.suite), of_counts),
            beside(summed(_rows_standing(outside), [*levels.suite, "value_name"]), of_outside),
        ),
    }
    for level, (columns, assessed, others) in at.items():
        yield from _of_rows("labels", level, assessed, columns)
        yield from _of_rows("outside", level, others, columns)
        people = assessed.filter(pl.col("attribute") == PERSON_COUNT)
        yield from _of_rows("people", level, people, columns)


def _carried(frame: pl.DataFrame, levels: Levels) -> list[str]:
    """Return the columns that follow from a cell's key: of both levels, and whether it stands for its suite."""
    if "cell_key" not in frame.columns:
        return []
    return [*dict.fromkeys([*levels.cell[1:], *levels.suite, "standing"])]


def _rows_standing(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter("standing") if "standing" in rows.columns else rows


def _outcome_rates(
    answers: pl.DataFrame, levels: Levels, clusters: pl.DataFrame | None
) -> Iterable[pl.DataFrame]:
    """Return the rates of outcomes and the number of pictures, for cells, and over all slots of a suite."""
    if answers.is_empty():
        return
    counts = outcome_counts(answers, levels.cell, _carried(answers, levels))
    cells, of_suites = rate_effects(counts, OUTCOME_RATES, clusters)
    yield from _of_rows("answers", "cell", cells, levels.cell)
    whole = beside(summed(_rows_standing(cells), levels.suite), of_suites)
    yield from _of_rows("answers", "suite", whole, levels.suite)


def _study_rows(figures: Sequence[pl.DataFrame], planned: pl.DataFrame, study: str) -> pa.Table:
    """Return all figures with their planned cells (1 for a cell's own), in the columns and order of the table."""
    if not figures:
        return STUDY_SCORES.empty_table()
    found = pl.concat(figures, how="diagonal")
    nothing = [
        pl.lit(None, dtype=pl.Float64 if name in _UNORDERED else pl.String).alias(name)
        for name in STUDY_SCORES.names
        if name not in {*found.columns, "planned_cells", "study"}
    ]
    whole = pl.when(pl.col("prompt").is_null()).then(pl.col("planned_cells")).otherwise(1)
    keys = [name for name in STUDY_SCORES.names if name not in _UNORDERED]
    return (
        found.with_columns(nothing)
        .join(planned, on="condition", how="left", nulls_equal=True)
        .with_columns(planned_cells=whole, study=pl.lit(study))
        .select(STUDY_SCORES.names)
        .sort(keys)
        .to_arrow()
        .cast(STUDY_SCORES)
    )
