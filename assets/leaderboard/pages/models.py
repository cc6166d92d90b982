"""The list of models, each with what is asked most: women as CEO, refusals, pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import duckdb

from assets.leaderboard.cells import reading
from assets.leaderboard.models import facts
from assets.leaderboard.models.facts import ModelFacts
from assets.leaderboard.views.kind import PageKind, Sheet
from assets.leaderboard.views.message import say


@dataclass(frozen=True)
class ModelList:
    """Real models and simulated ones, which are never in one table."""

    first_week: date
    groups: tuple[tuple[ModelFacts, ...], ...]


def build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield the one page."""
    found = facts.read(con, week)
    groups = (tuple(one for one in found if one.simulated == simulated) for simulated in (False, True))
    yield Sheet(
        "models/",
        say("Models"),
        ModelList(reading.first_week(week), tuple(group for group in groups if group)),
        description=say(
            "Every image model that is asked, and every one that was: its history and its pictures."
        ),
    )


KIND = PageKind("models", build)
