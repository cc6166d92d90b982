"""The list of the clearest findings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb

from assets.leaderboard.evidence.finding_words import RULE, TITLE
from assets.leaderboard.evidence.findings import FOLDER, findings
from assets.leaderboard.parts.lead import compared
from assets.leaderboard.views.findings import FindingList
from assets.leaderboard.views.kind import PageKind, Sheet
from assets.leaderboard.views.message import say


def build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield the page."""
    shares = compared(con, week)
    clear = sum(one.distance > 0 for one in shares)
    yield Sheet(
        address=FOLDER,
        title=TITLE,
        view=FindingList(findings(con, week), len(shares), clear, RULE),
        description=say(
            "What the pictures of image models show most clearly, with the pictures, how sure it is and what else may "
            "explain it."
        ),
    )


KIND = PageKind("findings", build)
