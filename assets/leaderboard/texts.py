"""Which code made an edition: the texts of its tables, views and page, by hash.

A version number alone says too little: between two releases the code changes under one number. So a manifest holds
`texts_sha256`, the hash of everything that tables, views and pages are made from, and `released.json` holds, for each
released version, that hash with a hash of each table and view. `python -m assets.leaderboard.texts VERSION` adds one.
"""

from __future__ import annotations

import json
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import babel
import duckdb

from assets import suites
from assets.labeling.registry import shipped_conventions
from assets.leaderboard.documents import documents_from
from assets.metrics.registry.metrics import metrics
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.database.archive import PRIVATE
from warehouse.database.connection import connect
from warehouse.database.published import DATABASE, STORAGE
from warehouse.database.schema import make_tables
from warehouse.database.sqlfiles import ROOT
from warehouse.database.table_hash import identity_tables

_HERE = Path(__file__).parent
RELEASED = _HERE / "released.json"
_SQL = ("schema", "marts", "page")
_SUFFIXES = {".py", ".j2", ".css", ".svg", ".po"}

#: Relation → {"columns": hash of names, types and comments, "text": hash of a view's statement, else ""}.
Relations = dict[str, dict[str, str]]


@cache
def texts_sha256() -> str:
    """Return the hash of all that tables, views and pages are made from, in this code."""
    files = [path for folder in _SQL for path in (ROOT / folder).glob("*.sql")]
    files += [
        path for path in _HERE.rglob("*") if path.suffix in _SUFFIXES and "__pycache__" not in path.parts
    ]
    of_suites = Path(suites.__file__).parent
    files += [of_suites / "attributes.yaml", *(of_suites / "data").glob("*.yaml")]  # words
    names = {path: path.relative_to(ROOT.parent).as_posix() for path in files}
    hashes = {name: sha256_hex(path.read_bytes()) for path, name in names.items()}
    made_from = {
        "files": hashes,
        "conventions": shipped_conventions(),
        "metrics": sorted(metric.id for metric in metrics()),  # other metrics are other rows of `scores`
        "documents": documents_from(),
        "babel": babel.__version__,  # says numbers and days in each language
    }
    return sha256_hex(canonical_json(made_from))


@cache
def own_relations() -> Relations:
    """Return the tables and views that this code publishes, as a published file shows them.

    DuckDB prints a view's statement in another way before it was written to a file and read again.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / DATABASE
        with connect(None) as con:
            con.execute(f"ATTACH '{file}' AS published (STORAGE_VERSION '{STORAGE}')")
            con.execute("USE published")
            _make_tables(con)
        with connect(file, read_only=True) as con:
            return relations(con)


def _make_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables and views that are published in an empty database, as files of format 1 hold them."""
    make_tables(con)
    published = {*identity_tables(con)}
    tables = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database()"
    ).fetchall()
    for (table,) in tables:
        if table not in published:
            con.execute(f"DROP TABLE {table}")
    for table, columns in PRIVATE.items():
        for column in columns:
            con.execute(f"ALTER TABLE {table} DROP COLUMN {column}")


def relations(con: duckdb.DuckDBPyConnection) -> Relations:
    """Return the tables and views of the current database; nothing of them is run."""
    found: Relations = {}
    heads = con.execute(
        "SELECT table_name, coalesce(comment, ''), '' FROM duckdb_tables() "
        "WHERE database_name = current_database() AND schema_name = 'main' "
        "UNION ALL SELECT view_name, coalesce(comment, ''), sql FROM duckdb_views() "
        "WHERE database_name = current_database() AND schema_name = 'main' AND NOT internal"
    ).fetchall()
    columns: dict[str, list[list[Any]]] = {}
    for table, *column in con.execute(
        "SELECT table_name, column_name, data_type, is_nullable, coalesce(comment, '') FROM duckdb_columns() "
        "WHERE database_name = current_database() AND schema_name = 'main' ORDER BY table_name, column_index"
    ).fetchall():
        columns.setdefault(table, []).append(column)
    for name, comment, text in sorted(heads):
        form = canonical_json({"comment": comment, "columns": columns.get(name, []), "view": bool(text)})
        found[name] = {"columns": sha256_hex(form), "text": sha256_hex(text.encode()) if text else ""}
    return found


def released() -> dict[str, dict[str, Any]]:
    """Return version → what `release` kept of it."""
    found: dict[str, dict[str, Any]] = json.loads(RELEASED.read_text(encoding="utf-8"))
    return found


def release(version: str) -> dict[str, Any]:
    """Return what is kept of this code when it is released as `version`."""
    return {
        "texts_sha256": texts_sha256(),
        "duckdb": duckdb.__version__,  # another version may print a view's statement in another way
        "relations": own_relations(),
    }


def main(version: str) -> None:
    """Add this code to `released.json`; a version that is there already stays as it is, unless it is the same."""
    known = released() if RELEASED.exists() else {}
    made = release(version)
    if version in known and known[version] != made:
        raise SystemExit(f"{version} is released with other texts; raise the version in pyproject.toml")
    known[version] = made
    text = json.dumps(known, indent=1, sort_keys=True)
    RELEASED.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
