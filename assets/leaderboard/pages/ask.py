"""The page "Ask the tables": SQL in the reader's browser, on the published DuckDB file and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import PurePosixPath

import duckdb

from assets.leaderboard.browser_engine import engine_keys
from assets.leaderboard.documents import QUERIES
from assets.leaderboard.views.kind import PageKind, Sheet
from assets.leaderboard.views.message import say
from assets.leaderboard.views.query import View
from warehouse import keys
from warehouse.database.archive import data_files
from warehouse.sqlfiles import header, names


def build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield the one page, which is the same each week."""
    del week
    answers = ((name, " ".join(header(f"audit/{name}")["Answers"].split())) for name in names("audit"))
    yield Sheet(
        address="data/query/",
        title=say("Ask the tables"),
        description=say(
            "Ask the published tables in SQL, in your browser, or run the queries that check the figures."
        ),
        view=View(
            questions=[(name, f"{answer.partition('?')[0]}?") for name, answer in answers],
            statements=QUERIES,
            database=keys.SITE_DATABASE,
            **engine_keys(),
            files=by_name(data_files(con)),
        ),
    )


def by_name(paths: Iterable[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the name of each table or view with its files, sorted."""
    listed: dict[str, list[str]] = {}
    for path in sorted(paths):
        listed.setdefault(PurePosixPath(path).stem, []).append(path)
    return tuple((name, tuple(files)) for name, files in sorted(listed.items()))


KIND = PageKind("ask", build)
