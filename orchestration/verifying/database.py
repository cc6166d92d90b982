"""The DuckDB file of an edition, which anybody may have made: opened behind a lock, looked at before it is asked.

A view of a forged file could read any file, and a macro could stand before a function of DuckDB. So nothing outside
the edition's folder can be reached, and no statement is run before the catalog was compared.

Editions of format 1 have such a file, and those of format 2 share the one in `site/`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from assets.leaderboard.texts import Relations, relations
from orchestration.verifying.report import VerifyReport
from orchestration.verifying.version import Version
from warehouse.database.connection import SETTINGS
from warehouse.database.published import search_all
from warehouse.errors import CorruptObjectError

FILE = "data/cliche.duckdb"
#: What a published file never has, with the query for its name.
_FOREIGN = {
    "macro": "SELECT function_name FROM duckdb_functions() WHERE NOT internal",
    "sequence": "SELECT sequence_name FROM duckdb_sequences()",
    "index": "SELECT index_name FROM duckdb_indexes()",
    "type": "SELECT type_name FROM duckdb_types() WHERE NOT internal",
    "schema": "SELECT schema_name FROM duckdb_schemas() WHERE NOT internal AND schema_name <> 'main'",
    "constraint": "SELECT table_name || ' ' || constraint_text FROM duckdb_constraints() "
    "WHERE constraint_type <> 'NOT NULL'",
    "default": "SELECT table_name || '.' || column_name FROM duckdb_columns() "
    "WHERE NOT internal AND column_default IS NOT NULL",
}
#: What the file in `site/` has besides.
SHARED = ("schema study", "PRIMARY KEY(")


@contextmanager
def locked(file: Path | None, *folders: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to a DuckDB file, or to none, that reads these folders alone, writes nothing and stays so."""
    con = duckdb.connect(config=SETTINGS)
    readable = [*folders, *([file.parent] if file else [])]
    try:
        con.execute(f"SET allowed_directories = [{', '.join(_quoted(f'{folder}/') for folder in readable)}]")
        con.execute("SET max_temp_directory_size = '0B'")
        con.execute("SET enable_external_access = false")
        if file:
            try:
                con.execute(f"ATTACH {_quoted(str(file))} AS edition (READ_ONLY)")
                con.execute("USE edition")
                search_all(con)
            except (duckdb.Error, UnicodeDecodeError) as error:
                raise CorruptObjectError(f"{file.name} does not open: {one_line(error)}") from None
        con.execute("SET lock_configuration = true")
        yield con
    finally:
        con.close()


def foreign(con: duckdb.DuckDBPyConnection, allowed: tuple[str, ...] = ()) -> list[str]:
    """Return what a file holds that no edition has, in words; `allowed` are parts of such words."""
    found = [
        f"{kind} {name}" for kind, query in _FOREIGN.items() for (name,) in con.execute(query).fetchall()
    ]
    return sorted(what for what in found if not any(part in what for part in allowed))


def catalog(con: duckdb.DuckDBPyConnection) -> dict[str, list[Any]]:
    """Return table or view → its schema, statement, comment, columns and key; nothing of them is run."""
    found: dict[str, list[Any]] = {}
    for query in (
        "SELECT table_name, schema_name, coalesce(comment, '') FROM duckdb_tables()",
        "SELECT view_name, schema_name, coalesce(comment, ''), sql FROM duckdb_views()",
        "SELECT table_name, column_name, data_type, is_nullable, coalesce(comment, '') FROM duckdb_columns()",
        "SELECT table_name, constraint_text FROM duckdb_constraints()",
    ):
        internal = "" if "constraints" in query else " AND NOT internal"
        ordered = f"{query} WHERE database_name = current_database(){internal} ORDER BY ALL"
        for name, *rest in con.execute(ordered).fetchall():
            found.setdefault(name, []).append(rest)
    return found


def compare_catalog(
    con: duckdb.DuckDBPyConnection, version: Version, report: VerifyReport
) -> set[str] | None:
    """Compare tables and views with those of the code version; return the names that are safe to read.

    Returns None if the file holds what no edition holds: then nothing in it is to be run.
    """
    strange = foreign(con)
    for what in strange:
        report.differ(f"{FILE} holds the {what}, which no edition has")
    if strange:
        return None
    found = relations(con)
    return _against(found, version, report)


def _against(found: Relations, version: Version, report: VerifyReport) -> set[str]:
    """Return which relations are as one of the known versions has them, and say which are not."""
    safe: set[str] = set()
    strange: list[str] = []
    for name, form in found.items():
        kind = "view" if form["text"] else "table"
        expected = version.relations.get(name)
        if expected == form:
            safe.add(name)
        elif version.decided:
            report.differ(_difference(kind, name, form, expected, version.name))
            if not form["text"] and expected is not None and not expected["text"]:
                safe.add(name)  # its rows can be read all the same
        else:
            strange.append(name)
            if not form["text"]:
                safe.add(name)
    if any(form["text"] and name not in safe for name, form in found.items()):
        safe = {name for name in safe if not found[name]["text"]}  # views read views
    missing = sorted(version.relations.keys() - found.keys())
    if version.decided:
        for name in missing:
            report.differ(f"{FILE} has no {name}, which version {version.name} publishes")
    elif strange or missing:
        names = ", ".join(sorted({*strange, *missing}))
        report.skip(f"{names}: not as this version of the code has them, and {version.why}", "views")
    return safe


def _difference(
    kind: str, name: str, form: dict[str, str], expected: dict[str, str] | None, version: str
) -> str:
    if expected is None:
        return f"{FILE} holds the {kind} {name}, which version {version} does not publish"
    what = "statement" if form["text"] != expected["text"] else "columns or comments"
    return f"the {kind} {name} has other {what} than version {version} gives it".replace(
        "other statement", "another statement"
    )


def kinds(con: duckdb.DuckDBPyConnection) -> dict[str, bool]:
    """Return table or view → whether it is a view, of all that the file holds."""
    return {name: bool(form["text"]) for name, form in relations(con).items()}


def one_line(error: Exception) -> str:
    """Return an error's words in one line that is not too long."""
    return " ".join(str(error).split())[:160]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
