"""Figures of a week corrected with gold, beside the raw ones; and how often its labels are wrong.

Every row of `scores` that could be corrected has one here, with a reason where it is not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from assets.metrics.formulas.distance import MIN_PICTURES, rooted
from assets.metrics.formulas.share import Bools, Estimate, Floats, Ints
from assets.metrics.labels.confusion import Pictures, corrected_shares, unrated
from assets.metrics.labels.distances import corrected_distance2, not_followed
from assets.metrics.labels.gold_evidence import INCOMPLETE, KEY, NO_GOLD, GoldEvidence, Key, evidence
from assets.metrics.labels.label_error import Difference, differences, error_rate
from assets.metrics.reading import read
from assets.metrics.registry.metric import NOT_ASSESSED

_WRONG = ("rater_error", "rater_low", "rater_high")
#: Rated pictures of each model that a comparison of their errors needs: with fewer it calls equal ones different.
MIN_COMPARED = 100
#: Below it a difference of label error is reported.
LEVEL = 0.05
APART = (
    "assumes that people's errors are not shared with the labeler; if they are, the correction is too small"
)
PROMPTS = f"{APART}; assumes equal error across prompts"
WEEKS = f"{APART}; assumes equal error across prompts and weeks"
_ALONE = "no other model has gold"
MIXED = "the reference has other values for other prompts"

_OF_KEY = {"model": pl.String, "suite": pl.String, "suite_major": pl.Int32, "attribute": pl.String}
_TEXT, _INT, _REAL = pa.string(), pa.int32(), pa.float64()
#: The columns of `corrected_scores`.
CORRECTED = pa.schema(
    {
        "week": pa.date32(),
        **dict.fromkeys(("model", "series", "params_hash", "track", "suite"), _TEXT),
        "suite_major": _INT,
        "condition": _TEXT,
        "turn": _INT,
        **dict.fromkeys(
            ("attribute", "reference", "scale", "labeler_version", "metric", "value_name"), _TEXT
        ),
        **dict.fromkeys(("estimate", "low", "high", "raw_estimate"), _REAL),
        **dict.fromkeys(("gold_n", "gold_weeks"), _INT),
        **dict.fromkeys(("reason", "assumption"), _TEXT),
    }
)
#: The columns of `label_error`.
LABEL_ERROR = pa.schema(
    {
        "week": pa.date32(),
        **dict.fromkeys(("model", "track"), _TEXT),
        "simulated": pa.bool_(),
        "suite": _TEXT,
        "suite_major": _INT,
        **dict.fromkeys(("attribute", "scale", "labeler", "labeler_version"), _TEXT),
        **dict.fromkeys(("gold_n", "gold_weeks", "n"), _INT),
        **dict.fromkeys(("error_rate", "low", "high"), _REAL),
        **dict.fromkeys(("reason", "value_name"), _TEXT),
        **dict.fromkeys(("sensitivity", "others_sensitivity", "p_value"), _REAL),
        "differs": pa.bool_(),
        "test_reason": _TEXT,
        "doubles": _INT,
        **dict.fromkeys(_WRONG, _REAL),
        "splits": _INT,
        "lone": _INT,
        **dict.fromkeys(("lone_expected", "shared_p"), _REAL),
    }
)
#: The columns of `error_rates`.
ERROR_RATES = pa.schema(
    {
        "week": pa.date32(),
        **dict.fromkeys(("model", "suite"), _TEXT),
        "suite_major": _INT,
        **dict.fromkeys(("attribute", "who", "said", "shown"), _TEXT),
        "rate": _REAL,
    }
)


def week_corrections(con: duckdb.DuckDBPyConnection, week: str) -> pa.Table:
    """Return the rows of `corrected_scores` of one week, from its `scores` and the gold of eight weeks."""
    told = evidence(con, week)
    figures = read(con, "suite_scores", {"week": week})
    known = pl.DataFrame([*told], schema=_OF_KEY, orient="row")
    without = figures.join(known, on=KEY, how="anti").with_columns(
        week=pl.lit(date.fromisoformat(week)),
        raw_estimate="estimate",
        **dict.fromkeys(("estimate", "low", "high"), pl.lit(None, dtype=pl.Float64)),
        **dict.fromkeys(("gold_n", "gold_weeks"), pl.lit(0)),
        reason=pl.col("reason").fill_null(NO_GOLD),
        assumption=pl.lit(None, dtype=pl.String),
    )
    expected = expected_shares(con, week) if told else {}
    made: dict[tuple[Any, ...], tuple[Estimate, str | None]] = {}
    rows = []
    for row in figures.join(known, on=KEY, how="semi").iter_rows(named=True):
        key = (row["model"], row["suite"], row["suite_major"], row["attribute"])
        one = told[key]
        figure, reason = None, row["reason"] or one.reason
        if reason is None:
            of = (*key, row["condition"], row["turn"], row["reference"])
            if of not in made:
                made[of] = _figures(one, row, week, expected.get((*key, row["reference"]), {}))
            found, reason = made[of]
            figure = None if reason else _pick(found, row, one)
        rows.append(
            {
                **{name: row.get(name) for name in CORRECTED.names},
                "week": date.fromisoformat(week),
                **dict(zip(("estimate", "low", "high"), figure or (None,) * 3, strict=True)),
                "raw_estimate": row["estimate"],
                "gold_n": one.gold_n,
                "gold_weeks": len(one.weeks),
                "reason": reason,
                "assumption": _assumption(one, row, week) if figure else None,
            }
        )
    untold = without.select(CORRECTED.names).to_arrow().cast(CORRECTED)
    return pa.concat_tables([untold, pa.Table.from_pylist(rows, schema=CORRECTED)])


def week_label_error(con: duckdb.DuckDBPyConnection, week: str) -> pa.Table:
    """Return the rows of `label_error` of one week."""
    told = evidence(con, week)
    heads: dict[Key, dict[str, Any]] = {}
    for row in read(con, "suite_scores", {"week": week}).iter_rows(named=True) if told else ():
        heads.setdefault((row["model"], row["suite"], row["suite_major"], row["attribute"]), row)
    families: dict[tuple[Any, ...], list[Key]] = defaultdict(list)
    for key in sorted(told.keys() & heads.keys()):
        head, one = heads[key], told[key]
        if one.found is not None and one.gold_n >= MIN_COMPARED:
            columns = (
                "track",
                "simulated",
                "suite",
                "suite_major",
                "attribute",
                "labeler",
                "labeler_version",
            )
            families[(*(head[name] for name in columns), *one.names)].append(key)
    tested = {}
    for keys in families.values():
        confusions = [found for key in keys if (found := told[key].found) is not None]
        for key, difference in zip(keys, differences(confusions), strict=True):
            tested[key] = difference
    rows = [
        _error_row(week, heads[key], told[key], tested.get(key)) for key in sorted(told.keys() & heads.keys())
    ]
    return pa.Table.from_pylist(rows, schema=LABEL_ERROR)


def week_rates(con: duckdb.DuckDBPyConnection, week: str) -> pa.Table:
    """Return the rows of `error_rates` of one week: what `label_error` and the corrected figures rest on."""
    told = evidence(con, week)
    rows = []
    for key in sorted(told):
        one = told[key]
        if one.people is None or one.joint is None:
            continue
        names = (*one.names, None)
        for who, rates in (("labeler", one.joint), ("people", one.people.said_of.T)):
            rows += [
                {
                    **dict(zip(KEY, key, strict=True)),
                    "week": date.fromisoformat(week),
                    "who": who,
                    "said": said,
                    "shown": shown,
                    "rate": float(rates[i, j]),
                }
                for i, said in enumerate(names)
                for j, shown in enumerate(names)
            ]
    return pa.Table.from_pylist(rows, schema=ERROR_RATES)


def _error_row(
    week: str, head: Mapping[str, Any], one: GoldEvidence, difference: Difference | None
) -> dict[str, Any]:
    rate = error_rate(one.found) if one.found is not None else None
    reason = one.reason
    if rate is not None and np.isnan(rate.estimate):
        rate, reason = None, NOT_ASSESSED
    row = {
        **{name: head.get(name) for name in LABEL_ERROR.names},
        "week": date.fromisoformat(week),
        "gold_n": one.gold_n,
        "gold_weeks": len(one.weeks),
        "n": one.n,
        **dict.fromkeys(("error_rate", "low", "high", "value_name")),
        **dict.fromkeys(("doubles", "splits", "lone"), 0),
        "reason": reason,
    }
    if rate is not None:
        row |= dict(zip(("error_rate", "low", "high"), _told(rate), strict=True))
    if one.people is not None and one.third is not None:
        wrong = (None if np.isnan(part) else part for part in _told(one.people.error))
        row |= {"doubles": one.people.doubles, **dict(zip(_WRONG, wrong, strict=True))}
        row |= dict(zip(("splits", "lone", "lone_expected", "shared_p"), one.third, strict=True))
        if not one.third.split:
            row |= dict.fromkeys(("lone_expected", "shared_p"))
    if reason is not None:
        return {**row, "test_reason": reason}
    if difference is None:
        return {**row, "test_reason": f"too few gold labels: {one.gold_n} of {MIN_COMPARED} needed"}
    if difference.value < 0:
        return {**row, "test_reason": _ALONE}
    return {
        **row,
        "value_name": one.names[difference.value],
        "sensitivity": difference.own,
        "others_sensitivity": difference.others,
        "p_value": difference.p_value,
        "differs": bool(difference.p_value < LEVEL),
    }


Expected = Mapping[str | None, Mapping[str, float]]  # prompt (None: every prompt) → value → share


def expected_shares(
    con: duckdb.DuckDBPyConnection, week: str
) -> dict[tuple[Any, ...], dict[str | None, dict[str, float]]]:
    """Return what references have, by `KEY` and reference."""
    found: dict[tuple[Any, ...], dict[str | None, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for row in read(con, "references", {"week": week}).iter_rows(named=True):
        key = (*(row[name] for name in KEY), row["reference"])
        found[key][row["prompt"]][row["value"]] = row["expected_share"]
    return found


def _figures(
    one: GoldEvidence, row: Mapping[str, Any], week: str, expected: Expected
) -> tuple[Estimate, str | None]:
    """Return the corrected figures of the cells that a row of scores is of, or why there are none."""
    here = one.cells.select(
        (pl.col("week") == date.fromisoformat(week))
        & (pl.col("condition") == row["condition"])
        & (pl.col("turn") == row["turn"])
    )
    now: Bools = here.to_series().to_numpy()
    if row["reference"] is None:
        assessed = one.counts[:, :-1].sum(axis=1) > 0
        return shares_of(one, Pictures(one.counts, one.pool, now & assessed, effect=one.effect))
    if (wanted := wanted_of(one, now, expected)) is None:
        return _nothing(()), MIXED
    n = one.counts[:, wanted.columns].sum(axis=1)
    enough = (n if one.effect is None else n / one.effect) >= MIN_PICTURES
    used = now & enough & wanted.known
    return distance_of(one, Pictures(one.counts, one.pool, used, effect=one.effect), wanted)


def _nothing(shape: tuple[int, ...]) -> Estimate:
    return Estimate(*(np.full(shape, np.nan) for _ in range(3)))


def shares_of(one: GoldEvidence, pictures: Pictures) -> tuple[Estimate, str | None]:
    """Return the corrected shares of pictures, or why there are none."""
    if one.found is None:
        return _nothing((len(one.names),)), one.reason
    if unrated(one.found, pictures).size:
        return _nothing((len(one.names),)), INCOMPLETE
    found = corrected_shares(one.found, pictures)
    return found, NOT_ASSESSED if np.isnan(found.estimate).all() else None


class Wanted(NamedTuple):
    """The values of a reference among those of the gold, and their shares in the cells."""

    columns: Ints  # (k,)
    shares: Floats  # (C, k); NaN where the cell has no row

    @property
    def known(self) -> Bools:
        """(C,) whether the reference has a row for the cell."""
        return np.asarray(~np.isnan(self.shares).any(axis=1))


def wanted_of(one: GoldEvidence, now: Bools, expected: Expected) -> Wanted | None:
    """Return what the reference of a figure's cells has; None where it has other values for other prompts."""
    general = expected.get(None)
    shares = [expected.get(prompt, general) for prompt in one.cells["prompt"]]
    supports = {tuple(sorted(share)) for share, used in zip(shares, now, strict=True) if used and share}
    if len(supports) != 1:
        return None
    (support,) = supports
    columns = np.array([place for place, name in enumerate(one.names) if name in support])
    return Wanted(
        columns, np.array([[(share or {}).get(one.names[c], np.nan) for c in columns] for share in shares])
    )


def distance_of(one: GoldEvidence, pictures: Pictures, wanted: Wanted) -> tuple[Estimate, str | None]:
    """Return the corrected `distance2` of pictures, or why there is none; `wanted` has a row per cell of theirs."""
    if one.found is None:
        return _nothing(()), one.reason
    columns = wanted.columns
    if np.intersect1d(unrated(one.found, pictures), columns).size:
        return _nothing(()), INCOMPLETE
    if (bad := not_followed(one.found, columns)).size:
        names = " and ".join(one.names[value] for value in bad)
        return _nothing(()), f"what people see as {names} is read as something else more often than not"
    return corrected_distance2(one.found, pictures, columns, wanted.shares), None


def _pick(found: Estimate, row: Mapping[str, Any], one: GoldEvidence) -> tuple[float, ...]:
    if row["metric"] == "share":
        place = one.names.index(row["value_name"])
        return _told(Estimate(*(part[place] for part in found)))
    return _told(rooted(found) if row["metric"] == "distance" else found)


def _told(found: Estimate) -> tuple[float, ...]:
    return tuple(float(part) for part in found)


def _assumption(one: GoldEvidence, row: Mapping[str, Any], week: str) -> str:
    """Return what a corrected figure takes for granted; least if it is the share among the very pictures of gold."""
    if one.weeks != {date.fromisoformat(week)}:
        return WEEKS
    of_row = (pl.col("condition") == row["condition"]) & (pl.col("turn") == row["turn"])
    whole = bool(one.cells.filter(pl.col("week") == date.fromisoformat(week)).select(of_row.all()).item())
    sizes = one.counts[one.pool].sum(axis=1)
    return APART if row["metric"] == "share" and whole and (sizes == sizes[0]).all() else PROMPTS
