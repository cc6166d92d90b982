"""Warehouses of every schema that main ever had, with rows, go forward to the tables of today."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.sampling import some
from warehouse.canonical import sha256_hex
from warehouse.database import migrations
from warehouse.database.connection import connect
from warehouse.database.sqlfiles import names, sql

Con = duckdb.DuckDBPyConnection

_LINES = [
    line.split()[2:]
    for line in Path(__file__).with_name("schema_states.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
#: Steps in the order in which main gained them, with the beginning of their hash.
GAINED = [tuple(step.split("=")) for line in _LINES for step in line]
LATER = sorted({*names("schema")} - {name for name, _ in GAINED})
#: After each line what a fresh installation had; then of each file that is newer than the lines.
STATES = [
    sorted(name.split("=")[0] for line in _LINES[: end + 1] for name in line) for end in range(len(_LINES))
] + [sorted([*(name for name, _ in GAINED), *LATER[:end]]) for end in range(1, len(LATER))]
VALUES = {
    "VARCHAR": "x",
    "INTEGER": 7,
    "BIGINT": 7,
    "DOUBLE": 0.5,
    "BOOLEAN": True,
    "DATE": "2026-11-16",
    "TIMESTAMP": "2026-11-16 01:02:03",
}


def apply(con: Con, steps: Sequence[str]) -> None:
    """Make tables as a version of then did."""
    con.execute(migrations._LEDGER)
    for name in steps:
        text = sql(f"schema/{name}")
        con.execute(text)
        con.execute(
            "INSERT INTO schema_migrations VALUES ($name, $sha256, TIMESTAMP '2026-11-25')",
            {"name": name, "sha256": sha256_hex(text.encode())},
        )


def described(con: Con) -> dict[str, list[tuple[Any, ...]]]:
    """What a database says of its tables and views; not the texts of views, which DuckDB writes in any order."""
    about = {
        "columns": "table_name, column_index, column_name, data_type, is_nullable, column_default, comment",
        "tables": "table_name, comment",
        "views": "view_name, comment",
        "constraints": "table_name, constraint_type, constraint_text",
    }
    here = "WHERE database_name = current_database() ORDER BY ALL"
    found = {
        kind: con.execute(f"SELECT {columns} FROM duckdb_{kind}() {here}").fetchall()
        for kind, columns in about.items()
    }
    return {
        kind: [row for row in rows if not (kind == "tables" and row[0] == "schema_migrations")]
        for kind, rows in found.items()
    }


@pytest.fixture(scope="module")
def today() -> dict[str, list[tuple[Any, ...]]]:
    with connect(None) as con:
        migrations.migrate(con)
        return described(con)


def test_steps_that_main_had_stay_as_they_were() -> None:
    """Else every warehouse that they made would have to be rebuilt."""
    assert [(name, sha256_hex(sql(f"schema/{name}").encode())[:16]) for name, _ in GAINED] == GAINED


@pytest.mark.parametrize("steps", some(STATES, 16), ids=lambda state: state[-1][:3])
def test_a_warehouse_of_any_schema_goes_forward_with_its_rows(
    today: dict[str, list[tuple[Any, ...]]], steps: list[str]
) -> None:
    with connect(None) as con:
        apply(con, steps)
        rows = {
            table: insert(con, table)
            for (table,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
            if table
            not in {
                "schema_migrations",
                "outcomes",
                "week_hashes",
            }  # hashes of columns of then are taken again
        }
        assert migrations.migrate(con) == [name for name in names("schema") if name not in steps]
        assert described(con) == today
        after = " ".join(sql(f"schema/{name}") for name in names("schema") if name not in steps)
        for table, row in rows.items():
            touched = re.search(rf"\b(UPDATE|DELETE FROM|DROP TABLE|ALTER TABLE)\s+{table}\b", after)
            if touched is None:
                assert con.execute(f"FROM {table}").fetchall() == [row], table
            elif touched[1] == "ALTER TABLE":  # columns were added, renamed or dropped
                assert con.execute(f"SELECT count(*) FROM {table}").fetchall() == [(1,)], table


def test_a_warehouse_that_followed_main_step_by_step_is_as_today(
    today: dict[str, list[tuple[Any, ...]]],
) -> None:
    with connect(None) as con:
        apply(con, [name for name, _ in GAINED])
        assert migrations.migrate(con) == LATER
        assert described(con) == today


def insert(con: Con, table: str) -> tuple[Any, ...]:
    """Insert a row with a value in every column, and return it."""
    columns = con.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index",
        [table],
    ).fetchall()
    listed = ", ".join(f'"{name}"' for name, _ in columns)
    con.execute(
        f"INSERT INTO {table} ({listed}) VALUES ({', '.join('?' * len(columns))})",
        [VALUES[kind] for _, kind in columns],
    )
    (row,) = con.execute(f"FROM {table}").fetchall()
    return row
