"""Two models side by side: neighbors on the board that most ask for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb

from assets.leaderboard.models import pairs
from assets.leaderboard.views.kind import Crumb, PageKind, Sheet
from assets.leaderboard.views.message import say


def build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield a page for each pair of neighbors."""
    for pair in pairs.read(con, week):
        yield Sheet(
            pair.address,
            say("%(first)s and %(second)s, side by side", first=pair.titles[0], second=pair.titles[1]),
            pair,
            crumbs=(Crumb("compare/", say("Compare models")),),
            description=say(
                "The same prompts, asked of two models: differences with intervals, and pictures of both."
            ),
        )


KIND = PageKind("pair", build)
