"""What a reader needs to check the page: events on the time line, suites, labelers, and the files to download."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from pathlib import PurePosixPath

import duckdb

from assets.leaderboard.page import words
from assets.leaderboard.parts.board_rows import retired_in
from assets.leaderboard.views.query import Row, rows
from assets.leaderboard.views.view import Download, Event, LabelerFact, SuiteFact
from warehouse import keys

_ABOUT = {
    "dictionary.md": "what each table, view and column means",
    "metrics.md": "each metric: formula, range, interval, and why it may be missing",
    "analysis.yaml": "which figures mean something: what boards compare, declared stereotypes, in which direction",
    "manifest.json": "every file of the edition, and of each table and week, with SHA-256 and size; versions of suites "
    "and labelers, and what the edition rests on",
}
_NEWEST = Download(
    "cliche.duckdb",
    "the newest edition in one DuckDB file: tables and views, to ask in SQL; it is replaced when another is published",
    (("duckdb", f"../../{keys.SITE_DATABASE}"),),
)
_FORMATS = {".parquet": "Parquet", ".csv": "CSV"}


def downloads(files: Iterable[str]) -> tuple[Download, ...]:
    """Return what can be taken away: the DuckDB file, then of `files` (paths relative to the page) pages and tables."""
    whole, tables = [_NEWEST], defaultdict(list)
    for file in sorted(files):
        path = PurePosixPath(file)
        if path.name in _ABOUT:
            whole.append(Download(path.name, _ABOUT[path.name], ((path.suffix[1:], file),)))
        elif path.suffix in _FORMATS:
            tables[path.stem].append((_FORMATS[path.suffix], file))
    return (
        *whole,
        *(Download(name, "", tuple(sorted(links, reverse=True))) for name, links in sorted(tables.items())),
    )


def events(
    con: duckdb.DuckDBPyConnection,
    week: date,
    labelers: tuple[LabelerFact, ...],
    changes: Iterable[Event] = (),
) -> tuple[Event, ...]:
    """Return what happened to the series up to `week`, latest first."""
    timeline = rows(con, "timeline", {"week": week.isoformat()})
    start = min((life["first_week"] for life in timeline), default=week)
    found: dict[tuple[date, str], None] = {}
    for life in timeline:
        model = ("The simulated model " if life["simulated"] else "") + words.plain(life["model"])
        if life["first_week"] > start:
            what = f", succeeds {words.plain(life['succeeds'])}" if life["succeeds"] else ""
            found[(life["first_week"], f"{model} is asked for the first time{what}.")] = None
        end = retired_in([life], week)
        if end is not None:
            then = f"; it is succeeded by {words.plain(life['succeeded_by'])}" if life["succeeded_by"] else ""
            found[(end, f"{model} is retired{then}.")] = None
    first_of: dict[tuple[str, str], str] = {}
    for fact in sorted(labelers, key=lambda fact: (fact.first_week, fact.labeler_version)):
        name = (fact.attribute, fact.labeler)
        if name in first_of and first_of[name] != fact.labeler_version:
            text = (
                f"{words.attribute(fact.attribute)} is read by {fact.labeler} {fact.labeler_version} "
                "from this week on; figures before and after are not comparable without care."
            )
            found[(fact.first_week, text)] = None
        first_of[name] = fact.labeler_version
    for row in rows(con, "labeler_drift", {"week": week.isoformat()}):
        found[(row["week"], _moved(row))] = None
    found |= {(event.week, event.text): None for event in changes}
    return tuple(Event(day, text) for day, text in sorted(found, key=lambda e: (-e[0].toordinal(), e[1])))


def _moved(row: Row) -> str:
    """Return in words that a labeler drifted, and what a person said to it."""
    what = (
        f"Labeler drift: {words.plain(row['labeler'])} {row['labeler_version']} now reads "
        f"{words.attribute(row['attribute']).lower()} otherwise on {row['moved']} of {row['pictures']} frozen pictures "
        f"({words.plain(row['anchor_set'])}); the labeler moved, not the models."
    )
    if row["accepted_reason"] is None:
        return f"{what} Until a person accepts it, the attribute is no part of any ranking."
    by = f" by {words.plain(row['accepted_by'])}" if row["accepted_by"] else ""
    return f"{what} Accepted{by}: {words.plain(row['accepted_reason'])}"


def suites(con: duckdb.DuckDBPyConnection, week: date) -> tuple[SuiteFact, ...]:
    """Return the suites that the edition rests on, with exact version and content hash."""
    return tuple(
        SuiteFact(row["suite"], row["suite_version"], row["suite_hash"])
        for row in rows(con, "suites", {"week": week.isoformat()})
    )


def labelers(con: duckdb.DuckDBPyConnection, week: date) -> tuple[LabelerFact, ...]:
    """Return which labeler versions each attribute was read by."""
    return tuple(LabelerFact(**row) for row in rows(con, "labelers", {"week": week.isoformat()}))
