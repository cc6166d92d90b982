"""The page "Ask the tables": SQL in the reader's browser, on the published DuckDB file and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

import duckdb

from assets.leaderboard.browser_engine import engine_keys
from assets.leaderboard.documents import QUERIES
from assets.leaderboard.views.kind import PageKind, Sheet
from assets.leaderboard.views.message import say
from warehouse import keys
from warehouse.database.archive import data_files
from warehouse.sqlfiles import header, names


@dataclass(frozen=True)
class Question:
    """An audit query: its name, and what it answers."""

    name: str
    answers: str


@dataclass(frozen=True)
class Ask:
    """Which questions there are, and keys and paths of what the script loads when it is asked to."""

    questions: tuple[Question, ...]
    statements: str
    database: str
    script: str
    worker: str
    module: str
    files: tuple[tuple[str, tuple[str, ...]], ...]  # table or view → paths of its files in the edition


def build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield the one page, which is the same each week."""
    del week
    files = by_name(data_files(con))
    questions = tuple(
        Question(name, " ".join(header(f"audit/{name}")["Answers"].split()).partition("?")[0] + "?")
        for name in names("audit")
    )
    yield Sheet(
        address="data/query/",
        title=say("Ask the tables"),
        description=say(
            "Ask the published tables in SQL, in your browser, or run the queries that check the figures."
        ),
        view=Ask(questions, QUERIES, keys.SITE_DATABASE, **engine_keys(), files=files),
    )


def by_name(paths: Iterable[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the name of each table or view with its files, sorted."""
    found: dict[str, list[str]] = {}
    for path in sorted(paths):
        found.setdefault(PurePosixPath(path).stem, []).append(path)
    return tuple((name, tuple(files)) for name, files in sorted(found.items()))


KIND = PageKind("ask", build)
