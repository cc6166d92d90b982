"""What one word changes: both sides beside each other, a page per comparison, and the list of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb

from assets.leaderboard.cells import word_pictures
from assets.leaderboard.page.reasons import reason
from assets.leaderboard.views.kind import Crumb, PageKind, Sheet
from assets.leaderboard.views.message import say
from assets.leaderboard.views.query import View

ADDRESS = "words/"
TITLE = say("What one word changes")


def _build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    cards = []
    for comparison, page in word_pictures.read(con, week):
        address = word_pictures.address_of(comparison)
        counted = [effect for effect in page.effects if effect.low is not None]
        missing = next((one.why for one in page.missing), None)
        why = reason("few_weeks") if page.effects else missing
        clear = sum(bool(effect.clear) for effect in counted)
        cards.append(View(address=address, title=page.title, clear=clear, effects=len(counted), why=why))
        yield Sheet(address, page.title, page, crumbs=(Crumb(ADDRESS, TITLE),), template="word")
    yield Sheet(
        ADDRESS,
        TITLE,
        View(cards=cards),
        description=say("The same prompt with one word changed, and what that does to the pictures."),
    )


KIND = PageKind("words", _build, ("word",))
