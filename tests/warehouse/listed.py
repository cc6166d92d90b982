"""A manifest's `tables` and `files` with their Parquet files, written without the code that publishes.

Belongs here: files by week and whole, for tests of what reads them. Does not belong here: manifests of editions.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import duckdb

from warehouse.database.archive import PRIVATE
from warehouse.database.table_hash import identity_tables

Listed = tuple[dict[str, Any], dict[str, Any]]


def write(con: duckdb.DuckDBPyConnection, folder: Path) -> Listed:
    """Write every table with identity columns into `folder`: by week or whole; return both fields."""
    tables: dict[str, Any] = {}
    files: dict[str, Any] = {}
    for table in identity_tables(con):
        private = PRIVATE.get(table, ())
        columns = [row[:2] for row in con.execute(f"DESCRIBE {table}").fetchall() if row[0] not in private]
        names = [name for name, _ in columns]
        if "week" not in names:
            stated = _file(con, f"SELECT {', '.join(names)} FROM {table}", folder, f"data/{table}.parquet")
            files[stated.pop("key")] = stated
            continue
        parts = []
        for (week,) in con.execute(f"SELECT DISTINCT week FROM {table} ORDER BY week NULLS FIRST").fetchall():
            where = "week IS NULL" if week is None else f"week = DATE '{week}'"
            query = f"SELECT {', '.join(names)} FROM {table} WHERE {where}"
            place = f"tables/{table}/week={week or 'none'}/{{sha256}}.parquet"
            parts.append({"week": week and week.isoformat(), **_file(con, query, folder, place)})
        tables[table] = {
            "columns": [[*column] for column in columns],
            "rows": sum(part["rows"] for part in parts),
            "parts": parts,
        }
    for view in ("slot_outcomes", "cell_shares", "leaderboard", "word_against_word"):
        ((rows,),) = con.execute(f"SELECT count(*) FROM {view}").fetchall()
        tables[view] = {"columns": [], "rows": rows, "parts": []}
    return tables, files


def _file(con: duckdb.DuckDBPyConnection, query: str, folder: Path, place: str) -> dict[str, Any]:
    """Write the rows of a query; return key, hash, size and rows of the file."""
    written = folder / "unnamed.parquet"
    written.parent.mkdir(parents=True, exist_ok=True)
    con.execute(f"COPY ({query} ORDER BY ALL) TO '{written}' (FORMAT parquet)")
    data = written.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    path = folder / place.format(sha256=sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    written.replace(path)
    ((rows,),) = con.execute(f"SELECT count(*) FROM ({query})").fetchall()
    return {
        "key": path.relative_to(folder).as_posix(),
        "sha256": sha256,
        "bytes": len(data),
        "rows": rows,
    }
