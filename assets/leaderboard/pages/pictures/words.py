"""What one word changes: both sides beside each other, a page per comparison, and the list of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb

from assets.leaderboard.cells import reading, word_pictures
from assets.leaderboard.page.reasons import reason
from assets.leaderboard.views.kind import Crumb, PageKind, Sheet
from assets.leaderboard.views.message import say
from assets.leaderboard.views.word_pages import WordCard, WordPages

ADDRESS = "words/"
TITLE = say("What one word changes")


def _build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    cards = []
    for comparison, page in word_pictures.read(con, week):
        address = word_pictures.address_of(comparison)
        told = [effect for effect in page.effects if effect.low]
        missing = next((one.why for one in page.missing), None)
        why = reason("few_weeks") if page.effects else missing
        cards.append(WordCard(address, page.title, sum(effect.clear for effect in told), len(told), why))
        yield Sheet(address, page.title, page, crumbs=(Crumb(ADDRESS, TITLE),), template="word")
    yield Sheet(
        ADDRESS,
        TITLE,
        WordPages(reading.since(con, week), tuple(cards)),
        description=say("The same prompt with one word changed, and what that does to the pictures."),
    )


KIND = PageKind("words", _build, ("word",))
