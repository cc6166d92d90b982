"""One finding per page: its sentence, its pictures, what else may explain it, how to cite it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

import duckdb

from assets.leaderboard.evidence.card import card
from assets.leaderboard.evidence.finding_words import TITLE
from assets.leaderboard.evidence.findings import FOLDER, findings
from assets.leaderboard.views.kind import Crumb, PageKind, Sheet, SheetFile
from assets.leaderboard.views.message import Percent, say


def build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield a page per finding."""
    for found in findings(con, week):
        yield Sheet(
            address=found.address,
            title=found.sentence,
            view=found,
            crumbs=(Crumb(FOLDER, TITLE),),
            description=say(
                "%(share)s of %(n)s pictures, 95%% interval %(low)s to %(high)s; week of %(week)s.",
                share=Percent(found.share),
                n=found.n,
                low=Percent(found.low),
                high=Percent(found.high),
                week=week,
            ),
            files=(SheetFile("card.png", draw=partial(card, found)),),
        )


KIND = PageKind("finding", build)
