"""The hashes of the rows of each table and week: kept in the warehouse until those rows change.

Whatever changes rows calls `warehouse.loading.load.forget` in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import duckdb

from warehouse.database.archive import Catalog, catalog
from warehouse.database.table_hash import Week, hashes_by_week, in_order, rows_by_week
from warehouse.loading.load import forget, transaction


class WeekHash(NamedTuple):
    """What is known of the rows of one table and week."""

    rows: int
    table_hash: str  # of the identity columns
    content_sha256: str  # of all published columns


#: Table → week → what is known, tables and weeks in order.
WeekHashes = dict[str, dict[Week, WeekHash]]


def week_hashes(con: duckdb.DuckDBPyConnection, columns: Catalog) -> WeekHashes:
    """Return the hashes of the weeks of each table by the week; those that are not kept are computed, and not kept."""
    kept = _kept(con)
    return {table: _of_table(con, table, columns, kept.get(table, {})) for table in columns.by_week()}


def keep_week_hashes(con: duckdb.DuckDBPyConnection) -> None:
    """Compute and keep the hashes that are missing; those of a table stay if a later one is interrupted."""
    kept, columns = _kept(con), catalog(con)
    for table in columns.by_week():
        known = kept.get(table, {})
        present = _of_table(con, table, columns, known)
        missing = {week: hashes for week, hashes in present.items() if known.get(week) != hashes}
        if missing:
            with transaction(con):
                forget(con, [table], [*missing])
                con.executemany(
                    "INSERT INTO week_hashes VALUES (?, ?, ?, ?, ?)",
                    [[table, week, *hashes] for week, hashes in missing.items()],
                )


def _kept(con: duckdb.DuckDBPyConnection) -> WeekHashes:
    rows = con.execute(
        "SELECT table_name, strftime(week, '%Y-%m-%d'), rows, table_hash, content_sha256 FROM week_hashes"
    ).fetchall()
    kept: WeekHashes = {}
    for table, week, *hashes in rows:
        kept.setdefault(table, {})[week] = WeekHash(*hashes)
    return kept


def _of_table(
    con: duckdb.DuckDBPyConnection, table: str, columns: Catalog, known: Mapping[Week, WeekHash]
) -> dict[Week, WeekHash]:
    """Return the hashes of the weeks of one table, in order. Rows of another number were changed elsewhere."""
    ((rows,),) = con.execute(f"SELECT count(*) FROM {table}").fetchall()  # noqa: S608 - reads no rows
    if rows == sum(hashes.rows for hashes in known.values()):
        return {week: known[week] for week in in_order(known)}
    counts = rows_by_week(con, table)
    same = {week: known[week] for week, rows in counts.items() if week in known and known[week].rows == rows}
    missing = {week: rows for week, rows in counts.items() if week not in same}
    if missing:
        identity = hashes_by_week(con, table, columns.identity[table], missing)
        content = identity
        if columns.published[table] != columns.identity[table]:
            content = hashes_by_week(con, table, columns.published[table], missing)
        same |= {
            week: WeekHash(hashed.rows, hashed.sha256, content[week].sha256)
            for week, hashed in identity.items()
        }
    return {week: same[week] for week in counts}
