"""Models held against each other: the list of questions, a page per board, with its table as CSV, and per pair."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby

import duckdb

from assets.leaderboard.columns import both
from assets.leaderboard.models import boards, facts
from assets.leaderboard.views.kind import Crumb, PageKind, Sheet, SheetFile, csv_file
from assets.leaderboard.views.message import say
from assets.leaderboard.views.query import View

ADDRESS = "boards/"
_CHART = (
    SheetFile("board.svg", template="board.svg.j2"),
    SheetFile("board.png", template="board.svg.j2", raster=True),
)
TITLE = say("Compare models")


def build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield the pages of boards, those of two models, and the list of all of them."""
    all_boards = tuple(boards.read(con, week))
    for board in all_boards:
        yield Sheet(
            board.address,
            board.question,
            board,
            crumbs=(Crumb(ADDRESS, TITLE),),
            description=say("Models by one question, with intervals and ranks that say what ties."),
            files=(csv_file("board.csv", boards.COLUMNS, board.csv), *_CHART),
            template="board",
        )
    listed = []
    for pair in both.read(con, week, facts.read(con, week)):
        title = say("%(first)s and %(second)s, side by side", first=pair.titles[0], second=pair.titles[1])
        listed.append((pair.address, title))
        yield Sheet(
            pair.address,
            title,
            pair,
            crumbs=(Crumb(ADDRESS, TITLE),),
            description=say(
                "The same prompts, asked of two models: differences with intervals, and pictures of both."
            ),
            template="pair",
        )
    suites = groupby(all_boards, key=lambda board: board.suite)
    yield Sheet(
        ADDRESS,
        TITLE,
        View(suites=[(suite, [*of_suite]) for suite, of_suite in suites], pairs=listed),
        description=say(
            "Which model is further from a yardstick, question by question, and which cannot be told apart."
        ),
    )


KIND = PageKind("compare", build, ("board", "pair"))
