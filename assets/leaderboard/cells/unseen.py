"""What answers that nobody saw leave of ranks and pairs: refusals, and pictures that could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import duckdb

from assets.leaderboard.views.query import Row, rows

BOARD = ("suite", "suite_major", "condition", "attribute", "reference")
#: Statement → the columns that name what it says something of: a rank, a pair of models, and a rank in a study.
KEYS: Mapping[str, tuple[str, ...]] = {
    "unseen_study_ranks": (
        *("study", "condition", "attribute", "reference", "labeler", "labeler_version", "model"),
    ),
}
Known = Mapping[tuple[object, ...], Row]


def unseen_of(con: duckdb.DuckDBPyConnection, statement: str, week: date | None = None) -> Known:
    """Return what a statement of `KEYS` says, of a week or of all studies, by its columns; no row: nothing is said."""
    found = rows(con, statement, {"week": week.isoformat()} if week else None)
    return {key_of(statement, row): row for row in found}


def key_of(statement: str, row: Row) -> tuple[object, ...]:
    """Return what names, of a row, what a statement says something of."""
    return tuple(row[name] for name in KEYS[statement])
