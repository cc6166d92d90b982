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

from assets.labeling.gold.records import THIRD
from assets.metrics.counting.clusters import CELL, week_designs
from assets.metrics.formulas.share import Bools, Floats
from assets.metrics.labels.confusion import Confusion, Gold, Pictures, confusion
from assets.metrics.labels.raters import Raters, Third, third
from assets.metrics.reading import read

NO_GOLD = "no gold"
ONCE = "no picture was rated by two people: how often people err is not known"
UNTOLD = "what people say does not tell how often they err"
TOO_MANY = "people may err in more than 8 % of their answers"
SHARED = "people err in the same pictures: a third rater shows it"
#: Reasons that lie with people.
PEOPLE = (ONCE, UNTOLD, TOO_MANY, SHARED)
#: People's error, the upper end of its interval, up to which figures are corrected.
MOST_WRONG = 0.08
#: Below it a third rater refutes that people err independently.
REFUTED = 0.05
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
        cells: a row per cell of the weeks wanted and of the weeks of gold: week, condition, prompt, turn, and what
            else design effects are of.
        counts: (C, K + 1) pictures of the cells by the value read; the last column is all else.
        pool: (C,) cells of the weeks that gold was drawn in.
        found: the estimated confusion; None where nothing is corrected.
        people: how people err; None where nothing can be said.
        third: what a third rater tells of errors that people share.
        joint: what is read and what is shown (`Confusion.joint`), also where nothing is corrected.
        gold_n: pictures rated; n: of them assessed by both; weeks: Mondays of the gold.
        reason: why nothing is corrected, or None.
        effect: (C,) design effect of the cells' pictures, each in its own week; None: 1.
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
    people: Raters | None = None
    third: Third | None = None
    joint: Floats | None = None
    effect: Floats | None = None


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
    found = {
        (str(key[0]), str(key[1]), int(key[2]), str(key[3])): _evidence(cells[key], rows)
        for key, rows in answers.items()
        if key in cells
    }
    return _with_effects(con, found)


def _with_effects(con: duckdb.DuckDBPyConnection, told: dict[Key, GoldEvidence]) -> dict[Key, GoldEvidence]:
    """Return the same with design effects."""
    if not told:
        return told
    frame = pl.concat([one.cells for one in told.values()])
    widest = max(len(one.names) for one in told.values())
    counts = np.concatenate(
        [np.pad(one.counts[:, :-1], ((0, 0), (0, widest - len(one.names)))) for one in told.values()]
    )
    ends = (frame["week"].min(), frame["week"].max())
    found = week_designs(con, str(ends[0]), str(ends[1]), frame, counts)
    if found is None:
        return told
    parts = np.split(found.of_cell, np.cumsum([one.cells.height for one in told.values()])[:-1])
    return {key: replace(one, effect=part) for (key, one), part in zip(told.items(), parts, strict=True)}


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
    frame = rows.group_by("at", maintain_order=True).agg(pl.col("week", *CELL).first())
    counts = np.zeros((frame.height, wide))
    np.add.at(counts, (rows["at"].to_numpy(), rows["column"].to_numpy()), rows["pictures"].to_numpy())
    usable = answers.filter(pl.col("unusable").is_null()).with_columns(
        read=numbered("read_value"), said=numbered("said_value")
    )
    weeks = frozenset(usable["week"].unique().to_list())
    pool: Bools = frame["week"].is_in(list(weeks)).to_numpy()
    gold = _gold(usable, wide)
    rated = len(gold.read)
    both = float(gold.said[gold.read < wide - 1, :-1].sum())
    nothing = GoldEvidence(values, frame, counts, pool, None, rated, round(both), weeks, None)
    if not rated:
        why = sorted(set(answers["unusable"].drop_nulls()))
        return replace(nothing, reason=why[0] if why else NO_GOLD)
    if rated < MIN_GOLD:
        return replace(nothing, reason=f"too few gold labels: {rated} of {MIN_GOLD} needed")
    found = confusion(gold, Pictures(counts, pool, pool))
    people, said = found.people, found.answers
    if people is None or said is None:
        return replace(nothing, reason=ONCE)
    known = replace(nothing, people=people, third=third(said, people), joint=found.joint)
    reason = withheld(people, known.third)
    return replace(known, reason=reason) if reason else replace(known, found=found)


def withheld(people: Raters, split: Third | None) -> str | None:
    """Return why nothing is corrected where people err so, or None."""
    if not people.told:
        return UNTOLD
    if not people.error.high <= MOST_WRONG:  # nor where there is none
        return TOO_MANY
    return SHARED if split is not None and split.p_value < REFUTED else None


def _gold(answers: pl.DataFrame, wide: int) -> Gold:
    """Return answers as arrays; of several sets of one week each stands for its part of the rated pictures."""
    picture = ["week", "gold_set", "stratum", "slot_key"]
    ordered = answers.sort(*picture, "rater").with_columns(
        place=pl.struct("gold_set", "slot_key").rle_id().cast(pl.Int64),
        settles=pl.col("rater") == THIRD,
    )
    rated = ordered.group_by("place", maintain_order=True).agg(
        *(pl.col(name).first() for name in (*picture, "read", "stratum_pictures"))
    )
    strata = (
        rated.group_by("week", "gold_set", "stratum", maintain_order=True)
        .agg(pl.col("stratum_pictures").first(), drawn=pl.len())
        .with_columns(part=pl.col("drawn").sum().over("gold_set") / pl.col("drawn").sum().over("week"))
    )
    place, said = ordered["place"].to_numpy(), ordered["said"].to_numpy()
    settles = ordered["settles"].to_numpy()
    turn = ordered.select(pl.int_range(pl.len()).over("place", "settles")).to_series().to_numpy()
    settled = np.full(rated.height, -1)
    settled[place[settles]] = said[settles]
    each = np.full((rated.height, max(int(turn.max(initial=0)) + 1, 2)), -1)
    each[place[~settles], turn[~settles]] = said[~settles]
    told = np.zeros((rated.height, wide))
    counts = settles | (settled[place] < 0)
    np.add.at(told, (place[counts], said[counts]), 1.0)
    return Gold(
        stratum=rated.select(pl.struct("gold_set", "stratum").rle_id().cast(pl.Int64)).to_series().to_numpy(),
        size=(strata["stratum_pictures"] * strata["part"]).to_numpy(),
        read=rated["read"].to_numpy(),
        said=told / told.sum(axis=1)[:, None],
        answers=each,
        settled=settled,
    )
