"""The sentences of 2023, then and now: all of them on one page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb

from assets.leaderboard.cells.reading import first_week
from assets.leaderboard.evidence.claims import FOLDER, claims_now
from assets.leaderboard.evidence.talks import talks
from assets.leaderboard.evidence.verdict_words import MEANINGS, TITLE
from assets.leaderboard.views.kind import PageKind, Sheet
from assets.leaderboard.views.message import say
from assets.leaderboard.views.then import ThenPage


def build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield the page."""
    talk = next(iter(talks(con, week, 1)), None)
    yield Sheet(
        address=FOLDER,
        title=TITLE,
        view=ThenPage(tuple(claims_now(con, week)), talk, first_week(week), MEANINGS),
        description=say(
            "What was reported of image models in 2023, sentence by sentence, and what models draw today: shares, "
            "intervals, pictures."
        ),
    )


KIND = PageKind("then", build)
