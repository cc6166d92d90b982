"""The views of the warehouse, one for each file of `sql/marts/`.

A file's header has a field `Columns:` with one line for each column, `name: meaning`; these become the comments
of the view's columns. A column without a line takes the meaning of the column of that name elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from graphlib import CycleError, TopologicalSorter

import duckdb

from warehouse.database.table_hash import Week
from warehouse.database.table_hash import of_weeks as condition_of
from warehouse.errors import ClicheError, UsageError
from warehouse.loading.analysis_tables import ANALYSIS_TABLES
from warehouse.sqlfiles import WEEKS, header, names, quoted, sql, with_first
from warehouse.weeks import shift

FOLDER = "marts"
#: View → column → meaning.
Meanings = dict[str, dict[str, str]]
#: Tables that hold for all weeks.
_OF_NO_WEEK = {"outcomes", *ANALYSIS_TABLES}
#: Tables of which rows of any earlier week, or without a week, count in a view of a week; they are small.
_OF_EARLIER_WEEKS = {"agreement", "labeler_drift"}
#: What the header of a view or statement says of its weeks: rows of a week follow from the rows of that week, or of
#: the three weeks before and of what is noted in any earlier one, too; or the view leaves out rows of a table and has
#: no files of its own, for they would hold that table twice.
OWN, EARLIER, FILTER = "own", "earlier", "filter"
_BEFORE = (-1, -2, -3)


def order() -> list[str]:
    """Return the names of all views, each after those that it depends on."""
    views = names(FOLDER)
    graph = {view: sorted(depends_on(view) & set(views) - {view}) for view in views}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise UsageError(
            f"views of sql/{FOLDER} depend on each other in a circle: {error.args[1]}"
        ) from error


def is_filter(view: str) -> bool:
    """Return whether a view has the rows of one table, some left out."""
    return header(f"{FOLDER}/{view}").get(WEEKS) == FILTER


def depends_on(view: str, folder: str = FOLDER) -> set[str]:
    """Return the names of tables and views under `Depends on` of the header of a view, or of another statement."""
    return set(re.findall(r"[a-z][a-z0-9_]*", header(f"{folder}/{view}").get("Depends on", "")))


def as_read_by(statement: str, labeler: str) -> str:
    """Return a statement as if the plans named a labeler that read pictures beside theirs; of no other models."""
    slots = "slots AS (FROM main.slots SEMI JOIN plans USING (week, model))"
    return with_first(statement, f"plans AS (\n{_read_by(labeler)}\n),\n\n{slots}")


def _read_by(labeler: str) -> str:
    name = quoted(labeler)
    return (
        f"SELECT * REPLACE ({name} AS labeler) "  # noqa: S608
        f"FROM (FROM main.plans WHERE labeler IS DISTINCT FROM {name}) "
        f"SEMI JOIN (FROM main.labels WHERE labeler = {name}) USING (week, model)"
    )


def of_weeks(view: str, weeks: Iterable[Week]) -> str:
    """Return a query for the rows of a view by the week in some weeks, which reads little else."""
    wanted = [*weeks]
    parts = _cut({view}, *_read_for(header(f"{FOLDER}/{view}").get(WEEKS, OWN), wanted))
    return f"WITH\n{parts}\nFROM {view}\nWHERE {condition_of(wanted)}"


def as_of_weeks(folder: str, name: str, weeks: Iterable[Week]) -> str:
    """Return the statement `<folder>/<name>`, whose header says `Weeks`, reading what it needs for some weeks.

    It must not depend on which other rows are there: those of the weeks before may be.
    """
    said = header(f"{folder}/{name}")[WEEKS]
    return with_first(sql(f"{folder}/{name}"), _cut(depends_on(name, folder), *_read_for(said, weeks)))


def _read_for(said: str, weeks: Iterable[Week]) -> tuple[str, set[str]]:
    """Return the condition for the rows that some weeks follow from, and the tables that are read whole."""
    if said != EARLIER:
        return condition_of([*weeks]), set()
    before = [shift(week, back) for week in weeks if week is not None for back in _BEFORE]
    return condition_of([*dict.fromkeys([*weeks, *before])]), _OF_EARLIER_WEEKS


def rests_on(view: str) -> set[str]:
    """Return the names of all tables that a view is made from, through other views, too."""
    found: set[str] = set()
    for name in depends_on(view):
        found |= rests_on(name) if name in names(FOLDER) else {name}
    return found


def _cut(needed: set[str], condition: str, whole: set[str]) -> str:
    """Return `WITH` parts for tables, of which only some weeks are read, and for views that are made of those."""
    needed = {*needed}
    views: list[str] = []
    for view in reversed(order()):
        if view in needed:
            views.insert(0, view)
            needed |= depends_on(view)
    tables = sorted(needed - {*views} - _OF_NO_WEEK - whole)
    parts = [
        *(f"{table} AS NOT MATERIALIZED (FROM main.{table} WHERE {condition})" for table in tables),
        *(f"{view} AS (\n{sql(f'{FOLDER}/{view}')})" for view in views),
    ]
    return ",\n".join(parts)


def create_views(
    con: duckdb.DuckDBPyConnection,
    schema_of: Callable[[str], str] = lambda _: "main",
    *,
    meanings: Meanings | None = None,
) -> None:
    """Create or replace every view, with comments on the view and its columns.

    A view is made in the schema that `schema_of` gives. Without `meanings` of columns, comments are those of the
    view's file, else of the tables.
    """
    elsewhere = _meanings_in_tables(con) if meanings is None else {}
    for view in order():
        body = sql(f"{FOLDER}/{view}").strip().rstrip(";")
        place = f"{schema_of(view)}.{view}"
        try:
            con.execute(f"CREATE OR REPLACE VIEW {place} AS\n{body}")
        except duckdb.Error as error:
            first = str(error).splitlines()[0]
            raise ClicheError(f"sql/{FOLDER}/{view}.sql: {first}") from error
        fields = header(f"{FOLDER}/{view}")
        about = " ".join(f"{fields.get('Answers', '')} Grain: {fields.get('Grain', '')}".split())
        con.execute(f"COMMENT ON VIEW {place} IS {quoted(about)}")
        stated = elsewhere | _stated(fields.get("Columns", "")) if meanings is None else meanings[view]
        columns = [row[0] for row in con.execute(f"DESCRIBE {place}").fetchall()]
        comments = [
            f'COMMENT ON COLUMN {place}."{column}" IS {quoted(stated[column])}'
            for column in columns
            if column in stated
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
