"""One sentence of 2023 per page, with the pictures that models draw now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb

from assets.leaderboard.cells.reading import first_week
from assets.leaderboard.evidence.claims import FOLDER, claims_now
from assets.leaderboard.evidence.talks import CLAIM, talks
from assets.leaderboard.evidence.verdict_words import TITLE
from assets.leaderboard.views.kind import Crumb, PageKind, Sheet
from assets.leaderboard.views.message import say
from assets.leaderboard.views.then import ClaimPage

#: Conversations that are shown of each model.
_TALKS = 2


def build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield a page per sentence."""
    for claim in claims_now(con, week):
        yield Sheet(
            address=claim.address,
            title=claim.sentence,
            view=ClaimPage(
                claim, tuple(talks(con, week, _TALKS)) if claim.id == CLAIM else (), first_week(week)
            ),
            crumbs=(Crumb(FOLDER, TITLE),),
            description=say(
                "Reported in 2023: %(then)s. What image models draw for the same words now.", then=claim.then
            ),
        )


KIND = PageKind("claim", build)
