"""The list of questions by which models are compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import duckdb

from assets.leaderboard.models import boards, names, pairs
from assets.leaderboard.models.boards import BoardPage
from assets.leaderboard.views.kind import PageKind, Sheet
from assets.leaderboard.views.message import Message, say


@dataclass(frozen=True)
class Questions:
    """The boards of a week, by what is asked of models."""

    suites: tuple[tuple[Message, tuple[BoardPage, ...]], ...]
    pairs: tuple[tuple[str, Message], ...]  # address and title of pages of two models


def build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield the one page."""
    suites = groupby(boards.read(con, week), key=lambda board: board.suite)
    yield Sheet(
        "compare/",
        say("Compare models"),
        Questions(
            tuple((suite, tuple(found)) for suite, found in suites),
            tuple(
                (
                    pairs.address(*pair),
                    say(
                        "%(first)s and %(second)s, side by side",
                        first=names.model(pair[0]),
                        second=names.model(pair[1]),
                    ),
                )
                for pair in pairs.neighbors(pairs.compared(con, week))
            ),
        ),
        description=say(
            "Which model is further from a yardstick, question by question, and which cannot be told apart."
        ),
    )


KIND = PageKind("compare", build)
