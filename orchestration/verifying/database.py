"""The DuckDB file in `site/`, which anybody may have made: opened behind a lock, looked at before it is asked.

A view of a forged file could read any file, and a macro could stand before a function of DuckDB. So nothing outside
the edition's folder can be reached, and no statement is run before the catalog was compared.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from warehouse import keys
from warehouse.database.connection import SETTINGS
from warehouse.database.marts import quoted
from warehouse.database.published import search_all
from warehouse.errors import CorruptObjectError

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
_MOST_BYTES = 1_000_000  # of the note beside it
#: Parts of the words for what it has of that.
_OWN = ("schema study", "PRIMARY KEY(")


@contextmanager
def locked(file: Path | None, *folders: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to a DuckDB file, or to none, that reads these folders alone, writes nothing and stays so."""
    con = duckdb.connect(config=SETTINGS)
    readable = [*folders, *([file.parent] if file else [])]
    try:
        con.execute(f"SET allowed_directories = [{', '.join(quoted(f'{folder}/') for folder in readable)}]")
        con.execute("SET max_temp_directory_size = '0B'")
        con.execute("SET enable_external_access = false")
        if file:
            try:
                con.execute(f"ATTACH {quoted(str(file))} AS edition (READ_ONLY)")
                con.execute("USE edition")
                search_all(con)
            except (duckdb.Error, UnicodeDecodeError) as error:
                raise CorruptObjectError(f"{file.name} does not open: {one_line(error)}") from None
        con.execute("SET lock_configuration = true")
        yield con
    finally:
        con.close()


def site_note(root: Path) -> dict[str, Any]:
    """Return what the note beside the DuckDB file says: edition, hash, size; {} if it does not read."""
    path = root / keys.SITE_DATABASE_NOTE
    try:
        found = json.loads(path.read_bytes()) if path.stat().st_size < _MOST_BYTES else None
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def foreign(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return what a file holds that no edition has, in words."""
    found = [
        f"{kind} {name}" for kind, query in _FOREIGN.items() for (name,) in con.execute(query).fetchall()
    ]
    return sorted(what for what in found if not any(part in what for part in _OWN))


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


def one_line(error: Exception) -> str:
    """Return an error's words in one line that is not too long."""
    return " ".join(str(error).split())[:160]
