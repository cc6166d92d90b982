"""Reading what figures are made of: the statements of `sql/metrics`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import polars as pl

from warehouse.sqlfiles import sql


def read(con: duckdb.DuckDBPyConnection, name: str, where: Mapping[str, Any]) -> pl.DataFrame:
    """Return what a statement of `sql/metrics` gives for these parameters."""
    con.execute("SELECT 1").fetchall()  # a result that was not read to its end would block the next line
    return pl.DataFrame(con.sql(sql(f"metrics/{name}"), params=dict(where)).to_arrow_table())
