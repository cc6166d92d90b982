"""Who is compared with whom, on which pictures: from readings to rows of `agreement`.

Compared are labelers of different names (two versions of one are no second opinion), each labeler with people, and
people with each other. A picture that both labeled counts in `pictures`; only where both gave a value of the scale does
it count in `n`: `ambiguous`, `cannot_tell`, `not_applicable` and `invalid` are no values, and agreement on them is
none. An imported study may declare answers that are no share of the support ("pass"): values of its scale.

People speak as one where they are compared with a labeler: the value that most of them gave; a tie is no value, and
what the third person of gold could not tell is none. Skin tone is banded by what people read, else by the first
labeler; agreement on skin tone itself is not reported by band, which holds one of the two answers fixed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from assets.labeling.gold.records import THIRD
from assets.metrics.labels.agreement import (
    MISSING,
    NOTHING,
    Agreement,
    Level,
    alpha,
    kappa,
    pair_counts,
    pair_kinds,
    value_counts,
)
from assets.metrics.plain.arrays import Ints
from assets.metrics.reading import read
from warehouse.loading.columns import table_of
from warehouse.weeks import shift

PEOPLE = "people"
SKIN_TONE = "skin_tone"
#: Weeks of gold that judge a labeler together.
GOLD_WEEKS = 8

_NOBODY = "no picture was assessed by both"
_ONE_VALUE = "all assessed pictures were read as one value"


@dataclass(frozen=True)
class Scale:
    """The values of an attribute that count in agreement, in their order, and whether the order counts."""

    values: Sequence[str]
    level: Level


@dataclass(frozen=True)
class Rater:
    """One side of a comparison: what it said of each picture (unit, model, code, band; code -1: not assessed)."""

    name: str
    version: str | None
    said: pl.DataFrame


def week_agreement(con: duckdb.DuckDBPyConnection, week: str) -> pa.Table:
    """Return the rows of `agreement` of one week: between its labelers, and on gold of the eight weeks through it."""
    rows: list[dict[str, Any]] = []
    where, since = {"week": week}, {"first": shift(week, 1 - GOLD_WEEKS), "week": week}
    labelers = con.execute("SELECT count(DISTINCT labeler) FROM labels WHERE week = $week", where).fetchall()
    if labelers[0][0] > 1:
        scales = _scales(con, "scales", {"first": week, "week": week})
        rows += compare(read(con, "readings", where), scales, scope="week", week=week)
    if con.execute("FROM gold_labels WHERE week BETWEEN $first AND $week LIMIT 1", since).fetchall():
        scales = _scales(con, "scales", since)
        rows += compare(read(con, "gold_readings", where), scales, scope="gold", week=week)
    return table_of("agreement", rows)


def study_agreement(con: duckdb.DuckDBPyConnection, study: str) -> pa.Table:
    """Return the rows of `agreement` of one imported study."""
    where = {"study": study}
    scales = _scales(con, "study_scales", where)
    rows = compare(read(con, "study_readings", where), scales, scope="study", study=study)
    return table_of("agreement", rows)


def compare(readings: pl.DataFrame, scales: Mapping[str, Scale], **constant: str) -> Iterator[dict[str, Any]]:
    """Yield a row for each attribute, pair and group of pictures: all, each model, each band of skin tone.

    Args:
        readings: model, unit, attribute, labeler, labeler_version, person, value (None: not assessed), band.
        scales: by attribute; attributes without one are left out.
        constant: columns that all rows share (scope, week or study).
    """
    coded = {attribute: _coded(readings, attribute, scales[attribute]) for attribute in sorted(scales)}
    tones = _raters(coded[SKIN_TONE]) if SKIN_TONE in coded else []
    bands = {(rater.name, rater.version): rater.said.select("unit", "band") for rater in tones}
    of_people = bands.get((PEOPLE, None))
    for attribute, part in coded.items():
        common, scale = {**constant, "attribute": attribute}, scales[attribute]
        raters = _raters(part)
        machines = [rater for rater in raters if rater.name != PEOPLE]
        pairs = [(a, b) for a, b in combinations(machines, 2) if a.name != b.name]
        pairs += [(a, b) for b in raters if b.name == PEOPLE for a in machines]
        for a, b in pairs:
            both = a.said.drop("band").join(b.said.select("unit", other="code"), on="unit")
            judge = bands.get((a.name, a.version)) if of_people is None or b.name != PEOPLE else of_people
            names = {
                **{"labeler_a": a.name, "labeler_a_version": a.version},
                **{"labeler_b": b.name, "labeler_b_version": b.version},
            }
            for group, of in _groups(both, None if attribute == SKIN_TONE else judge):
                table = pair_counts(of["code"].to_numpy(), of["other"].to_numpy(), len(scale.values))
                two = alpha(*pair_kinds(table), scale.level), kappa(table, scale.level)
                figures = _figures(of.height, int(table.sum()), int(np.trace(table)), *two, scale)
                yield {**common, **names, **group, **figures}
        for figures in _among_people(part, scale, None if attribute == SKIN_TONE else of_people):
            yield {**common, **dict.fromkeys(("labeler_a", "labeler_b"), PEOPLE), **figures}


def _raters(part: pl.DataFrame) -> list[Rater]:
    """Return the labelers that labeled an attribute, sorted, and people, if there are any, last."""
    by_name = part.filter(~pl.col("person")).partition_by("labeler", "labeler_version", as_dict=True)
    machines = [
        Rater(str(name), str(version), frame.select("unit", "model", "code", "band"))
        for (name, version), frame in sorted(by_name.items())
    ]
    people = part.filter("person")
    return [*machines, Rater(PEOPLE, None, _as_one(people))] if people.height else machines


def _coded(readings: pl.DataFrame, attribute: str, scale: Scale) -> pl.DataFrame:
    codes = pl.DataFrame(
        {"value": list(scale.values), "code": range(len(scale.values))},
        schema={"value": pl.String, "code": pl.Int64},
    )
    return (
        readings.filter(pl.col("attribute") == attribute)
        .join(codes, on="value", how="left", maintain_order="left")
        .with_columns(pl.col("code").fill_null(MISSING))
    )


def _as_one(people: pl.DataFrame) -> pl.DataFrame:
    """Return what people say together: the value that most gave; a tie is not assessed."""
    units = people.group_by("unit", maintain_order=True).agg(pl.col("model").first())
    seen = pl.col("code") != MISSING
    unseen = people.filter((pl.col("labeler") == THIRD) & ~seen)  # with one of two, or all three differ
    votes = people.filter(seen).join(unseen, on="unit", how="anti")
    votes = votes.group_by("unit", "code", "band").agg(votes=pl.len())
    most = votes.filter(pl.col("votes") == pl.col("votes").max().over("unit"))
    sole = most.filter(pl.len().over("unit") == 1).select("unit", "code", "band")
    return units.join(sole, on="unit", how="left", maintain_order="left").with_columns(
        pl.col("code").fill_null(MISSING)
    )


def _groups(
    both: pl.DataFrame, bands: pl.DataFrame | None
) -> Iterator[tuple[dict[str, str | None], pl.DataFrame]]:
    """Yield all pictures, those of each model, and those of each band of skin tone."""
    yield {"model": None, "skin_tone_band": None}, both
    for (model,), part in sorted(both.partition_by("model", as_dict=True).items()):
        yield {"model": str(model), "skin_tone_band": None}, part
    if bands is not None:
        banded = both.join(bands.drop_nulls(), on="unit")
        for (band,), part in sorted(banded.partition_by("band", as_dict=True).items()):
            yield {"model": None, "skin_tone_band": str(band)}, part


def _among_people(part: pl.DataFrame, scale: Scale, bands: pl.DataFrame | None) -> Iterator[dict[str, Any]]:
    """Yield the agreement of people with each other; a third person saw only what two differ in, and is left out."""
    people = part.filter(pl.col("person") & (pl.col("labeler") != THIRD))
    raters = sorted(people["labeler"].unique())
    if len(raters) < 2:
        return
    wide = people.select("unit", "model", "labeler", "code").pivot(
        "labeler", index=["unit", "model"], values="code", sort_columns=True
    )
    wide = wide.filter(pl.sum_horizontal(pl.col(raters).is_not_null()) >= 2).sort("unit")
    for group, of in _groups(wide, bands):
        codes: Ints = of.select(pl.col(raters).fill_null(MISSING)).to_numpy().astype(np.int64)
        kinds, times = value_counts(codes, len(scale.values))
        two = NOTHING
        if len(raters) == 2:
            two = kappa(pair_counts(codes[:, 0], codes[:, 1], len(scale.values)), scale.level)
        agreed = int(times[(kinds > 0).sum(axis=1) == 1].sum())
        found = alpha(kinds, times, scale.level)
        yield {**group, **_figures(of.height, int(times.sum()), agreed, found, two, scale)}


def _figures(
    pictures: int, n: int, agreed: int, found: Agreement, two: Agreement, scale: Scale
) -> dict[str, Any]:
    names = ("alpha", "alpha_low", "alpha_high", "kappa", "kappa_low", "kappa_high")
    known = {name: None if np.isnan(x) else float(x) for name, x in zip(names, (*found, *two), strict=True)}
    weights = "quadratic weights" if scale.level == "ordinal" else "unweighted"
    return {
        **{"pictures": pictures, "n": n, "agreed": agreed, **known},
        "both_assessed_share": n / pictures if pictures else None,
        "alpha_method": f"{scale.level}; interval: jackknife over pictures",
        "kappa_method": f"{weights}; interval: asymptotic",
        "reason": _NOBODY if n == 0 else _ONE_VALUE if known["alpha"] is None else None,
    }


def _scales(con: duckdb.DuckDBPyConnection, name: str, where: Mapping[str, str]) -> dict[str, Scale]:
    parts = read(con, name, where).partition_by("attribute", as_dict=True, maintain_order=True)
    return {
        str(attribute): Scale(part["value"].to_list(), "ordinal" if part["ordinal"][0] else "nominal")
        for (attribute,), part in parts.items()
    }
