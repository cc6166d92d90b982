"""The clearest findings: the front page, their list, a page of each with pictures, doubts and how to cite it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

import duckdb

from assets.leaderboard.evidence.card import card, shown_on
from assets.leaderboard.evidence.finding_words import TITLE
from assets.leaderboard.evidence.findings import FOLDER, findings
from assets.leaderboard.evidence.ranked import compared
from assets.leaderboard.pages import home
from assets.leaderboard.views.kind import Crumb, PageKind, Sheet, SheetFile
from assets.leaderboard.views.message import Percent, say
from assets.leaderboard.views.query import View


def build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield the front page, which opens with the first of them, the list, then a page per finding."""
    shares = compared(con, week)
    every = findings(con, week, shares=shares)
    yield home.sheet(con, week, every)
    clear = sum(one.distance > 0 for one in shares)
    yield Sheet(
        address=FOLDER,
        title=TITLE,
        view=View(findings=every, compared=len(shares), clear=clear),
        description=say(
            "What the pictures of image models show most clearly, with the pictures, how sure it is and what else may "
            "explain it."
        ),
    )
    for finding in every:
        yield Sheet(
            address=finding.address,
            title=finding.sentence,
            view=finding,
            crumbs=(Crumb(FOLDER, TITLE),),
            description=say(
                "%(share)s of %(n)s pictures, 95%% interval %(low)s to %(high)s; week of %(week)s.",
                share=Percent(finding.share),
                n=finding.n,
                low=Percent(finding.low),
                high=Percent(finding.high),
                week=week,
            ),
            files=(SheetFile("card.png", draw=partial(card, finding), pictures=shown_on(finding)),),
            template="finding",
        )


KIND = PageKind("findings", build, ("finding", *home.STATES))
