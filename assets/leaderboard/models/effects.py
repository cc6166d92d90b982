"""What one word changes in a model's pictures: clear effects alone, as the file of comparisons has them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from assets.leaderboard.cells.showing import many
from assets.leaderboard.cells.word_pictures import is_told
from assets.leaderboard.models import names
from assets.leaderboard.page import words
from assets.leaderboard.views.message import Message, title
from assets.leaderboard.views.query import Row, rows
from assets.suites.comparisons import Comparison, shipped


@dataclass(frozen=True)
class ClearEffect:
    """A share that one word moves: before and after, with the interval of the difference."""

    comparison: Message
    what: Message
    before: float
    after: float
    points: Message
    low: str
    high: str
    n_before: int
    n_after: int


@dataclass(frozen=True)
class Effects:
    """Clear effects, the largest first; how many were looked at, and how many have no interval yet."""

    clear: tuple[ClearEffect, ...]
    compared: int
    waiting: int


NOTHING = Effects((), 0, 0)


def read(con: duckdb.DuckDBPyConnection, week: date) -> Mapping[str, Effects]:
    """Return for each model the effects of words."""
    comparisons = {comparison.key: comparison for comparison in shipped().comparisons}
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows(con, "word_against_word", {"week": week.isoformat()}):
        comparison = comparisons.get(
            (f"{row['suite']}@{row['suite_major']}", row["kind"], row["a"], row["b"])
        )
        if comparison is not None and _told(comparison, row):
            found[row["model"]].append({**row, "comparison": comparison})
    return {
        model: Effects(
            _clear(of_model),
            sum(row["clear"] is not None for row in of_model),
            sum(row["clear"] is None for row in of_model),
        )
        for model, of_model in found.items()
    }


def _told(comparison: Comparison, row: Row) -> bool:
    """Return whether a row is of what the pages of words tell of, with a figure that can be believed."""
    return row["estimate"] is not None and row["reliable"] is not False and is_told(comparison, row)


def _clear(found: Sequence[Row]) -> tuple[ClearEffect, ...]:
    clear = sorted((row for row in found if row["clear"]), key=lambda row: -abs(row["estimate"]))
    return tuple(
        ClearEffect(
            comparison=title(row["comparison"].title),
            what=many(row["attribute"], row["value"]),
            before=row["share_a"],
            after=row["share_b"],
            points=names.points(row["estimate"]),
            low=words.signed(row["low"]),
            high=words.signed(row["high"]),
            n_before=row["n_a"],
            n_after=row["n_b"],
        )
        for row in clear
    )
