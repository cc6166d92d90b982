"""Counting the labels of some weeks: from slots, attempts and labels to cells × values, and to answers.

The views `cell_counts` and `slot_outcomes` say the same for people; a test compares them. They join slots with labels
by keys of 64 letters, through the whole history where DuckDB cannot see that one week is asked for. Here DuckDB reads
the weeks' rows once and hands over 64-bit hashes, and everything after that is integers. Two slots of n have the same
hash with a chance of n² / 2⁶⁵: 4 in 10⁹ for 400,000; of labeled ones it is seen, and an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from assets.metrics.counting.plans import Plans, plans_between, read
from assets.metrics.formulas.share import Ints
from warehouse.errors import ClicheError

#: Pseudo-values: an undeclared answer, and no label at all.
INVALID, NOT_ASSESSED = "invalid", "not_assessed"
_SUITE = ("plan", "suite", "suite_major")
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
        plans: the plans of those weeks.
        asked: one row per cell: `_CELL`, plan, language, pictures.
        answers: one row an answer, in the order of `asked`: asked (a row of it), outcome_group, pictures (0 or 1; of a
            conversation 2 where both later turns drew), and, where a revised prompt was reported, prompt_sent and
            revised_prompt.
        cells: one row per cell and attribute: asked, `_CELL`, plan, attribute, scale, labeler_version, pictures, and
            scale_row (a row of `scales`).
        long: one row per row of `cells` and value, zeros included: cell (a row of `cells`), asked, attribute, position,
            value, in_support, pictures. Of a row of `cells` they stand together, in the declared order.
        steps: of those in bands likewise, one row a value that is in a band and in the support: cell, value, pictures.
        scales: one row a plan's attribute in a suite: `_SUITE`, attribute, scale.
    """

    plans: Plans
    asked: pl.DataFrame
    answers: pl.DataFrame
    cells: pl.DataFrame
    long: pl.DataFrame
    steps: pl.DataFrame
    scales: pl.DataFrame


def tally(con: duckdb.DuckDBPyConnection, first: str, last: str) -> Tallies:
    """Return what was counted in the weeks from `first` to `last`, ISO dates of Mondays.

    Raises:
        ClicheError: if two slots or cells have the same hash.
    """
    weeks = {"first": first, "last": last}
    plans = plans_between(con, first, last)
    asked = _asked(con, weeks, plans)
    places = asked.select("cell", "asked")
    ends = _ends(con, weeks).join(places, on="cell", maintain_order="left")
    drawn = ends.filter(pl.col("outcome_group") == "success").select("slot", "asked")
    pictures = np.bincount(drawn["asked"].to_numpy(), minlength=asked.height)
    asked = asked.with_columns(pictures=pl.Series(pictures))
    # a slot has one picture; should it have more, its first counts
    revised = read(con, "revised", weeks).sort("slot", "attempt").unique("slot", keep="first").drop("attempt")
    labelers = read(con, "labelers", weeks)
    versions = labelers.filter("scored").select("week", "model", "labeler_version")
    others = labelers.filter(~pl.col("scored"))["who"].to_list()
    vocabulary = read(con, "vocabulary", weeks)
    readings = read(con, "label_codes", {**weeks, "others": others})
    declared = read(con, "declared", plans.where)
    if places["cell"].is_duplicated().any():
        raise ClicheError(f"two cells of {first} to {last} have the same hash; score fewer weeks at a time")
    counted = _Counted.of(asked, drawn, vocabulary, readings, declared)
    shown = asked.drop("cell", "attributes")
    return Tallies(plans, shown, _answers(ends, revised), *_spread(asked, versions, declared, counted))


def _asked(con: duckdb.DuckDBPyConnection, weeks: Mapping[str, str], plans: Plans) -> pl.DataFrame:
    """Return one row per cell, in the order of its keys: cell (a hash), asked, `_CELL`, plan, language, attributes."""
    prompts, wanted = (read(con, name, plans.where) for name in ("plan_prompts", "plan_attributes"))
    cells = (
        read(con, "asked", weeks)
        .join(plans.models.drop("labeler"), on=["week", "model"])
        .join(prompts, on=["plan", "suite", "suite_version", "prompt"], how="left")
        .join(wanted, on=[*_SUITE, "prompt"], how="left")
        .sort(*_CELL, "suite_version", nulls_last=True)
        .drop("suite_version")
    )
    return cells.with_columns(asked=pl.int_range(pl.len(), dtype=pl.Int64))


def _ends(con: duckdb.DuckDBPyConnection, weeks: Mapping[str, str]) -> pl.DataFrame:
    """Return how each slot ended: slot, cell, turn, conversation, outcome_group; without those that were not needed."""
    outcomes = read(con, "outcomes", {})
    groups = pl.Series(["unknown", *outcomes["outcome_group"], "not_attempted"])
    left_out = outcomes.filter(pl.col("outcome") == "not_needed")["place"].to_list()
    calls = read(con, "ends", weeks).group_by("slot").agg(pl.col("ending").min() % 1000)
    slots = read(con, "asked_slots", weeks).join(calls, on="slot", how="left", maintain_order="left")
    slots = slots.with_columns(pl.col("ending").fill_null(len(groups) - 1))
    slots = slots.filter(~pl.col("ending").is_in(left_out))
    return slots.drop("ending").with_columns(outcome_group=groups.gather(slots["ending"]))


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
        .sort("asked")
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
        code = looked_up(reading, by_hash["reading"].to_numpy(), by_hash["code"].to_numpy().astype(np.int64))
        wide = max(codes.height, 1)
        kept = where >= 0
        many = np.bincount(where[kept] * wide + code[kept], minlength=asked.height * wide)
        entries = np.flatnonzero(many)
        return cls(codes, entries // wide, entries % wide, many[entries])


def looked_up(hashes: Codes, known: Codes, codes: Ints) -> Ints:
    """Return the code of each hash, all of which are among the known ones, which are sorted and distinct.

    A table of as many leading bits as tell the known hashes apart is ten times as quick as a search; of a few dozen
    hashes that more than 16 million places do not tell apart, they are searched.
    """
    for bits in range(8, 25):
        shift = np.uint64(64 - bits)
        lead = (known >> shift).astype(np.int64)
        if np.all(lead[1:] != lead[:-1]):
            table = np.zeros(2**bits, dtype=np.int64)
            table[lead] = codes
            return table.take((hashes >> shift).view(np.int64))
    return codes[np.searchsorted(known, hashes)]


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


@dataclass(frozen=True)
class _Entries:
    """The entries of `_Counted` whose attribute is looked for in the cell; `cell` is a cell with its attribute."""

    cell: Ints
    code: Ints
    pictures: Ints


def _spread(
    asked: pl.DataFrame, versions: pl.DataFrame, declared: pl.DataFrame, counted: _Counted
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return `cells`, `long`, `steps` and `scales` of `Tallies`."""
    on = [*_SUITE, "attribute"]
    scales = declared.select(*on, "scale").unique(maintain_order=True).with_row_index("scale_row")
    scales = scales.with_columns(pl.col("scale_row").cast(pl.Int64))
    declared = declared.join(scales.select(*on, "scale_row"), on=on, maintain_order="left")
    cells = (
        asked.select("asked", *_CELL, "plan", "pictures", pl.col("attributes").alias("attribute"))
        .explode("attribute", empty_as_null=True)
        .join(scales, on=on, maintain_order="left")
        .join(versions, on=["week", "model"], how="left", maintain_order="left")
    )
    entries = _entries(asked, cells, counted)
    known = declared.join(counted.codes, on=["attribute", "value"])
    shown = _shown(declared, scales)
    long = _laid_out(cells, shown, known.select("scale_row", "code", value="shown"), entries, others=INVALID)
    assessed = np.bincount(entries.cell, weights=entries.pictures, minlength=cells.height).astype(np.int64)
    pictures = long["pictures"].to_numpy().copy()
    pictures[(long["value"] == NOT_ASSESSED).to_numpy()] = cells["pictures"].to_numpy() - assessed
    attributes = cells.select("asked", "attribute")[long["cell"].to_numpy()]
    stepped = declared.filter(pl.col("step").is_not_null()).sort("scale_row", "step")
    steps = _laid_out(
        cells, stepped.select("scale_row", "value"), known.select("scale_row", "code", "value"), entries
    )
    return cells, long.with_columns(pl.Series("pictures", pictures)).hstack(attributes), steps, scales


def _entries(asked: pl.DataFrame, cells: pl.DataFrame, counted: _Counted) -> _Entries:
    attributes = pl.concat([cells["attribute"], counted.codes["attribute"]]).unique().sort()
    number = pl.DataFrame({"attribute": attributes}).with_row_index("number")
    of_cell = cells.join(number, on="attribute", maintain_order="left")["number"].to_numpy()
    of_code = counted.codes.join(number, on="attribute", maintain_order="left")["number"].to_numpy()
    pair = np.full((asked.height, number.height), -1, dtype=np.int64)
    pair[cells["asked"].to_numpy(), of_cell] = np.arange(cells.height)
    cell = pair[counted.asked, of_code[counted.code]]
    wanted = cell >= 0
    return _Entries(cell[wanted], counted.code[wanted], counted.pictures[wanted])


def _shown(declared: pl.DataFrame, scales: pl.DataFrame) -> pl.DataFrame:
    """Return what pictures of each scale are counted as: scale_row, value, in_support, position, in that order."""
    own = declared.select("scale_row", pl.col("shown").alias("value"), "in_support", "position").unique()
    last = own.group_by("scale_row").agg(pl.col("position").max())
    extra = [
        last.select("scale_row", value=pl.lit(text), in_support=False, position=pl.col("position") + after)
        for after, text in enumerate((INVALID, NOT_ASSESSED), start=1)
    ]
    return pl.concat([own, *extra]).sort("scale_row", "position", "value")


def _laid_out(
    cells: pl.DataFrame,
    lists: pl.DataFrame,
    codes: pl.DataFrame,
    entries: _Entries,
    others: str | None = None,
) -> pl.DataFrame:
    """Return the counts of all cells, zeros included: cell, and the columns of their lists but scale_row, pictures.

    Args:
        cells: with scale_row.
        lists: the values of each scale, those of a scale together and in order: scale_row, value, and more.
        codes: scale_row, code, value: as which value of the list a code counts.
        entries: what is counted.
        others: the value that all other codes count as; None: they are left out.
    """
    of, rows = cells["scale_row"].to_numpy(), lists["scale_row"].to_numpy()
    many, wide = 1 + max(of.max(initial=0), rows.max(initial=0)), 1 + entries.code.max(initial=0)
    sizes = np.bincount(rows, minlength=many)
    starts = np.cumsum(sizes) - sizes
    placed = lists.select("scale_row", "value").with_columns(
        place=pl.Series(np.arange(len(rows)) - starts[rows])
    )
    place = np.full((many, wide), -1, dtype=np.int64)
    if others is not None:
        rest = placed.filter(pl.col("value") == others)
        place[rest["scale_row"].to_numpy()] = rest["place"].to_numpy()[:, None]
    own = codes.join(placed, on=["scale_row", "value"]).filter(pl.col("code") < wide)
    place[own["scale_row"].to_numpy(), own["code"].to_numpy()] = own["place"].to_numpy()

    ends = np.cumsum(sizes[of])
    first = ends - sizes[of]
    cell = np.repeat(np.arange(cells.height), sizes[of])
    within = np.arange(len(cell)) - first[cell]
    at = place[of[entries.cell], entries.code]
    counted = first[entries.cell[at >= 0]] + at[at >= 0]
    pictures = np.bincount(counted, weights=entries.pictures[at >= 0], minlength=len(cell)).astype(np.int64)
    rows_of: pl.DataFrame = lists.drop("scale_row")[starts[of[cell]] + within]
    return rows_of.with_columns(cell=pl.Series(cell), pictures=pl.Series(pictures))
