"""The page "About": who publishes, licenses, corrections, rights in pictures by model, objections, how to cite."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb

from assets.leaderboard import licenses
from assets.leaderboard.views.kind import PageKind, Sheet
from assets.leaderboard.views.message import say
from assets.leaderboard.views.query import View, rows


def build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield the one page."""
    makers = [
        row | {"terms": licenses.SERVICES.get(row["provider"])}
        for row in rows(con, "about_models", {"week": week.isoformat()})
    ]
    yield Sheet(
        "about/",
        say("About this site"),
        View(makers=makers, licenses=tuple(licenses.of_sources(con))),
        description=say(
            "Who publishes Cliché, licenses, corrections, rights in the pictures, how to cite it."
        ),
        searched=(say("Licenses"), say("licence")),
    )


KIND = PageKind("about", build)
