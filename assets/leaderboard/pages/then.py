"""The sentences of 2023, then and now: all of them on one page, and a page of each with the pictures of today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb

from assets.leaderboard.cells.reading import since
from assets.leaderboard.columns import charts
from assets.leaderboard.evidence.claims import FOLDER, TALKED, TITLE, claims_now, talks
from assets.leaderboard.models import facts
from assets.leaderboard.views.kind import Crumb, PageKind, Sheet
from assets.leaderboard.views.message import say
from assets.leaderboard.views.query import View
from assets.suites.claims import shipped_claims

#: Conversations that are shown of each model.
_TALKS = 2


def build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield the page of all sentences, then a page per sentence."""
    first = since(con, week)
    claims, talk = tuple(claims_now(con, week)), next(iter(talks(con, week, 1)), None)
    yield Sheet(
        address=FOLDER,
        title=TITLE,
        view=View(claims=claims, talk=talk, since=first),
        description=say(
            "What was reported of image models in 2023, sentence by sentence, and what models draw today: shares, "
            "intervals, pictures."
        ),
    )
    registered, models = {claim.id: claim for claim in shipped_claims()}, facts.read(con, week)
    for claim in claims:
        drawn = dict(charts.of_claim(con, week, registered[claim.id], models))
        yield Sheet(
            address=claim.address,
            title=claim.sentence,
            view=View(
                claim=claim,
                charts=drawn,
                talks=talks(con, week, _TALKS) if claim.id == TALKED else (),
                since=first,
            ),
            crumbs=(Crumb(FOLDER, TITLE),),
            description=say(
                "Reported in 2023: %(then)s. What image models draw for the same words now.", then=claim.then
            ),
            searched=(
                *claim.shows,
                *((say("white"),) if "light" in registered[claim.id].shows.get("skin_tone", ()) else ()),
            ),
            template="claim",
        )


KIND = PageKind("then", build, ("claim",))
