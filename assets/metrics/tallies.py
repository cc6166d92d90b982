"""Counting the labels of some weeks: from slots, attempts and labels to cells × values, and to answers.

Belongs here: joining and adding up integers. Does not belong here: statements (`sql/metrics`), arrays of cells
(`cells`), formulas (one module a family), which figures are made of the counts (`scores`).

The views `cell_counts` and `slot_outcomes` say the same for people; a test compares them. They join slots with labels
by keys of 64 letters, through the whole history where DuckDB cannot see that one week is asked for. Here DuckDB reads
the weeks' rows once and hands over 64-bit hashes, and everything after that is integers. Two slots of n have the same
hash with a chance of n² / 2⁶⁵: 4 in 10⁹ for 400,000; of labelled ones it is seen, and an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from assets.metrics.share import Ints
from warehouse.errors import ClicheError
from warehouse.sqlfiles import sql

#: What every picture of an attribute is read as that no declared value stands for.
INVALID, NOT_ASSESSED = "invalid", "not_assessed"
_SUITE = ("week", "model", "suite", "suite_major")
_CELL = (
    "week",
    "model",
    "series",
    "params_hash",
    "track",
    "suite",
    "suite_major",
    "condition",
    "prompt",
    "turn",
)

Codes = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Tallies:
    """What was counted in some weeks.

    Attributes:
        asked: one row a cell: `_CELL`, language, pictures.
        answers: one row an answer: asked (a row of `asked`), outcome_group, pictures (0 or 1; of a conversation 2 where
            both later turns drew), and prompt_sent and revised_prompt where a revised prompt was reported.
        cells: one row a cell and attribute: asked, `_CELL`, attribute, scale, labeler_version, pictures.
        long: one row a row of `cells` and value, zeros included: cell (a row of `cells`), asked, attribute, position,
            value, in_support, pictures. Of a row of `cells` they stand together, in the declared order.
        steps: one row a row of `cells` in bands and value that is in a band and in the support: cell, value, pictures.
    """

    asked: pl.DataFrame
    answers: pl.DataFrame
    cells: pl.DataFrame
    long: pl.DataFrame
    steps: pl.DataFrame


def read(con: duckdb.DuckDBPyConnection, name: str, where: Mapping[str, Any]) -> pl.DataFrame:
    """Return what a statement of `sql/metrics` gives for these parameters."""
    con.execute("SELECT 1").fetchall()  # a result that was not read to its end would block the next line
    found = pl.from_arrow(con.sql(sql(f"metrics/{name}"), params=dict(where)).to_arrow_table())
    if not isinstance(found, pl.DataFrame):
        raise TypeError(f"metrics/{name} gave no table")
    return found


def tally(con: duckdb.DuckDBPyConnection, first: str, last: str) -> Tallies:
    """Return what was counted in the weeks from `first` to `last`, ISO dates of Mondays.

    Raises:
        ClicheError: if two slots or cells have the same hash.
    """
    weeks = {"first": first, "last": last}
    asked = read(con, "asked", weeks).with_row_index("asked").with_columns(pl.col("asked").cast(pl.Int64))
    places = asked.select("cell", "asked")
    ends = read(con, "ends", weeks).join(places, on="cell", maintain_order="left")
    drawn = ends.filter(pl.col("outcome_group") == "success").select("slot", "asked")
    pictures = np.bincount(drawn["asked"].to_numpy(), minlength=asked.height)
    asked = asked.with_columns(pictures=pl.Series(pictures))
    revised = read(con, "revised", weeks)
    labelers = read(con, "labelers", weeks)
    versions = labelers.filter("scored").select("week", "model", "labeler_version")
    others = labelers.filter(~pl.col("scored"))["who"].to_list()
    vocabulary = read(con, "vocabulary", weeks)
    readings = read(con, "label_codes", {**weeks, "others": others})
    declared = read(con, "declared", weeks)
    if places["cell"].is_duplicated().any():
        raise ClicheError(f"two cells of {first} to {last} have the same hash; score fewer weeks at a time")
    counted = _Counted.of(asked, drawn, vocabulary, readings, declared)
    cells, long, steps = _spread(asked, versions, declared, counted)
    return Tallies(asked.drop("cell", "attributes", "labeler"), _answers(ends, revised), cells, long, steps)


def _answers(ends: pl.DataFrame, revised: pl.DataFrame) -> pl.DataFrame:
    """Return one row an answer; a conversation's later turns are one: its picture, else its last turn."""
    success = pl.col("outcome_group") == "success"
    slots = ends.with_columns(pictures=success.cast(pl.Int64))
    plain = slots.filter(pl.col("conversation").is_null())
    talked = (
        slots.filter(pl.col("conversation").is_not_null())
        .sort(~success, "turn", descending=[False, True])
        .group_by("asked", "conversation", maintain_order=True)
        .agg(pl.col("slot", "outcome_group").first(), pl.col("pictures").sum())
    )
    columns = ["asked", "slot", "outcome_group", "pictures"]
    return (
        pl.concat([plain.select(columns), talked.select(columns)])
        .join(revised, on="slot", how="left", maintain_order="left")
        .drop("slot")
    )


@dataclass(frozen=True)
class _Counted:
    """Labels added up: entry i says that `pictures[i]` pictures of cell `asked[i]` were read as code `code[i]`.

    Attributes:
        codes: one row a code: attribute, and value; of the values that nobody declared only the attribute.
    """

    codes: pl.DataFrame
    asked: Ints
    code: Ints
    pictures: Ints

    @classmethod
    def of(
        cls,
        asked: pl.DataFrame,
        drawn: pl.DataFrame,
        vocabulary: pl.DataFrame,
        readings: pl.DataFrame,
        declared: pl.DataFrame,
    ) -> _Counted:
        """Add up the readings of the slots that were drawn."""
        known = declared.select("attribute", "value").unique()
        spoken = vocabulary.join(
            known.with_columns(known=pl.lit(value=True)), on=["attribute", "value"], how="left"
        ).with_columns(value=pl.when("known").then("value"))
        codes = spoken.select("attribute", "value").unique().sort("attribute", "value").with_row_index("code")
        by_hash = spoken.join(codes, on=["attribute", "value"], nulls_equal=True).sort("reading")
        slot, reading = readings["slot"].to_numpy(), readings["reading"].to_numpy()
        where = _places(slot, drawn)
        code = by_hash["code"].to_numpy()[np.searchsorted(by_hash["reading"].to_numpy(), reading)]
        wide = max(codes.height, 1)
        kept = where >= 0
        many = np.bincount(where[kept] * wide + code[kept], minlength=asked.height * wide)
        entries = np.flatnonzero(many)
        return cls(codes, entries // wide, entries % wide, many[entries])


def _places(slot: Codes, drawn: pl.DataFrame) -> Ints:
    """Return the cell of each label's slot, -1 where it has no picture; the labels of a slot stand mostly together."""
    if len(slot) == 0:
        return np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(np.concatenate([[True], slot[1:] != slot[:-1]]))
    runs = pl.DataFrame({"slot": slot[starts]})
    found = runs.join(drawn, on="slot", how="left", maintain_order="left")
    if found.height != runs.height:
        raise ClicheError("two slots of these weeks have the same hash; score fewer weeks at a time")
    lengths = np.diff(starts, append=len(slot))
    return np.repeat(found["asked"].fill_null(-1).to_numpy(), lengths)


def _spread(
    asked: pl.DataFrame, versions: pl.DataFrame, declared: pl.DataFrame, counted: _Counted
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return cells × attributes, their counts of every value, and those of every step of a band."""
    scale = [*_SUITE, "attribute"]
    shown = (
        declared.group_by(*scale, "scale", "shown", "in_support", "position", maintain_order=True)
        .agg()
        .sort(*scale, "position", "shown")
    )
    scales = shown.group_by(scale, maintain_order=True).agg(
        pl.col("scale").first(), pl.col("position").max().alias("last"), pl.len().alias("declared")
    )
    scales = scales.with_row_index("list").with_columns(pl.col("list", "declared").cast(pl.Int64))
    cells = (
        asked.select("asked", *_CELL, "pictures", pl.col("attributes").alias("attribute"))
        .explode("attribute", empty_as_null=True)
        .join(scales, on=scale, maintain_order="left")
        .join(versions, on=["week", "model"], how="left", maintain_order="left")
    )
    lists, owner = cells["list"].to_numpy(), cells["asked"].to_numpy()
    sizes = scales["declared"].to_numpy() + 2  # invalid and not_assessed come last
    listed = _values(shown, scales)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    first = np.concatenate([[0], np.cumsum(sizes[lists])])
    cell = np.repeat(np.arange(cells.height), sizes[lists])
    within = np.arange(first[-1]) - first[cell]
    pictures = np.zeros(first[-1], dtype=np.int64)

    # entries of `counted`, each at the place of its value in the list of its cell and attribute
    attributes = pl.concat([cells["attribute"], counted.codes["attribute"]]).unique().sort()
    number = pl.DataFrame({"attribute": attributes}).with_row_index("number")
    wide = max(number.height, 1)
    pair = np.full(asked.height * wide, -1, dtype=np.int64)
    of_cell = cells.join(number, on="attribute", maintain_order="left")["number"].to_numpy()
    pair[owner * wide + of_cell] = np.arange(cells.height)
    of_code = counted.codes.join(number, on="attribute", maintain_order="left")["number"].to_numpy()
    entry = pair[counted.asked * wide + of_code[counted.code]]
    wanted = entry >= 0
    entry, code, seen = entry[wanted], counted.code[wanted], counted.pictures[wanted]
    place = _targets(declared, shown, scales, counted.codes)[lists[entry], code]
    np.add.at(pictures, first[entry] + place, seen)
    assessed = np.bincount(entry, weights=seen, minlength=cells.height).astype(np.int64)
    pictures[first[1:] - 1] = cells["pictures"].to_numpy() - assessed

    long = listed[starts[lists[cell]] + within].with_columns(
        pl.Series("cell", cell), pl.Series("pictures", pictures), asked=pl.Series(owner[cell])
    )
    cells = cells.drop("list", "last", "declared")
    return cells, long, _steps(cells, declared, counted.codes, entry, code, seen)


def _values(shown: pl.DataFrame, scales: pl.DataFrame) -> pl.DataFrame:
    """Return the lists of all scales one after another: attribute, value, in_support, position."""
    extra = [
        scales.select(
            "list", "attribute", pl.lit(text).alias("value"), pl.lit(value=False).alias("in_support")
        ).with_columns(position=scales["last"] + after)
        for after, text in enumerate((INVALID, NOT_ASSESSED), start=1)
    ]
    numbered = shown.join(scales.select(*_SUITE, "attribute", "list"), on=[*_SUITE, "attribute"])
    own = numbered.select("list", "attribute", pl.col("shown").alias("value"), "in_support", "position")
    return pl.concat([own, *extra]).sort("list", "position", "value").drop("list")


def _targets(
    declared: pl.DataFrame, shown: pl.DataFrame, scales: pl.DataFrame, codes: pl.DataFrame
) -> npt.NDArray[np.int64]:
    """Return for each list and code the place in the list; what is not declared there is `invalid`."""
    scale = [*_SUITE, "attribute"]
    places = shown.with_columns(place=pl.int_range(pl.len()).over(scale))
    found = (
        declared.join(codes, on=["attribute", "value"])
        .join(places.select(*scale, "shown", "place"), on=[*scale, "shown"])
        .join(scales.select(*scale, "list"), on=scale)
    )
    out = np.repeat(scales["declared"].to_numpy()[:, None], codes.height, axis=1)
    out[found["list"].to_numpy(), found["code"].to_numpy()] = found["place"].to_numpy()
    return out


def _steps(
    cells: pl.DataFrame, declared: pl.DataFrame, codes: pl.DataFrame, entry: Ints, code: Ints, seen: Ints
) -> pl.DataFrame:
    """Return how many pictures were read as each step of the scales that are reported in bands; no zeros."""
    steps = declared.filter((pl.col("scale") == "bands") & pl.col("in_support"))
    on = [*_SUITE, "attribute", "value"]
    some = np.isin(code, codes.join(steps, on=["attribute", "value"], how="semi")["code"].to_numpy())
    entry, code, seen = entry[some], code[some], seen[some]
    rows = cells[entry].with_columns(
        value=codes["value"].gather(code), pictures=pl.Series(seen), cell=pl.Series(entry)
    )
    return rows.join(steps.select(on), on=on, how="semi", maintain_order="left").select(
        "cell", "value", "pictures"
    )
