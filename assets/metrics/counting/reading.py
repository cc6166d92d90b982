"""Reading what scores are made of: the statements of `sql/metrics`, whole or of some weeks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import polars as pl

from warehouse.database.marts import within_weeks
from warehouse.sqlfiles import sql


def read(con: duckdb.DuckDBPyConnection, name: str, where: Mapping[str, Any]) -> pl.DataFrame:
    """Return what a statement of `sql/metrics` gives for these parameters."""
    return _read(con, sql(f"metrics/{name}"), where)


def read_weeks(
    con: duckdb.DuckDBPyConnection,
    name: str,
    first: str,
    last: str,
    *,
    labeler: str | None = None,
    **where: Any,
) -> pl.DataFrame:
    """Return what a statement of `sql/metrics` gives for the weeks from `first` to `last`, ISO dates of Mondays.

    `where` holds its other parameters. With a `labeler`, as if the plans named it.
    """
    return _read(con, within_weeks("metrics", name, labeler), {"first": first, "last": last, **where})


def labelers_beside(con: duckdb.DuckDBPyConnection, first: str, last: str) -> list[str]:
    """Return the labelers that read pictures of some weeks beside the one that a plan names."""
    found = con.execute(
        """
        SELECT DISTINCT labels.labeler
        FROM labels
        INNER JOIN plans USING (week, model)
        WHERE labels.week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
            AND labels.labeler IS DISTINCT FROM plans.labeler
        ORDER BY ALL
        """,
        {"first": first, "last": last},
    ).fetchall()
    return [name for (name,) in found]


def _read(con: duckdb.DuckDBPyConnection, statement: str, where: Mapping[str, Any]) -> pl.DataFrame:
    con.execute("SELECT 1").fetchall()  # a result that was not read to its end would block the next line
    return pl.DataFrame(con.sql(statement, params=dict(where)).to_arrow_table())
