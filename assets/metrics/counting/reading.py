"""Reading what scores are made of: the statements of `sql/metrics`, whole or of some weeks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import polars as pl

from warehouse.database.marts import within_weeks
from warehouse.database.sqlfiles import sql


def read(con: duckdb.DuckDBPyConnection, name: str, where: Mapping[str, Any]) -> pl.DataFrame:
    """Return what a statement of `sql/metrics` gives for these parameters."""
    return _read(con, sql(f"metrics/{name}"), where)


def read_weeks(
    con: duckdb.DuckDBPyConnection, name: str, first: str, last: str, **where: Any
) -> pl.DataFrame:
    """Return what a statement of `sql/metrics` gives for the weeks from `first` to `last`, ISO dates of Mondays.

    `where` holds its other parameters.
    """
    return _read(con, within_weeks("metrics", name), {"first": first, "last": last, **where})


def _read(con: duckdb.DuckDBPyConnection, statement: str, where: Mapping[str, Any]) -> pl.DataFrame:
    con.execute("SELECT 1").fetchall()  # a result that was not read to its end would block the next line
    return pl.DataFrame(con.sql(statement, params=dict(where)).to_arrow_table())
