"""Not seen is not zero: what became of every request of a week, so that each row of a table adds up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import duckdb

from assets.leaderboard.models import names
from assets.leaderboard.models.facts import way
from assets.leaderboard.views.message import Message, say
from assets.leaderboard.views.query import Row, rows

#: What can become of a request, in the order of the columns; the last three are left out where there is none.
_COLUMNS: Mapping[str, Message] = {
    "counted": say("counted"),
    "refused": say("refused"),
    "failed": say("failed, or not asked"),
    "no_person": say("no person, or nothing to read"),
    "cannot_tell": say("cannot tell"),
    "not_assessed": say("not assessed"),
    "invalid": say("invalid label"),
    "other": say("read, and outside of the comparison"),
    "not_needed": say("not needed"),
}
_RARE = ("invalid", "other", "not_needed")
_VALUES = {"not_applicable": "no_person", "cannot_tell": "cannot_tell", "invalid": "invalid"}
_KEY = ("suite", "suite_major", "condition", "attribute")
Key = tuple[object, ...]
#: Row of `not_seen`, column → requests, and column → how those ended that brought no picture.
_Asked = tuple[Row, Mapping[str, int], Mapping[str, list[tuple[Message, int]]]]


@dataclass(frozen=True)
class Requests:
    """What became of the requests to one model; `counts` has a number for each column, and they add up to `planned`.

    `ways` has for each column how those requests ended, where they brought no picture.
    """

    model: Message
    simulated: bool
    planned: int
    counts: tuple[int, ...]
    ways: tuple[tuple[tuple[Message, int], ...], ...]


@dataclass(frozen=True)
class NotSeen:
    """The models that were asked what a board is about."""

    columns: tuple[Message, ...]
    rows: tuple[Requests, ...]


def read(con: duckdb.DuckDBPyConnection, week: date) -> Mapping[Key, NotSeen]:
    """Return what became of the requests of `week`, by suite, major version, condition and attribute."""
    of_week = {"week": week.isoformat()}
    labels: dict[Key, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for row in rows(con, "label_counts", of_week):
        if row["value"] != "not_assessed":
            column = "counted" if row["in_support"] else _VALUES.get(row["value"], "other")
            labels[(*key(row), row["model"])][row["scale"]][column] += int(row["pictures"])
    ended: dict[Key, dict[str, list[tuple[Message, int]]]] = defaultdict(lambda: defaultdict(list))
    for row in rows(con, "lost", of_week):
        column = "refused" if row["refused"] else "failed"
        ended[(*key(row), row["model"])][column].append((way(row["outcome"]), int(row["slots"])))
    found: dict[Key, list[_Asked]] = defaultdict(list)
    for row in rows(con, "not_seen", of_week):
        of_model = (*key(row), row["model"])
        scales = labels.get(of_model, {})
        counts = _counts(row, scales[min(scales)] if scales else {})
        found[key(row)].append((row, counts, ended.get(of_model, {})))
    return {of: _table(asked) for of, asked in found.items()}


def key(row: Row) -> Key:
    """Return what names the requests that a row is about."""
    return tuple(row[name] for name in _KEY)


def _counts(row: Row, read_as: Mapping[str, int]) -> Mapping[str, int]:
    """Return column → requests; a picture without any label is not assessed."""
    given = {name: row[name] for name in ("refused", "failed", "not_needed")}
    return {**read_as, **given, "not_assessed": max(0, row["pictures"] - sum(read_as.values()))}


def _table(asked: list[_Asked]) -> NotSeen:
    columns = [name for name in _COLUMNS if name not in _RARE or any(of.get(name) for _, of, _ in asked)]
    return NotSeen(
        tuple(_COLUMNS[name] for name in columns),
        tuple(
            Requests(
                names.model(row["model"]),
                bool(row["simulated"]),
                row["planned"],
                tuple(of.get(name, 0) for name in columns),
                tuple(tuple(ended.get(name, ())) for name in columns),
            )
            for row, of, ended in sorted(asked, key=lambda one: (bool(one[0]["simulated"]), one[0]["model"]))
        ),
    )
