"""What an edition holds of the warehouse: which columns, which tables and views by the week, which as CSV.

All tables with identity columns and all views are published, cumulative through one week. Rows that have a week are
published once, in a file per table and week that every edition with those rows names (`WeekPart`). What has no week,
or is computed from all weeks together, is small and whole in each edition.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import duckdb

from warehouse.database import marts
from warehouse.database.table_hash import Columns, Week, all_identity_columns, in_order
from warehouse.sqlfiles import WEEKS, header

#: Table → columns that are not published. A change needs a schema step, so that all rows are hashed again.
PRIVATE = {
    "attempts": ("request_id", "provider_conversation_id", "raw_body"),
    "label_attempts": ("request_id", "raw_body"),
}
#: What a person opens in a spreadsheet: published as CSV, too → whether with all its weeks, or the edition's alone.
CSV = {"changes": True, "claim_shares": False, "leaderboard": False}


@dataclass(frozen=True)
class WeekPart:
    """The rows of a table or view in one week, as published. `week` is None for rows that have none."""

    week: Week
    key: str
    sha256: str  # of the file
    bytes: int
    rows: int
    content_sha256: str  # of all columns: equal rows have equal hashes, whatever the bytes of their file
    table_hash: str | None  # of the identity columns; None for a view


def manifest_entry(columns: Columns, parts: Iterable[WeekPart]) -> dict[str, Any]:
    """Return what a manifest says of a table or view by the week."""
    by_week = {part.week: part for part in parts}
    return {
        "columns": [[*column] for column in columns],
        "rows": sum(part.rows for part in by_week.values()),
        "parts": [asdict(by_week[week]) for week in in_order(by_week)],
    }


def parts_of(entry: dict[str, Any]) -> dict[Week, WeekPart]:
    """Return the parts that a manifest's entry names, by week, in order."""
    return {part["week"]: WeekPart(**part) for part in entry["parts"]}


class Catalog(NamedTuple):
    """Columns of tables and views, in their order."""

    published: Mapping[str, Columns]
    identity: Mapping[str, Columns]  # of tables that have any: of those that are published

    def by_week(self) -> list[str]:
        """Return the names of the tables whose rows are published by the week, sorted."""
        weekly = {name for name, columns in self.identity.items() if "week" in dict(columns)}
        return sorted(weekly)


def catalog(con: duckdb.DuckDBPyConnection) -> Catalog:
    """Return the columns of the tables and views of the current database."""
    rows = con.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() "
        "WHERE database_name = current_database() AND schema_name IN ('main', 'study') AND NOT internal "
        "ORDER BY table_name, column_index"
    ).fetchall()
    published: dict[str, list[tuple[str, str]]] = {}
    for name, column, kind in rows:
        if column not in PRIVATE.get(name, ()):
            published.setdefault(name, []).append((column, kind))
    return Catalog(published, all_identity_columns(con))


def data_files(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the paths of the data files of an edition: Parquet files of what it keeps whole, and what is CSV, too."""
    known = catalog(con)
    views = {view for view in marts.order() if not marts.is_filter(view)} - views_by_week().keys()
    whole = views | known.identity.keys() - {*known.by_week()}
    return sorted([*(f"data/{name}.parquet" for name in whole), *(f"data/{name}.csv" for name in CSV)])


def views_by_week() -> dict[str, str]:
    """Return the views whose rows are published by the week, each after those it depends on → `OWN` or `EARLIER`."""
    said = {view: header(f"{marts.FOLDER}/{view}").get(WEEKS) for view in marts.order()}
    return {view: weeks for view, weeks in said.items() if weeks in {marts.OWN, marts.EARLIER}}
