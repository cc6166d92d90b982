"""The list of what one word changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb

from assets.leaderboard.cells import word_pictures
from assets.leaderboard.views.kind import PageKind, Sheet
from assets.leaderboard.views.message import say
from assets.leaderboard.views.word_pages import WordCard, WordPages

ADDRESS = "words/"
TITLE = say("What one word changes")


def _build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    cards = [
        WordCard(
            word_pictures.address_of(comparison),
            page.title,
            sum(effect.clear for effect in page.effects),
            len(page.effects),
        )
        for comparison, page in word_pictures.read(con, week, pictures=False)
    ]
    yield Sheet(
        ADDRESS,
        TITLE,
        WordPages(tuple(cards)),
        description=say("The same prompt with one word changed, and what that does to the pictures."),
    )


KIND = PageKind("words", _build)
