"""What one word changes in a model's pictures: clear effects alone, as the file of comparisons has them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import duckdb

from assets.leaderboard.cells.showing import many
from assets.leaderboard.cells.word_pictures import is_told, key_of
from assets.leaderboard.models import names
from assets.leaderboard.views.message import title
from assets.leaderboard.views.query import Row, View, by, rows
from assets.suites.comparisons import shipped


def read(con: duckdb.DuckDBPyConnection, week: date) -> Mapping[str, list[Row]]:
    """Return the effects of words on each model that the pages of words tell of, with figures that can be believed."""
    comparisons = {comparison.key: comparison for comparison in shipped().comparisons}
    effects = []
    for row in rows(con, "word_against_word", {"week": week.isoformat()}):
        comparison = comparisons.get(key_of(row))
        if (
            comparison
            and row["estimate"] is not None
            and row["reliable"] is not False
            and is_told(comparison, row)
        ):
            effects.append(row | {"comparison": title(comparison.title)})
    return by(effects, "model")


def clear(effects: list[Row]) -> list[View]:
    """Return those of some effects that are clear, the largest first."""
    return [
        View(
            **row,
            what=many(row["attribute"], row["value"]),
            points=names.points(row["estimate"]),
        )
        for row in sorted(effects, key=lambda row: -abs(row["estimate"]))
        if row["clear"]
    ]
