"""The views of the warehouse, one for each file of `sql/marts/`.

A file's header has a field `Columns:` with one line for each column, `name: meaning`; these become the comments
of the view's columns. A column without a line takes the meaning of the column of that name elsewhere.
"""

from __future__ import annotations

import re
from graphlib import CycleError, TopologicalSorter

import duckdb

from warehouse.database.sqlfiles import header, names, sql, with_first
from warehouse.errors import ClicheError, UsageError
from warehouse.loading.analysis_tables import SCHEMAS

FOLDER = "marts"
#: Tables that hold for all weeks.
_OF_NO_WEEK = {"outcomes", *SCHEMAS}
_IN_WEEKS = "week BETWEEN cast($first AS DATE) AND cast($last AS DATE)"


def order() -> list[str]:
    """Return the names of all views, each after those that it depends on.

    Raises:
        UsageError: if views depend on each other in a circle.
    """
    views = names(FOLDER)
    graph = {view: sorted(depends_on(view) & set(views) - {view}) for view in views}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise UsageError(
            f"views of sql/{FOLDER} depend on each other in a circle: {error.args[1]}"
        ) from error


def depends_on(view: str, folder: str = FOLDER) -> set[str]:
    """Return the names of tables and views under `Depends on` of the header of a view, or of another statement."""
    return set(re.findall(r"[a-z][a-z0-9_]*", header(f"{folder}/{view}").get("Depends on", "")))


def within_weeks(folder: str, name: str) -> str:
    """Return the statement `<folder>/<name>` for the weeks from `$first` to `$last` alone: parameters, ISO dates.

    Tables are cut to those weeks, and the views are made of the cut tables by their own texts. A filter on a view's
    week would not do: DuckDB does not push it into parts that a view uses twice, and would count the whole history.
    """
    needed = depends_on(name, folder)
    views: list[str] = []
    for view in reversed(order()):
        if view in needed:
            views.insert(0, view)
            needed |= depends_on(view)
    tables = sorted(needed - {*views} - _OF_NO_WEEK)
    parts = [
        *(f"{table} AS NOT MATERIALIZED (FROM main.{table} WHERE {_IN_WEEKS})" for table in tables),
        *(f"{view} AS (\n{sql(f'{FOLDER}/{view}')})" for view in views),
    ]
    return with_first(sql(f"{folder}/{name}"), ",\n".join(parts))


def create_views(con: duckdb.DuckDBPyConnection) -> None:
    """Create or replace every view, with comments on the view and its columns.

    Raises:
        ClicheError: if a statement does not fit the tables; the message names the file.
    """
    elsewhere = _meanings_in_tables(con)
    for view in order():
        body = sql(f"{FOLDER}/{view}").strip().rstrip(";")
        try:
            con.execute(f"CREATE OR REPLACE VIEW {view} AS\n{body}")
        except duckdb.Error as error:
            first = str(error).splitlines()[0]
            raise ClicheError(f"sql/{FOLDER}/{view}.sql: {first}") from error
        fields = header(f"{FOLDER}/{view}")
        about = " ".join(f"{fields.get('Answers', '')} Grain: {fields.get('Grain', '')}".split())
        con.execute(f"COMMENT ON VIEW {view} IS {_quoted(about)}")
        meanings = elsewhere | _stated(fields.get("Columns", ""))
        columns = [row[0] for row in con.execute(f"DESCRIBE {view}").fetchall()]
        comments = [
            f'COMMENT ON COLUMN {view}."{column}" IS {_quoted(meanings[column])}'
            for column in columns
            if column in meanings
        ]
        con.execute("; ".join(comments))


def _stated(field: str) -> dict[str, str]:
    """Return column → meaning from the lines of a header's `Columns`."""
    stated: dict[str, str] = {}
    current = ""
    for line in field.splitlines():
        if match := re.match(r"([a-z][a-z0-9_]*(?:, [a-z][a-z0-9_]*)*): (.+)", line):
            current = match[1]
            stated[current] = match[2].strip()
        elif current:
            stated[current] += f" {line.strip()}"
    return {name: text for columns, text in stated.items() for name in columns.split(", ")}


def _meanings_in_tables(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return column → meaning, without its class, in the first table that has a column of that name."""
    rows = con.execute(
        "SELECT column_name, comment FROM duckdb_columns() "
        "WHERE comment IS NOT NULL AND database_name = current_database() "
        "AND table_name IN (SELECT table_name FROM duckdb_tables()) ORDER BY table_oid DESC"
    ).fetchall()
    return {column: re.sub(r"^(identity|run time): ", "", comment) for column, comment in rows}


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
