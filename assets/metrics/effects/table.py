"""The tables `effects` and `study_effects`: which prompts and counts are read, and in which columns figures come out.

A week's effects are made from that week's scores: the shares of its cells are its counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import duckdb
import polars as pl
import pyarrow as pa

from assets.metrics.counting.cells import Cells, number_cells, reference_cells, support_cells
from assets.metrics.counting.clusters import CELL, drawn_together, week_designs
from assets.metrics.counting.reading import read
from assets.metrics.effects.pairs import SIDES, grouped
from assets.metrics.effects.rows import (
    Spread,
    distance_rows,
    sampling_alone,
    share_rows,
)
from assets.metrics.formulas.distance import MIN_PICTURES
from assets.metrics.scores.table import even_references
from assets.metrics.study.differences import stated_baseline
from assets.suites.comparisons import (
    AskedPrompt,
    Sides,
    StudySides,
    in_order,
    shipped,
    study_comparisons,
)
from warehouse import occasions
from warehouse.occasions import Occasion

SUITE = ("model", "suite", "suite_major")
LIVE = ("model", "series", "track", "suite", "suite_major", "attribute", "scale", "labeler_version")
_STUDY = ("model", "attribute", "labeler", "labeler_version")
TURNS = ("turn_a", "turn_b")
#: What a cell and a reference have in common.
REFERENCED = ("model", "suite", "suite_major", "attribute", "scale")
#: What names the pair of a single subject.
ONE = ("subject", "prompt_a", "prompt_b")

_INT, _REAL, _TEXT = pa.int32(), pa.float64(), pa.string()
_FIGURE: Mapping[str, pa.DataType] = {
    "metric": _TEXT,
    "value_name": _TEXT,
    **dict.fromkeys(("estimate", "low", "high", "estimate_a", "estimate_b"), _REAL),
    **dict.fromkeys(("n_a", "n_b", "cells", "planned_cells"), _INT),
    "reason": _TEXT,
}
EFFECTS = pa.schema(
    {
        "week": pa.date32(),
        **dict.fromkeys(("model", "series", "track", "suite"), _TEXT),
        "suite_major": _INT,
        **dict.fromkeys(SIDES, _TEXT),
        **dict.fromkeys(TURNS, _INT),
        **dict.fromkeys((*ONE, "attribute", "reference", "scale", "labeler_version"), _TEXT),
        **_FIGURE,
    }
)
STUDY_EFFECTS = pa.schema(
    {
        **dict.fromkeys(("study", "model", *SIDES, "subject", "attribute", "reference"), _TEXT),
        **dict.fromkeys(("labeler", "labeler_version"), _TEXT),
        **_FIGURE,
    }
)
_PAIR = {
    **dict.fromkeys((*SIDES, "subject", "prompt_a", "condition_a", "prompt_b", "condition_b"), pl.String),
    **dict.fromkeys(TURNS, pl.Int32),
}


@dataclass(frozen=True)
class WordPairs:
    """What the models of a week were asked that is compared.

    Attributes:
        suites: whose prompts.
        pairs: of `_pairs`, with model, suite and suite_major.
        planned: of `_planned`.
    """

    suites: list[str]
    pairs: pl.DataFrame
    planned: pl.DataFrame


def compared(con: duckdb.DuckDBPyConnection, week: str) -> WordPairs | None:
    """Return what is compared in a week; None where nobody was asked any of it."""
    comparisons = shipped().comparisons
    suites = sorted({comparison.suite.split("@")[0] for comparison in comparisons})
    prompts = read(con, "effect_prompts", {"week": week, "suites": suites})
    parts = []
    for (model, suite, major), part in prompts.partition_by(*SUITE, as_dict=True).items():
        of_suite = [one for one in comparisons if one.suite == f"{suite}@{major}"]
        parts.append(_pairs(of_suite, part).with_columns(model=pl.lit(model), suite=pl.lit(suite)))
        parts[-1] = parts[-1].with_columns(suite_major=pl.lit(major, dtype=pl.Int32))
    if not parts:
        return None
    pairs = pl.concat(parts)
    return WordPairs(suites, pairs, _planned(pairs, prompts, [*SUITE, *SIDES]))


def compute_effects(con: duckdb.DuckDBPyConnection, week: str) -> pa.Table:
    """Return the effects of one week: the columns of table `effects`, by subject and over all (subject NULL)."""
    if (found := compared(con, week)) is None:
        return EFFECTS.empty_table()
    where = {"week": week, "first": week, "suites": found.suites, "withheld": True}
    long = _with_designs(con, week, read(con, "effect_cells", where))
    references = read(con, "references", {"week": week})
    figures = [*_figures(long, references, REFERENCED, found.pairs, found.planned, LIVE, SUITE)]
    return finish(figures, EFFECTS, occasions.week(week))


def compute_study_effects(con: duckdb.DuckDBPyConnection, study: str) -> pa.Table:
    """Return the effects of one study: the columns of table `study_effects`, by subject and over all (subject NULL)."""
    where = {"study": study}
    prompts = read(con, "study_effect_prompts", where).with_columns(language=pl.lit(""))
    baseline = stated_baseline(con, study)
    conditions = in_order(prompts["condition"].unique().to_list(), baseline)
    pairs = _pairs(study_comparisons(conditions, baseline), prompts)
    long = read(con, "study_counts", where).with_columns(turn=pl.lit(1, dtype=pl.Int32))
    attributes = long.select("attribute").unique()
    planned = _planned(pairs, prompts.join(attributes, how="cross"), SIDES)
    references = even_references(long)
    figures = [*_figures(long, references, ("attribute",), pairs, planned, _STUDY, ())]
    return finish(figures, STUDY_EFFECTS, occasions.study(study))


def _with_designs(con: duckdb.DuckDBPyConnection, week: str, long: pl.DataFrame) -> pl.DataFrame:
    """Return counts of cells beside the design `effect` of their pictures, if any of the week were drawn together."""
    if not drawn_together(con, week, week):
        return long
    numbered, cells = number_cells(long, [*CELL, "scale"])
    keyed = cells.with_columns(week=pl.lit(date.fromisoformat(week)))
    found = week_designs(con, week, week, keyed, support_cells(numbered, cells).counts)
    return long if found is None else long.with_columns(effect=found.of_cell[numbered["cell"].to_numpy()])


def weighed(cells: Cells) -> Cells:
    """Return cells whose pictures count for what they are worth, where their frame has a design `effect`."""
    if "effect" not in cells.frame.columns:
        return cells
    return replace(cells, effect=cells.frame["effect"].to_numpy())


def _pairs(comparisons: Iterable[Sides | StudySides], prompts: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each comparison and pair among the prompts of one suite or study."""
    named = prompts.select("prompt", "language", "subject", "condition").unique().sort("prompt", "condition")
    asked = [AskedPrompt(*row) for row in named.iter_rows()]
    rows = [
        {
            **{"kind": one.kind, "a": one.a.name, "b": one.b.name, "subject": a.subject},
            **{"prompt_a": a.prompt, "condition_a": a.condition, "turn_a": one.a.turn},
            **{"prompt_b": b.prompt, "condition_b": b.condition, "turn_b": one.b.turn},
        }
        for one in comparisons
        for a, b in one.pairs(asked)
    ]
    return pl.DataFrame(rows, schema=_PAIR, orient="row")


def _planned(pairs: pl.DataFrame, prompts: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Return the number of pairs of each comparison in whose pictures each attribute is looked for."""
    scope = [name for name in keys if name in prompts.columns]
    wanted = prompts.select(*scope, "prompt", "condition", "attribute")
    on_a, on_b = ([*scope, f"prompt_{side}", f"condition_{side}"] for side in "ab")
    both = pairs.join(wanted, left_on=on_a, right_on=[*scope, "prompt", "condition"]).join(
        wanted, left_on=[*on_b, "attribute"], right_on=[*scope, "prompt", "condition", "attribute"]
    )
    return both.group_by(*keys, "attribute").agg(planned_cells=pl.len().cast(pl.Int32))


def _figures(
    long: pl.DataFrame,
    references: pl.DataFrame,
    on: Sequence[str],
    pairs: pl.DataFrame,
    planned: pl.DataFrame,
    keys: Sequence[str],
    scope: Sequence[str],
) -> Iterable[pl.DataFrame]:
    """Return the figures of all comparisons: by subject, and over all of them.

    Args:
        long: counts of cells, as `number_cells` takes them; the design `effect` of those whose pictures were drawn
            together.
        references: as `reference_cells` takes them, joined by `on`.
        on: the columns that a cell and a reference have in common.
        pairs: of `_pairs`, with the columns of `scope`.
        planned: of `_planned`.
        keys: the columns of a figure that come from its cells.
        scope: the columns by which pairs and cells are joined beside prompt, condition and turn.
    """
    designs = [name for name in ("effect",) if name in long.columns]
    numbered, cells = number_cells(long, [*keys, "prompt", "condition", "turn", *designs])
    against = reference_cells(numbered, cells, references, on)
    for made, extra in ((support_cells(numbered, cells), ()), (against, ("reference",))):
        found = weighed(made)
        sides = _joined(found, pairs, [*keys, *extra], scope).join(
            planned, on=[*scope, *SIDES, "attribute"], how="left", maintain_order="left"
        )
        yield from families(found, sides, [*keys, *extra])


def families(
    cells: Cells,
    sides: pl.DataFrame,
    keys: Sequence[str],
    least: int | None = None,
    spread: Spread = sampling_alone,
) -> Iterable[pl.DataFrame]:
    """Return the figures of pairs of cells, by subject and over all: beside references where `keys` name one.

    Args:
        cells: the cells of both sides.
        sides: one row a pair, as `grouped` takes them.
        keys: the columns of a figure that come from its cells.
        least: pictures that each side of a pair needs; as few as the figure can be of if left out.
        spread: what the intervals hold beside the sample.
    """
    together = [*keys, *SIDES, *TURNS]
    for level in ([*together, *ONE], together):
        groups = grouped(cells, sides, level)
        if groups.frame.is_empty():
            continue
        if "reference" in keys:
            yield from distance_rows(groups, least or MIN_PICTURES, spread)
        else:
            yield from share_rows(groups, least or 1, spread)


def _joined(cells: Cells, pairs: pl.DataFrame, keys: Sequence[str], scope: Sequence[str]) -> pl.DataFrame:
    """Return the pairs of cells: of one attribute, scale, labeler version and reference, both of them asked."""
    rows = cells.frame.select(*keys, "prompt", "condition", "turn").with_columns(
        pl.int_range(pl.len()).alias("row"), pl.col("turn").cast(pl.Int32)
    )
    left = [*scope, "prompt_a", "condition_a", "turn_a"]
    cell = [*scope, "prompt", "condition", "turn"]
    a = pairs.join(rows, left_on=left, right_on=cell, maintain_order="left_right").rename({"row": "row_a"})
    b = rows.rename({"prompt": "prompt_b", "condition": "condition_b", "turn": "turn_b", "row": "row_b"})
    return a.join(
        b, on=[*keys, "prompt_b", "condition_b", "turn_b"], nulls_equal=True, maintain_order="left_right"
    )


def finish(figures: Sequence[pl.DataFrame], schema: pa.Schema, occasion: Occasion) -> pa.Table:
    """Return all figures in the columns and order of the table."""
    if not figures:
        return schema.empty_table()
    found = pl.concat(figures, how="diagonal").with_columns(pl.lit(occasion.value).alias(occasion.column))
    for name in schema.names:
        if name not in found.columns:
            found = found.with_columns(pl.lit(None, dtype=pl.String).alias(name))
    keys = schema.names[: schema.names.index("estimate")]
    return found.select(schema.names).sort(keys).to_arrow().cast(schema)
