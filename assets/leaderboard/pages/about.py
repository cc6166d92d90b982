"""The page "About": who publishes, licenses, corrections, rights in pictures by model, objections, how to cite."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import duckdb

from assets.leaderboard import licenses
from assets.leaderboard.licenses import PartLicense
from assets.leaderboard.page import words
from assets.leaderboard.views.kind import PageKind, Sheet
from assets.leaderboard.views.message import say
from assets.leaderboard.views.query import rows


@dataclass(frozen=True)
class PictureMaker:
    """A model whose pictures are in the edition, the weeks in which it was asked, and where its service's terms are."""

    model: str
    provider: str
    model_id: str
    simulated: bool
    first_week: date
    last_week: date
    terms: str | None


@dataclass(frozen=True)
class About:
    """What the page says of this edition."""

    makers: tuple[PictureMaker, ...]
    licenses: tuple[PartLicense, ...]


def build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield the one page."""
    makers = tuple(
        PictureMaker(
            words.plain(row["model"]),
            words.plain(row["provider"]),
            words.plain(row["model_id"]),
            row["simulated"],
            row["first_week"],
            row["last_week"],
            licenses.SERVICES.get(row["provider"]),
        )
        for row in rows(con, "about_models", {"week": week.isoformat()})
    )
    yield Sheet(
        "about/",
        say("About this site"),
        About(makers, tuple(licenses.of_sources(con))),
        description=say(
            "Who publishes Cliché, licenses, corrections, rights in the pictures, how to cite it."
        ),
        searched=(say("Licenses"), say("licence")),
    )


KIND = PageKind("about", build)
