"""The page "How the week went": what was asked, how it ended, cost, checks, who is withheld, as the edition stood."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb

from assets.leaderboard.models.facts import way
from assets.leaderboard.views.kind import PageKind, Sheet
from assets.leaderboard.views.message import say
from assets.leaderboard.views.query import View, by, rows


def build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield the one page: `ways` are how requests to a withheld model ended without a picture."""
    of_week = {"week": week.isoformat()}
    ends = by(rows(con, "withheld_ends", of_week), "model")
    models = rows(con, "status_models", of_week)
    checks = rows(con, "status_checks", of_week)
    unpassed = [row for row in checks if row["status"] != "pass"]
    names, failed = ({row["check_name"] for row in some} for some in (checks, unpassed))
    yield Sheet(
        "status/",
        say("How the week went"),
        View(
            models=models,
            withheld=[
                row | {"ways": [(way(one["outcome"]), one["slots"]) for one in ends[row["model"]]]}
                for row in models
                if row["withheld"]
            ],
            checks=len(names),
            passed=len(names - failed),
            found=unpassed,
        ),
        description=say(
            "What every model was asked this week and how it ended, what it cost, which checks failed, who is withheld."
        ),
    )


KIND = PageKind("status", build)
