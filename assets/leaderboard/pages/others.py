"""What real models drew: published shares of several years, a question at a time, with those of the week."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb

from assets.leaderboard.evidence.others import CSV, FOLDER, as_rows, heading, questions_now
from assets.leaderboard.views.kind import PageKind, Sheet, SheetFile
from assets.leaderboard.views.message import say
from assets.leaderboard.views.others import OthersPage
from warehouse.sandbox.forms import as_csv

_FILE = "others.csv"


def build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield the page."""
    questions = tuple(questions_now(con, week))
    yield Sheet(
        address=FOLDER,
        title=heading(),
        view=OthersPage(questions, f"{FOLDER}{_FILE}"),
        description=say("Published shares of real image models, with source, date and number of pictures."),
        files=(
            SheetFile(_FILE, content=b"".join(as_csv(CSV, iter([[*as_rows(questions, week)]]), screen=None))),
        ),
        searched=tuple(question.title for question in questions),
    )


KIND = PageKind("others", build)
