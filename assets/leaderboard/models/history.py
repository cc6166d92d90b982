"""The figures of a model on all boards, week by week, and what boards are called in addresses."""

from __future__ import annotations

from datetime import date

import duckdb

from assets.leaderboard.page import words
from assets.leaderboard.views.query import Row, rows

#: Columns of the file beside a model's page, as `figures` has them; what was answered and refused in the week.
COLUMNS = (
    *("week", "suite", "suite_major", "condition", "attribute", "yardstick", "figure", "series", "estimate"),
    *("low", "high", "n", "weeks", "first_week", "reason", "answered", "refused"),
)


def board_slug(row: Row) -> str:
    """Return the last part of the address of a board's page: "occupations-perceived-gender"."""
    parts = [words.suite_slug(row["suite"], row["suite_major"]), row["attribute"] or row["yardstick"]]
    if row["condition"] != "baseline":
        parts.append(row["condition"])
    return "-".join(part.replace("_", "-") for part in parts)


def read(con: duckdb.DuckDBPyConnection, week: date, model: str) -> list[Row]:
    """Return the figures of a model on all boards up to `week`."""
    return rows(con, "model_history", {"week": week.isoformat(), "model": model})
