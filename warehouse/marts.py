"""The views of the warehouse, one for each file of `sql/marts/`.

Belongs here: creating them in the order of what they depend on, with their comments. Does not belong here: the
statements (`sql/marts/<view>.sql`, a SELECT each).

A file's header has a field `Columns:` with one line for each column, `name: meaning`; these become the comments
of the view's columns. A column without a line takes the meaning of the column of that name elsewhere.
"""

from __future__ import annotations

import re
from graphlib import CycleError, TopologicalSorter

import duckdb

from warehouse.errors import ClicheError, UsageError
from warehouse.sqlfiles import header, names, sql

FOLDER = "marts"


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


def depends_on(view: str) -> set[str]:
    """Return the names of tables and views under `Depends on` of a view's header."""
    return set(re.findall(r"[a-z][a-z0-9_]*", header(f"{FOLDER}/{view}").get("Depends on", "")))


def create_views(con: duckdb.DuckDBPyConnection) -> None:
    """Create or replace every view, with comments on the view and its columns.

    Raises:
        ClicheError: if a statement does not fit the tables; the message names the file.
    """
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
        for column, meaning in _meanings(con, view, fields.get("Columns", "")).items():
            con.execute(f'COMMENT ON COLUMN {view}."{column}" IS {_quoted(meaning)}')


def _meanings(con: duckdb.DuckDBPyConnection, view: str, field: str) -> dict[str, str]:
    """Return the meaning of each column of a view that has one, in the order of the columns."""
    stated: dict[str, str] = {}
    current = ""
    for line in field.splitlines():
        if match := re.match(r"([a-z][a-z0-9_]*(?:, [a-z][a-z0-9_]*)*): (.+)", line):
            current = match[1]
            stated[current] = match[2].strip()
        elif current:
            stated[current] += f" {line.strip()}"
    stated = {name: text for key, text in stated.items() for name in key.split(", ")}
    columns = [row[0] for row in con.execute(f"DESCRIBE {view}").fetchall()]
    return {name: text for name in columns if (text := stated.get(name) or _elsewhere(con, name)) is not None}


def _elsewhere(con: duckdb.DuckDBPyConnection, column: str) -> str | None:
    """Return what a column of this name means in the tables, without its class; None if there is none."""
    found = con.execute(
        "SELECT comment FROM duckdb_columns() WHERE column_name = $name AND comment IS NOT NULL "
        "AND database_name = current_database() ORDER BY table_oid LIMIT 1",
        {"name": column},
    ).fetchone()
    return re.sub(r"^(identity|run time): ", "", found[0]) if found else None


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
