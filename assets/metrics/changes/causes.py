"""What else changed around the date of a change: codes, of which pages make words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import duckdb

from assets.metrics.reading import read

#: A labeler explains a change if it read frozen pictures otherwise by at least this part of the least that it can be.
EXPLAINED = 0.5
#: A difference of the answered share from here on is named.
ANSWERED = 0.1
_OF_SUITE = ("model", "suite", "suite_major")
_ByWeek = Mapping[tuple[Any, ...], Mapping[date, Any]]


class Reported(NamedTuple):
    """A row of `changes`, whose `causes` are added, and what they are looked for with.

    Attributes:
        row: the row.
        around: weeks around the date in which the model was asked.
        read_anew: whether another version of the labeler is the newest in some of them.
        attributes: those that were read for it.
    """

    row: dict[str, Any]
    around: Sequence[date]
    read_anew: bool
    attributes: Sequence[str | None]


def add_causes(con: duckdb.DuckDBPyConnection, found: Sequence[Reported]) -> None:
    """Add `causes` to rows: labeler_drift, labeler, suite, model_version, completeness, all_models."""
    if not found:
        return
    weeks = [week for one in found for week in one.around]
    within = {"first": min(weeks), "last": max(weeks)}
    where = {**within, "models": sorted({one.row["model"] for one in found})}
    contents = _by_week(con, "change_contents", _OF_SUITE, where)
    versions = _by_week(con, "change_versions", ("model",), where)
    answered = _by_week(con, "change_answered", (*_OF_SUITE, "condition", "turn"), where)
    moved = _by_week(con, "change_anchors", ("labeler", "labeler_version", "attribute"), within)
    for row, around, read_anew, attributes in found:

        def values(weekly: _ByWeek, *names: str, row: Any = row, around: Any = around) -> list[Any]:
            known = weekly.get(tuple(row[name] for name in names), {})
            return [known[week] for week in around if week in known]

        least = max(row["low"], -row["high"], 0.0)
        of_labeler = [
            moved.get((row["labeler"], row["labeler_version"], attribute), {}).get(week, 0.0)
            for attribute in attributes
            for week in around[1:]
        ]
        parts = values(answered, *_OF_SUITE, "condition", "turn")
        is_cause = {
            "labeler_drift": max(of_labeler, default=0.0) > 0 and max(of_labeler) >= EXPLAINED * least,
            "labeler": read_anew,
            "suite": len({*values(contents, *_OF_SUITE)}) > 1,
            "model_version": len({*values(versions, "model")}) > 1,
            "completeness": bool(parts) and max(parts) - min(parts) >= ANSWERED,
            "all_models": row["common"],
        }
        row["causes"] = [code for code, holds in is_cause.items() if holds]


def _by_week(
    con: duckdb.DuckDBPyConnection, name: str, keys: Sequence[str], where: Mapping[str, Any]
) -> _ByWeek:
    """Return key → week → the last column of `sql/metrics/<name>.sql`."""
    found: dict[tuple[Any, ...], dict[date, Any]] = {}
    for row in read(con, name, where).iter_rows(named=True):
        found.setdefault(tuple(row[key] for key in keys), {})[row["week"]] = [*row.values()][-1]
    return found
