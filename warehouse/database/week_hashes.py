"""The hashes of the rows of each table and week: kept in the warehouse until those rows change.

Whatever changes rows calls `warehouse.loading.load.forget` in the same transaction.
"""

from __future__ import annotations

from typing import NamedTuple

import duckdb

from warehouse.database.archive import published_columns, tables_by_week
from warehouse.database.table_hash import Week, hashes_by_week, identity_columns, rows_by_week
from warehouse.loading.load import forget, transaction


class WeekHash(NamedTuple):
    """What is known of the rows of one table and week."""

    rows: int
    table_hash: str  # of the identity columns
    content_sha256: str  # of all published columns


def week_hashes(con: duckdb.DuckDBPyConnection, table: str) -> dict[Week, WeekHash]:
    """Return the hashes of each week of a table, in order; those that are not kept are computed, and not kept."""
    counts = rows_by_week(con, table)
    known = _known(con, table)
    found = {week: known[week] for week, rows in counts.items() if week in known and known[week].rows == rows}
    found |= _computed(con, table, [week for week in counts if week not in found])
    return {week: found[week] for week in counts}


def keep_week_hashes(con: duckdb.DuckDBPyConnection) -> None:
    """Compute and keep the hashes that are missing; what was computed stays if a later table fails."""
    for table in tables_by_week(con):
        known = _known(con, table)
        missing = {week: found for week, found in week_hashes(con, table).items() if known.get(week) != found}
        if not missing:
            continue
        with transaction(con):
            forget(con, [table], [*missing])
            con.executemany(
                "INSERT INTO week_hashes VALUES (?, ?, ?, ?, ?)",
                [[table, week, *found] for week, found in missing.items()],
            )


def _known(con: duckdb.DuckDBPyConnection, table: str) -> dict[Week, WeekHash]:
    rows = con.execute(
        "SELECT strftime(week, '%Y-%m-%d'), rows, table_hash, content_sha256 FROM week_hashes "
        "WHERE table_name = $table",
        {"table": table},
    ).fetchall()
    return {week: WeekHash(*rest) for week, *rest in rows}


def _computed(con: duckdb.DuckDBPyConnection, table: str, weeks: list[Week]) -> dict[Week, WeekHash]:
    if not weeks:
        return {}
    identity = hashes_by_week(con, table, identity_columns(con, table), weeks)
    content = hashes_by_week(con, table, published_columns(con, table), weeks)
    return {
        week: WeekHash(found.rows, found.sha256, content[week].sha256) for week, found in identity.items()
    }
