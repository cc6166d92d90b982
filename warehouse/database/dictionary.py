"""The data dictionary: a page made from the comments of tables, views and columns.

Every edition has it as `docs/dictionary.md`; `python -m warehouse.database.dictionary FILE` writes it for developers.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import NamedTuple

import duckdb

from warehouse.database.archive import PRIVATE
from warehouse.database.published import START_HERE
from warehouse.database.schema import open_warehouse
from warehouse.database.table_hash import identity_tables
from warehouse.sqlfiles import header, names

_OPENING = """\
# Data dictionary

Every table, view and column, from their comments. Labels describe how depictions are perceived; the people do not
exist.

A week is the date of its Monday (UTC). Columns that end in `_at` are UTC. Every column of a table is *identity* (what
was asked, answered and seen) or *run time* (times, costs, attempt numbers, request ids). `table_hash` covers the
identity columns: two warehouses of the same store have the same hashes, whenever and wherever they were loaded.

An edition holds all tables and views, cumulative through its week: rows that have a week as Parquet files by the week,
which `manifest.json` lists under `tables`, the others as Parquet files in `data/`. `cliche.duckdb` (storage of DuckDB
1.0) holds all of them. Boards and changes are there as CSV, too: text that a spreadsheet would take for a formula has
an apostrophe before it, and an empty field is NULL. Not published: {private}, and the bookkeeping tables.
"""


class ColumnEntry(NamedTuple):
    """A column; the group of a table's column is `identity` or `run time`, that of a view's is empty."""

    name: str
    type: str
    nullable: bool
    group: str
    meaning: str


class TableEntry(NamedTuple):
    """A table or view, what it is, and its columns."""

    is_view: bool
    meaning: str
    columns: list[ColumnEntry]


def page(con: duckdb.DuckDBPyConnection) -> str:
    """Return the data dictionary of the current database as Markdown."""
    every, published = entries(con), identity_tables(con)
    every.pop(START_HERE, None)  # it is made of an edition's rows, later
    private = ", ".join(f"`{table}.{column}`" for table, columns in PRIVATE.items() for column in columns)
    parts = [_OPENING.format(private=private), "## Tables\n"]
    parts += [_section(name, every[name]) for name in published]
    if kept := [name for name, entry in every.items() if not entry.is_view and name not in published]:
        parts += ["## Bookkeeping tables\n", *(_section(name, every[name]) for name in kept)]
    parts += ["## Views\n", *(_section(name, entry) for name, entry in every.items() if entry.is_view)]
    parts.append(
        "## Audit queries\n\nRun one with `cliche sql -f <name>`.\n\n| query | question |\n| --- | --- |"
    )
    parts += questions()
    return "\n".join(parts).rstrip() + "\n"


def own_page() -> str:
    """Return the data dictionary of this code's schema, bookkeeping tables too."""
    with open_warehouse(None) as con:
        return page(con)


def entries(con: duckdb.DuckDBPyConnection) -> dict[str, TableEntry]:
    """Return what the comments of the current database say of its tables and views, by name: tables, then views."""
    about = con.execute(
        "SELECT FALSE AS is_view, table_name, coalesce(comment, '') FROM duckdb_tables() "
        "WHERE database_name = current_database() UNION ALL "
        "SELECT TRUE, view_name, coalesce(comment, '') FROM duckdb_views() "
        "WHERE database_name = current_database() AND NOT internal ORDER BY ALL"
    ).fetchall()
    found = {name: TableEntry(is_view, _one_line(comment), []) for is_view, name, comment in about}
    columns = con.execute(
        "SELECT table_name, column_name, data_type, is_nullable, coalesce(comment, '') FROM duckdb_columns() "
        "WHERE database_name = current_database() AND NOT internal ORDER BY column_index"
    ).fetchall()
    for name, column, kind, nullable, comment in columns:
        group, _, meaning = ("", "", comment) if found[name].is_view else comment.partition(": ")
        found[name].columns.append(ColumnEntry(column, kind, nullable, group, _one_line(meaning)))
    return found


def _section(name: str, of: TableEntry) -> str:
    """Return heading, description and columns of a table or view."""
    head = "| column | type | meaning |" if of.is_view else "| column | type | NULL | class | meaning |"
    lines = [f"### {name}", "", of.meaning, "", head, re.sub(r"[a-zA-Z]+", "---", head)]
    for one in of.columns:
        more = "" if of.is_view else f" {'yes' if one.nullable else ''} | {one.group} |"
        lines.append(f"| `{one.name}` | {one.type} |{more} {_cell(one.meaning)} |")
    return "\n".join(lines) + "\n"


def questions() -> list[str]:
    """Return the rows of the audit queries."""
    return [
        f"| `{name}` | {_cell(_one_line(header(f'audit/{name}').get('Answers', '')))} |"
        for name in names("audit")
    ]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(own_page(), encoding="utf-8")
