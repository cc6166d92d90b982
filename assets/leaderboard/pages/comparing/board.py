"""The page of a board: models by one question, their ranks as brackets; with its table as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb

from assets.leaderboard.models import boards
from assets.leaderboard.views.kind import Crumb, PageKind, Sheet, SheetFile
from assets.leaderboard.views.message import say
from warehouse.sandbox.forms import as_csv


def build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield a page for each board of the week."""
    for board in boards.read(con, week):
        table = b"".join(as_csv(boards.COLUMNS, iter([board.csv]), screen=None))
        yield Sheet(
            board.address,
            board.question,
            board,
            crumbs=(Crumb("compare/", say("Compare models")),),
            description=say(
                "Models by one question, over four weeks, with intervals and ranks that say what ties."
            ),
            files=(SheetFile("board.csv", content=table),),
        )


KIND = PageKind("board", build)
