"""What one word changes in the pictures of each model: both sides beside each other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb

from assets.leaderboard.cells import word_pictures
from assets.leaderboard.pages.pictures.words import ADDRESS, TITLE
from assets.leaderboard.views.kind import Crumb, PageKind, Sheet


def _build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    for comparison, page in word_pictures.read(con, week, pictures=True):
        yield Sheet(word_pictures.address_of(comparison), page.title, page, crumbs=(Crumb(ADDRESS, TITLE),))


KIND = PageKind("word", _build)
