"""Pictures beside published statistics: which sentences are told, and in which words.

Only prompts with a row of their own in a cited statistic are here: where there is no row there is no sentence. One is
told only if the share of four weeks differs from the statistic also when corrected for the number of shares looked at,
with what the model scatters from week to week in the interval.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import NormalDist

import duckdb
import numpy as np

from assets.leaderboard.page import words
from assets.leaderboard.views.part import Part
from assets.leaderboard.views.query import Row, rows
from assets.metrics.formulas.share import Z95, Floats, wilson
from assets.metrics.registry.metric import TOO_FEW
from assets.metrics.windows.formulas import widened

_KEY = ("model", "suite", "prompt", "attribute", "reference", "value")
#: How many sentences a group of models has; the rest is in the tables.
MOST = 8
#: What a statistic counts, as the end of a sentence; the share is filled in.
COUNTED: Mapping[tuple[str, str], str] = {
    ("un-wpp-2019", "young_adult"): "people of 15 to 34 are {} of those of 15 and over",
    ("un-wpp-2019", "middle_aged"): "people of 35 to 59 are {} of those of 15 and over",
    ("un-wpp-2019", "older"): "people of 60 and over are {} of those of 15 and over",
    ("un-wpp-2019", "feminine"): "women are {} of those of 15 and over",
    ("un-wpp-2019", "masculine"): "men are {} of those of 15 and over",
    ("bls-cps-2025", "feminine"): "women are {} of those employed in the United States",
    ("bls-cps-2025", "masculine"): "men are {} of those employed in the United States",
}


@dataclass(frozen=True)
class Statistic:
    """One share of pictures beside a published one: a sentence that stands by itself, and where that is from."""

    id: str  # of its row within the group
    sentence: str
    source: str
    gap: float  # share in the pictures less share in the statistic


@dataclass(frozen=True)
class StatisticGroup:
    """Models that may be in one list: `compared` shares were looked at, `differ` differ, the widest are reported."""

    track: str
    simulated: bool
    told: tuple[Statistic, ...]
    compared: int
    differ: int


def build(con: duckdb.DuckDBPyConnection, week: date) -> tuple[StatisticGroup, ...]:
    """Return the groups of models of `week` that have pictures beside a statistic; real models first."""
    groups: dict[tuple[bool, str], list[Row]] = defaultdict(list)
    for row in rows(con, "statistics", {"week": week.isoformat()}):
        if row["n"] >= TOO_FEW:
            groups[bool(row["simulated"]), row["track"]].append(row)
    return tuple(_group(*key, groups[key]) for key in sorted(groups))


def _group(simulated: bool, track: str, found: Sequence[Row]) -> StatisticGroup:
    """Return the widest gaps, of each prompt and statistic one value: that with the widest, the first of equals."""
    widest: dict[tuple[str, ...], Row] = {}
    for row in found:
        key = tuple(row[name] for name in ("model", "prompt", "attribute", "reference"))
        if key not in widest or abs(_gap(row)) > abs(_gap(widest[key])) + 1e-12:
            widest[key] = row
    expected = np.array([row["expected_share"] for row in widest.values()])
    # of a statistic's values the widest was picked, so all of them were looked at
    low, high = _ends([*widest.values()], NormalDist().inv_cdf(1 - 0.025 / len(found)))
    clear = (expected < low) | (expected > high)
    told = [
        Statistic(words.key(row, *_KEY), _sentence(row, low, high), words.plain(row["source"]), _gap(row))
        for row, low, high, differs in zip(
            widest.values(), *_ends([*widest.values()], Z95), clear, strict=True
        )
        if differs
    ]
    told.sort(key=lambda one: -abs(one.gap))
    return StatisticGroup(track, simulated, tuple(told[:MOST]), len(found), len(told))


def _ends(found: Sequence[Row], z: float) -> tuple[Floats, Floats]:
    """Return the ends of the intervals of shares at a normal quantile, scatter from week to week in them."""
    k, n, added, freedom = (
        np.array([np.nan if row[name] is None else row[name] for row in found], dtype=float)
        for name in ("k", "n", "added", "freedom")
    )
    wide = widened(wilson(k, n, z), np.nan_to_num(added), np.nan_to_num(freedom, nan=np.inf), z)
    return np.maximum(wide.low, 0.0), np.minimum(wide.high, 1.0)


def _gap(row: Row) -> float:
    return float(row["k"] / row["n"] - row["expected_share"])


def _sentence(row: Row, low: float, high: float) -> str:
    who = (
        f"the simulated model {words.plain(row['model'])}" if row["simulated"] else words.plain(row["model"])
    )
    share = words.percent(row["k"] / row["n"])
    counted = COUNTED.get((row["reference"], row["value"]), "the statistic has {}")
    published = f"{100 * row['expected_share']:.1f}\N{NO-BREAK SPACE}%"
    return (
        f"Asked for “{words.plain(row['text'])}”, {who} drew {words.shown(row['attribute'], row['value'])} in {share} "
        f"of {words.number(row['n'])} pictures ({words.percent(low)} to {words.percent(high)}); in the statistics "
        f"{counted.format(published)}."
    )


PART = Part("statistics", "Statistics", "words", "_statistics.html.j2", build)
