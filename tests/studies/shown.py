"""An imported study as it is loaded, scored and shown, for tests of what a reader sees of it.

Belongs here: the way from the store to the page. Does not belong here: any study.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from assets.leaderboard.views.query import View
from assets.metrics.week import score_study
from tests.site.pages import shown
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.load import load_study
from warehouse.store.base import Store

Con = duckdb.DuckDBPyConnection


@contextmanager
def scored(store: Store, study: str) -> Iterator[Con]:
    """Yield a warehouse with one imported study, and all that is computed of it."""
    with connect(None) as con:
        make_tables(con)
        load_study(con, store, study)
        score_study(con, study)
        yield con


def view(con: Con) -> View:
    """Return what the page shows of the one study that is loaded."""
    ((_, sheet),) = shown.made(con, "study")
    assert isinstance(sheet.view, View)
    return sheet.view


def section(con: Con) -> str:
    """Return the page of the one study that is loaded, as HTML, in English."""
    (page,) = (
        text for path, text in shown.files(con, "study").items() if re.fullmatch(r"studies/.*html", path)
    )
    return page
