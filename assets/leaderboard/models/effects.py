"""What one word changes in a model's pictures: clear effects alone, as the file of comparisons has them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from assets.leaderboard.cells import unseen
from assets.leaderboard.cells.showing import many
from assets.leaderboard.models import names
from assets.leaderboard.page import words
from assets.leaderboard.views.message import Message, say, title
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
    unseen: Message | None  # how far it rests on answers that nobody saw


def read(con: duckdb.DuckDBPyConnection, week: date) -> Mapping[str, tuple[tuple[ClearEffect, ...], int]]:
    """Return for each model its clear effects, the largest first, and how many were looked at."""
    comparisons = {comparison.key: comparison for comparison in shipped().comparisons}
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows(con, "word_against_word", {"week": week.isoformat()}):
        comparison = comparisons.get(
            (f"{row['suite']}@{row['suite_major']}", row["kind"], row["a"], row["b"])
        )
        if comparison is not None and _told(comparison, row):
            found[row["model"]].append({**row, "comparison": comparison})
    hidden = unseen.unseen_of(con, "unseen_effects", week)
    return {model: (_clear(of_model, hidden), len(of_model)) for model, of_model in found.items()}


def _told(comparison: Comparison, row: Row) -> bool:
    """Return whether a row is of what was chosen beforehand: shares that are shown, and dress."""
    if row["subject"] is not None or row["estimate"] is None or row["reliable"] is False:
        return False
    if row["metric"] == "share":
        return row["value_name"] in comparison.shown.get(row["attribute"], ())
    return row["metric"] == "caricature_rate" and row["attribute"] in comparison.caricature


def _clear(found: Sequence[Row], hidden: unseen.Known) -> tuple[ClearEffect, ...]:
    clear = sorted((row for row in found if row["clear"]), key=lambda row: -abs(row["estimate"]))
    return tuple(
        ClearEffect(
            comparison=title(row["comparison"].title),
            what=_what(row),
            before=row["estimate_a"],
            after=row["estimate_b"],
            points=names.points(row["estimate"]),
            low=words.signed(row["low"]),
            high=words.signed(row["high"]),
            n_before=row["n_a"],
            n_after=row["n_b"],
            unseen=unseen.note(hidden, "unseen_effects", row),
        )
        for row in clear
    )


def _what(row: Row) -> Message:
    if row["metric"] == "share":
        return many(row["attribute"], row["value_name"])
    dress = [title(words.value(value)) for value in row["value_name"].split(", ")]
    said = dress[0]
    for one in dress[1:]:
        said = say("%(first)s or %(second)s", first=said, second=one)
    return say("%(dress)s (%(attribute)s)", dress=said, attribute=title(words.attribute(row["attribute"])))
