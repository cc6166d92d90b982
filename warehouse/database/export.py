"""Exporting tables and views: a Parquet file per table and week, and whole files of what is small.

Rows of a week that the edition before published with the same content are not written again; the new edition names
the same file. Contents are compared and not files, for two versions of DuckDB write equal rows as other bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from warehouse.closeness import kept
from warehouse.database import marts
from warehouse.database.archive import (
    CSV,
    Catalog,
    WeekPart,
    catalog,
    manifest_entry,
    parts_of,
    views_by_week,
)
from warehouse.database.before import EditionBefore
from warehouse.database.table_files import TableFiles
from warehouse.database.table_hash import (
    Columns,
    Week,
    composed,
    hash_of,
    hashes_by_week,
    of_weeks,
    rows_hash,
    spans,
)
from warehouse.database.week_hashes import WeekHash, week_hashes
from warehouse.loading.load import COMPUTED_TABLES
from warehouse.weeks import parse_week

_VIEW_ROWS = '"rows of a view"'


def export_tables(
    con: duckdb.DuckDBPyConnection, folder: Path, *, week: str, before: EditionBefore
) -> TableFiles:
    """Write the files of all tables through `week` (inclusive) that the edition before does not have.

    Rows of later weeks are left out. Rows of computed tables whose figures are the same as in the edition before but
    for the last digits are written as they are there: another processor changes nothing that was published.
    """
    parse_week(week)
    made, columns = TableFiles(folder), catalog(con)
    hashes = week_hashes(con, columns)
    with made.writing():
        for table in columns.identity:
            if table in hashes:
                through = {day: found for day, found in hashes[table].items() if (day or "") <= week}
                made.tables[table] = _table_entry(con, made, table, columns, through, before)
            else:
                rows = _through(table, columns.published[table], week)
                made.add_whole(con, table, _kept(con, table, rows, before.whole(table)))
    return made


def hashes_of(copy: duckdb.DuckDBPyConnection, made: TableFiles) -> dict[str, str]:
    """Return the hash of each exported table; of one by the week from what is known of its weeks."""
    return {
        table: composed(
            columns, {week: part.table_hash or "" for week, part in parts_of(made.tables[table]).items()}
        )
        if table in made.tables
        else hash_of(copy, table, columns)
        for table, columns in catalog(copy).identity.items()
    }


def export_views(
    copy: duckdb.DuckDBPyConnection,
    made: TableFiles,
    hashes: Mapping[str, str],
    *,
    week: str,
    before: EditionBefore,
    same_texts: bool,
) -> None:
    """Add the files of all views to those of the tables, and what is published as CSV.

    Of a view by the week, only the weeks are computed whose tables changed, or may be touched by a week that did.

    The copy is the file that was built from the tables in `made`, which gets the files. `same_texts` says whether the
    statements of views are those that the edition before was made by.
    """
    columns, weekly = catalog(copy).published, views_by_week()
    with made.writing():
        for view, weeks in weekly.items():
            known = before.parts(view, columns[view])
            sizes, changed = _weeks_under(made, view, hashes, before)
            had = before.weeks(view, columns[view])
            if had is None or None in changed or not same_texts:
                stale = {*sizes}
            else:  # in weeks that changed, and in those whose part the store lost
                stale = {day for day in sizes if day in changed or day in had - known.keys()}
            if weeks == marts.EARLIER and stale:
                stale = {day for day in sizes if day >= min(stale)}
            parts = [part for day, part in known.items() if day in sizes and day not in stale]
            for span in spans({day: sizes[day] for day in stale}):
                parts += _view_parts(copy, made, view, columns[view], marts.of_weeks(view, span), known)
            made.tables[view] = manifest_entry(columns[view], parts)
        for view in marts.order():
            if view not in weekly and not marts.is_filter(view):
                made.add_whole(copy, view, f"FROM {view}")
        for name, every_week in CSV.items():
            of_week = (
                marts.of_weeks(name, [week]) if name in weekly else f"FROM {name} WHERE {of_weeks([week])}"
            )
            made.add_csv(copy, name, f"FROM {name}" if every_week else of_week)


def _table_entry(
    con: duckdb.DuckDBPyConnection,
    made: TableFiles,
    table: str,
    catalog: Catalog,
    weeks: Mapping[Week, WeekHash],
    before: EditionBefore,
) -> dict[str, Any]:
    """Return the manifest's entry of a table by the week."""
    columns = catalog.published[table]
    known = before.parts(table, columns)
    parts: list[WeekPart] = []
    for week, hashed in weeks.items():
        old, identity, content = known.get(week), hashed.table_hash, hashed.content_sha256
        query = f"SELECT {_listed(columns)} FROM {table} WHERE {of_weeks([week])}"  # noqa: S608
        if old is None or old.content_sha256 != content:
            published = _kept(con, table, query, before.rows(table, week))
            if published != query:
                query = published
                identity = rows_hash(con, f"({query})", catalog.identity[table]).sha256
                content = rows_hash(con, f"({query})", columns).sha256
        if old is not None and old.content_sha256 == content:
            parts.append(replace(old, rows=hashed.rows, table_hash=identity))
        else:
            parts.append(made.add_part(con, table, week, query, content, identity))
    return manifest_entry(columns, parts)


def _view_parts(
    copy: duckdb.DuckDBPyConnection,
    made: TableFiles,
    view: str,
    columns: Columns,
    query: str,
    known: Mapping[Week, WeekPart],
) -> Iterator[WeekPart]:
    """Yield the parts of a view in the weeks of a query; they are written where the content is another."""
    copy.execute(f"CREATE OR REPLACE TEMP TABLE {_VIEW_ROWS} AS {query}")
    for week, found in hashes_by_week(copy, _VIEW_ROWS, columns).items():
        old = known.get(week)
        if old is not None and old.content_sha256 == found.sha256:
            yield replace(old, rows=found.rows, table_hash=None)  # a manifest may state others
        else:
            rows = f"FROM {_VIEW_ROWS} WHERE {of_weeks([week])}"
            yield made.add_part(copy, view, week, rows, found.sha256, None)
    copy.execute(f"DROP TABLE {_VIEW_ROWS}")


def _weeks_under(
    made: TableFiles, view: str, hashes: Mapping[str, str], before: EditionBefore
) -> tuple[dict[str, int], set[Week]]:
    """Return week → rows in the tables that a view rests on, and the weeks in which one of them changed.

    None is among these if rows changed that have no week: they may touch every week.
    """
    sizes: dict[str, int] = {}
    changed: set[Week] = set()
    for table in marts.rests_on(view):
        if table not in made.tables:
            if before.table_hash(table) != hashes[table]:
                changed.add(None)
            continue
        now = parts_of(made.tables[table])
        was = before.parts(table, [(name, kind) for name, kind in made.tables[table]["columns"]])
        for week in now.keys() | was.keys():
            if week not in now or week not in was or now[week].content_sha256 != was[week].content_sha256:
                changed.add(week)
        for week, part in now.items():
            if week is not None:
                sizes[week] = sizes.get(week, 0) + part.rows
    return sizes, changed


def _kept(con: duckdb.DuckDBPyConnection, table: str, query: str, published: str | None) -> str:
    return query if published is None or table not in COMPUTED_TABLES else kept(con, query, published)


def _through(table: str, columns: Columns, week: str) -> str:
    through = f" WHERE week IS NULL OR week <= DATE '{week}'" if "week" in dict(columns) else ""
    return f"SELECT {_listed(columns)} FROM {table}{through}"  # noqa: S608


def _listed(columns: Columns) -> str:
    return ", ".join(f'"{name}"' for name, _ in columns)
