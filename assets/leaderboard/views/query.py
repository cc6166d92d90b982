"""Rows for the page: runs a statement of `sql/page/` and gives its rows as dictionaries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from warehouse.database.sqlfiles import sql

Row = dict[str, Any]


def rows(
    con: duckdb.DuckDBPyConnection, name: str, parameters: Mapping[str, object] | None = None
) -> list[Row]:
    """Return the rows of `sql/page/<name>.sql`, one dictionary a row, in the order of the statement."""
    con.execute(sql(f"page/{name}"), dict(parameters or {}))
    columns = [column[0] for column in con.description or []]
    return [dict(zip(columns, row, strict=True)) for row in con.fetchall()]
