"""The DuckDB file in `site/`, which anybody may have made: opened behind a lock, looked at before it is asked.

A view of a forged file could read any file, and a macro could stand before a function of DuckDB. So nothing outside
the edition's folder can be reached, and no statement is run before the catalog was compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb

from warehouse import keys
from warehouse.database.connection import SETTINGS
from warehouse.database.marts import quoted
from warehouse.database.published import search_all
from warehouse.errors import CorruptObjectError
from warehouse.loading.objects import json_object

#: Of all that a file can hold, what is compared: the first column is its name.
_CATALOG = (
    "table_name, schema_name, comment FROM duckdb_tables()",
    "view_name, schema_name, comment, sql FROM duckdb_views() WHERE NOT internal",
    "table_name, column_name, data_type, is_nullable, column_default, comment FROM duckdb_columns() WHERE NOT internal",
    "table_name, constraint_text FROM duckdb_constraints()",
    "function_name, parameters, macro_definition FROM duckdb_functions() WHERE NOT internal",
    "sequence_name, NULL FROM duckdb_sequences()",
    "index_name, sql FROM duckdb_indexes()",
    "type_name, labels FROM duckdb_types() WHERE NOT internal",
    "schema_name, comment FROM duckdb_schemas() WHERE NOT internal",
)


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


def site_note(read: Callable[[str], bytes | None]) -> dict[str, Any]:
    """Return what the note beside the DuckDB file says: edition, hash, size; {} if it does not read."""
    with suppress(CorruptObjectError, RecursionError):
        return json_object(keys.SITE_DATABASE_NOTE, read(keys.SITE_DATABASE_NOTE) or b"")
    return {}


def unlike(con: duckdb.DuckDBPyConnection, own: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of what two files do not define alike; nothing of it is run."""
    found = set[object]()
    for query in _CATALOG:
        ours, theirs = (
            {repr([said or "" for said in row]): row[0] for row in one.execute(f"SELECT {query}").fetchall()}
            for one in (own, con)
        )
        found |= {name for row, name in (ours | theirs).items() if (row in ours) != (row in theirs)}
    return sorted(map(str, found))


def one_line(error: Exception) -> str:
    """Return an error's words in one line that is not too long."""
    return " ".join(str(error).split())[:160]
