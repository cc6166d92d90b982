"""What gold tells of the labels of a model and suite: from answers and readings to arrays.

Gold of the eight weeks that end with a week counts, of the same series and of the labeler version that is scored in the
week, of one model and suite together: for single prompts there is far too little of it. A set may be drawn by the
values of another attribute: the inclusion probabilities are the pictures', so they are right for each attribute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import duckdb
import numpy as np
import polars as pl

from assets.metrics.counting.reading import read
from assets.metrics.formulas.share import Bools, Floats
from assets.metrics.labels.confusion import Confusion, Gold, Pictures, confusion

NO_GOLD = "no gold"
INCOMPLETE = "a stratum with pictures has no gold"
#: Rated pictures of a model and suite that a figure is corrected with, at least: the fewest that the study looks at.
MIN_GOLD = 40

Key = tuple[str, str, int, str]  # model, suite, suite major, attribute
KEY = ("model", "suite", "suite_major", "attribute")


@dataclass(frozen=True)
class GoldEvidence:
    """What gold tells of the labels of one model, suite and attribute.

    Attributes:
        names: the K values of the support, in their order.
        cells: a row per cell of the weeks wanted and of the weeks of gold: week, condition, prompt, turn.
        counts: (C, K + 1) pictures of the cells by the value read; the last column is all else.
        pool: (C,) cells of the weeks that gold was drawn in.
        found: the estimated confusion; None where nothing can be said.
        gold_n: pictures rated; n: of them assessed by both; weeks: Mondays of the gold.
        reason: why nothing can be said, or None.
    """

    names: Sequence[str]
    cells: pl.DataFrame
    counts: Floats
    pool: Bools
    found: Confusion | None
    gold_n: int
    n: int
    weeks: frozenset[date]
    reason: str | None


def evidence(con: duckdb.DuckDBPyConnection, week: str, first: str | None = None) -> dict[Key, GoldEvidence]:
    """Return what gold of the eight weeks through `week` tells, of each model, suite and attribute that has any.

    Args:
        con: the warehouse.
        week: ISO date of a Monday.
        first: of the weeks through `week` whose cells are wanted besides those of gold; None: of that week alone.
    """
    some = con.execute(
        "SELECT 1 FROM gold_labels WHERE week BETWEEN cast($week AS DATE) - 49 AND cast($week AS DATE) LIMIT 1",
        {"week": week},
    ).fetchall()
    if not some:
        return {}
    cells = read(con, "gold_cells", {"week": week, "first": first or week}).partition_by(
        *KEY, as_dict=True, maintain_order=True
    )
    answers = read(con, "gold_answers", {"week": week}).partition_by(*KEY, as_dict=True, maintain_order=True)
    return {
        (str(key[0]), str(key[1]), int(key[2]), str(key[3])): _evidence(cells[key], rows)
        for key, rows in answers.items()
        if key in cells
    }


def _evidence(cells: pl.DataFrame, answers: pl.DataFrame) -> GoldEvidence:
    names = (
        cells.filter("in_support").group_by("value").agg(pl.col("position").min()).sort("position", "value")
    )
    values: list[str] = names["value"].to_list()
    number = {name: place for place, name in enumerate(values)}
    wide = len(values) + 1

    def numbered(column: str) -> pl.Expr:
        return pl.col(column).replace_strict(number, default=wide - 1, return_dtype=pl.Int64)

    cell = ["week", "condition", "prompt", "turn"]
    rows = cells.with_columns(
        at=pl.struct(cell).rle_id().cast(pl.Int64),
        column=pl.when("in_support").then(numbered("value")).otherwise(wide - 1),
    )
    frame = rows.group_by("at", maintain_order=True).agg(pl.col(name).first() for name in cell)
    counts = np.zeros((frame.height, wide))
    np.add.at(counts, (rows["at"].to_numpy(), rows["column"].to_numpy()), rows["pictures"].to_numpy())
    usable = answers.filter(pl.col("unusable").is_null())
    weeks = frozenset(usable["week"].unique().to_list())
    pool: Bools = frame["week"].is_in(list(weeks)).to_numpy()
    rated = usable.select("gold_set", "slot_key").n_unique()
    both = usable.filter(pl.col("read_value").is_not_null() & pl.col("said_value").is_not_null())[
        "weight"
    ].sum()
    nothing = GoldEvidence(values, frame, counts, pool, None, rated, round(both), weeks, None)
    if not rated:
        why = sorted(set(answers["unusable"].drop_nulls()))
        return replace(nothing, reason=why[0] if why else NO_GOLD)
    if rated < MIN_GOLD:
        return replace(nothing, reason=f"too few gold labels: {rated} of {MIN_GOLD} needed")
    found = confusion(
        _gold(usable.with_columns(read=numbered("read_value"), said=numbered("said_value")), wide),
        Pictures(counts, pool, pool),
    )
    return GoldEvidence(values, frame, counts, pool, found, rated, round(both), weeks, None)


def _gold(answers: pl.DataFrame, wide: int) -> Gold:
    """Return answers as arrays; of several sets of one week each stands for its part of the rated pictures."""
    picture = ["week", "gold_set", "stratum", "slot_key"]
    ordered = answers.sort(*picture, "said").with_columns(
        place=pl.struct("gold_set", "slot_key").rle_id().cast(pl.Int64)
    )
    rated = ordered.group_by("place", maintain_order=True).agg(
        *(pl.col(name).first() for name in (*picture, "read", "stratum_pictures"))
    )
    strata = (
        rated.group_by("week", "gold_set", "stratum", maintain_order=True)
        .agg(pl.col("stratum_pictures").first(), drawn=pl.len())
        .with_columns(part=pl.col("drawn").sum().over("gold_set") / pl.col("drawn").sum().over("week"))
    )
    said = np.zeros((rated.height, wide))
    np.add.at(said, (ordered["place"].to_numpy(), ordered["said"].to_numpy()), ordered["weight"].to_numpy())
    return Gold(
        stratum=rated.select(pl.struct("gold_set", "stratum").rle_id().cast(pl.Int64)).to_series().to_numpy(),
        size=(strata["stratum_pictures"] * strata["part"]).to_numpy(),
        read=rated["read"].to_numpy(),
        said=said,
    )
