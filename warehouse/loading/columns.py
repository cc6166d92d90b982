"""Rows that are made in Python, as tables with the columns that `sql/schema/` declares, and nothing else does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from functools import cache
from typing import Any

import pyarrow as pa

from warehouse.sqlfiles import names, sql


def columns(table: str) -> pa.Schema:
    """Return the columns of a table of the warehouse with their types; those that are NOT NULL are not nullable."""
    return _declared()[table]


def table_of(name: str, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Return rows of a table of the warehouse; what they do not name is NULL, what is no column is left out.

    Dates may be ISO dates as text (2026-11-23).

    Raises:
        ValueError: if a value is no date where there must be one.
        pyarrow.ArrowException: if a value is of another type than its column.
    """
    schema, held = columns(name), [*rows]
    if not held:  # arrays from Python would bring pandas in
        return pa.Table.from_batches([], schema=schema)
    arrays = []
    for field in schema:
        values = [row.get(field.name) for row in held]
        if pa.types.is_date(field.type):
            values = [_day(value) for value in values]
        arrays.append(pa.array(values, field.type))
    return pa.table(arrays, schema=schema)


def _day(value: Any) -> date | None:
    if value is None or isinstance(value, date):
        return value
    with suppress(TypeError, ValueError):
        if (day := date.fromisoformat(value)).isoformat() == value:
            return day
    raise ValueError(f"{value!r} is no date like 2026-11-23")


@cache
def _declared() -> Mapping[str, pa.Schema]:
    import duckdb  # commands that load nothing do without

    with duckdb.connect() as con:
        for name in names("schema"):
            con.execute(sql(f"schema/{name}"))
        needed = {
            (table, column)
            for table, column in con.execute(
                "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT is_nullable"
            ).fetchall()
        }
        tables = [table for (table,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {
            table: pa.schema(
                field.with_nullable((table, field.name) not in needed)
                for field in con.table(table).limit(0).to_arrow_table().schema
            )
            for table in tables
        }
