"""The page "How the week went": what was asked, how it ended, cost, checks, who is withheld, as the edition stood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import duckdb

from assets.leaderboard.models.facts import way
from assets.leaderboard.page import words
from assets.leaderboard.views.kind import PageKind, Sheet
from assets.leaderboard.views.message import Message, say
from assets.leaderboard.views.query import by, rows


@dataclass(frozen=True)
class AskedModel:
    """How the requests to one model ended; `withheld` says why nothing of it is published.

    Attributes:
        ways: how many requests to a withheld model ended in which way without a picture; empty of others.
        usd: of its pictures; `unpriced` of them have no known price.
        label_usd: of their labels; `labels_unpriced` calls for them have no known price.
        again_usd: of both, if all its requests were asked again at this week's prices.
    """

    model: str
    simulated: bool
    planned: int
    pictures: int
    refused: int
    failed: int
    not_asked: int
    labeled: int
    usd: float
    unpriced: int
    label_usd: float
    labels_unpriced: int
    again_usd: float
    withheld: str | None
    ways: tuple[tuple[Message, int], ...]


@dataclass(frozen=True)
class UnpassedCheck:
    """A check that did not pass, and what it says; of no model in particular where none is named."""

    check: str
    model: str | None
    severity: str
    message: str


@dataclass(frozen=True)
class Status:
    """The week as its edition stood; `checks` of which `passed` did."""

    models: tuple[AskedModel, ...]
    checks: int
    passed: int
    found: tuple[UnpassedCheck, ...]

    @property
    def shown(self) -> tuple[AskedModel, ...]:
        """Return the models that are published."""
        return tuple(one for one in self.models if one.withheld is None)

    @property
    def withheld(self) -> tuple[AskedModel, ...]:
        """Return those that are not."""
        return tuple(one for one in self.models if one.withheld is not None)

    def total(self, name: str) -> float:
        """Return the sum of a field over all models, withheld ones too."""
        return float(sum(getattr(one, name) for one in self.models))

    @property
    def unpriced(self) -> int:
        """Return the pictures of which no price is known; those of simulated models have none."""
        return sum(one.unpriced for one in self.models if not one.simulated)


def build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield the one page."""
    of_week = {"week": week.isoformat()}
    ends = by(rows(con, "withheld_ends", of_week), "model")
    models = tuple(
        AskedModel(
            **{
                **row,
                "model": words.plain(row["model"]),
                "withheld": words.plain(row["withheld"]) if row["withheld"] else None,
                "ways": tuple((way(one["outcome"]), one["slots"]) for one in ends[row["model"]]),
            }
        )
        for row in rows(con, "status_models", of_week)
    )
    checks = rows(con, "status_checks", of_week)
    found = tuple(
        UnpassedCheck(
            words.plain(row["check_name"]),
            words.plain(row["model"]) if row["model"] else None,
            row["severity"],
            words.plain(row["message"]),
        )
        for row in checks
        if row["status"] != "pass"
    )
    names = {row["check_name"] for row in checks}
    failed = {row["check_name"] for row in checks if row["status"] != "pass"}
    yield Sheet(
        "status/",
        say("How the week went"),
        Status(models, len(names), len(names - failed), found),
        description=say(
            "What every model was asked this week and how it ended, what it cost, which checks failed, who is withheld."
        ),
    )


KIND = PageKind("status", build)
