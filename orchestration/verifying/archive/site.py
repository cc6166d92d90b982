"""The one DuckDB file in `site/`, which is made again for each new edition, against the parts of its edition.

No edition rests on it, and it is in no manifest. While a publish is under way, or after one was stopped, it is of the
edition before; it is compared only with its own.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from orchestration.verifying import database
from orchestration.verifying.archive.contents import FoundRows, read_files
from orchestration.verifying.archive.listed import listed
from orchestration.verifying.verified import VerifiedEdition
from warehouse import keys
from warehouse.canonical import file_hash
from warehouse.database.building import start_here
from warehouse.database.published import published_tables, schema_of
from warehouse.database.table_hash import hashes_by_week, rows_hash
from warehouse.errors import ClicheError


def is_of(root: Path, edition: str) -> bool:
    """Return whether the note in a store says that the DuckDB file beside it is of an edition."""
    note = _note(root)
    return note is not None and note.get("edition") == edition


def compare(store: Path, of: VerifiedEdition, built: Path, found: FoundRows) -> None:
    """Compare the file in `site/` of a store if it is of this edition: its bytes, its rows and what else is in it.

    The file `built` of the same rows gets the view `start_here`.
    """
    note, report = _note(store), of.report
    if note is None or note.get("edition") != of.manifest["edition"]:
        return
    of.step("site", 0, 1)
    path, name = store / keys.SITE_DATABASE, keys.SITE_DATABASE
    if not path.is_file():
        report.differ(f"{name} is missing, and {keys.SITE_DATABASE_NOTE} names it")
        return
    if file_hash(path) != (note.get("sha256"), note.get("bytes")):
        report.differ(f"{name} is not what {keys.SITE_DATABASE_NOTE} says")
        return
    try:
        start_here(built, of.manifest["tables"], of.manifest["files"])
        with database.locked(path, of.folder) as con:
            foreign = database.foreign(con)
            for what in foreign:
                report.differ(f"{name} holds the {what}, which no edition has")
            if not foreign:
                _compare_rows(con, of, found)
                _compare_catalog(con, of, built)
    except (duckdb.Error, ClicheError) as error:
        report.differ(f"{name} cannot be read: {database.one_line(error)}")


def _compare_rows(con: duckdb.DuckDBPyConnection, of: VerifiedEdition, found: FoundRows) -> None:
    """Compare the rows of each table with those of its parts, by their hashes."""
    by_week = listed(of.manifest)
    for table in sorted(found.columns.keys() & published_tables().keys()):
        columns, place = found.columns[table], f'{schema_of(table)}."{table}"'
        if table in by_week:
            stated = {part.week: part.content_sha256 for part in by_week[table].parts}
            same = {week: one.sha256 for week, one in hashes_by_week(con, place, columns).items()} == stated
        else:
            whole = f"(FROM {read_files([str(of.folder / 'data' / f'{table}.parquet')])})"
            same = rows_hash(con, place, columns) == rows_hash(con, whole, columns)
        if not same:
            of.report.differ(f"{keys.SITE_DATABASE} has other rows of {table} than the edition")


def _compare_catalog(con: duckdb.DuckDBPyConnection, of: VerifiedEdition, built: Path) -> None:
    """Compare tables, views and comments with those that this code gives to such a file."""
    with database.locked(built, of.folder) as own:
        expected, there = database.catalog(own), database.catalog(con)
    for name in sorted(expected.keys() | there.keys()):
        if name not in expected:
            of.report.differ(f"{keys.SITE_DATABASE} holds {name}, which no edition has")
        elif there.get(name) != expected[name]:
            of.report.differ(f"{name} in {keys.SITE_DATABASE} is not as its version makes it")


def _note(root: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((root / keys.SITE_DATABASE_NOTE).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
