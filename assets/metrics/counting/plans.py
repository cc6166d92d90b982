"""What the plans of some weeks hold, read once for all plans that hold the same suites.

A week's plans mostly hold the same suites, and so do those of the weeks around it. What follows from the suites alone
(prompts, declared values, references, stereotypes) is read for one plan of each kind, and its rows have the number
`plan` of that kind instead of a week and a model. Two plans are alike if all rows of their suites are equal, by a
64-bit hash.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import polars as pl

from warehouse.database.sqlfiles import sql


def read(con: duckdb.DuckDBPyConnection, name: str, where: Mapping[str, Any]) -> pl.DataFrame:
    """Return what a statement of `sql/metrics` gives for these parameters."""
    con.execute("SELECT 1").fetchall()  # a result that was not read to its end would block the next line
    found = pl.from_arrow(con.sql(sql(f"metrics/{name}"), params=dict(where)).to_arrow_table())
    if not isinstance(found, pl.DataFrame):
        raise TypeError(f"metrics/{name} gave no table")
    return found


@dataclass(frozen=True)
class Plans:
    """The plans of some weeks.

    Attributes:
        models: one row a plan: week, model, series, params_hash, track, labeler, and plan, the number of its kind.
        where: the parameters of statements about one plan of each kind.
    """

    models: pl.DataFrame
    where: Mapping[str, Any]


def plans_between(con: duckdb.DuckDBPyConnection, first: str, last: str) -> Plans:
    """Return the plans of the weeks from `first` to `last`, ISO dates of Mondays."""
    weeks = {"first": first, "last": last}
    found = read(con, "plans", weeks)
    kinds = found.unique("suites", keep="first", maintain_order=True).with_row_index("plan", offset=1)
    models = found.join(kinds.select("suites", "plan"), on="suites", maintain_order="left")
    return Plans(
        models.drop("partition_hash", "suites").cast({"plan": pl.Int32}),
        {**weeks, "partitions": kinds["partition_hash"].to_list()},
    )
