"""The data dictionary `docs/warehouse.md`, made from the comments of tables, views and columns.

To write the page anew: `python -m warehouse.database.dictionary`.
"""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from warehouse.database import marts
from warehouse.database.connection import connect
from warehouse.database.export import PRIVATE
from warehouse.database.migrations import migrate
from warehouse.database.sqlfiles import header, names
from warehouse.database.table_hash import identity_tables

PAGE = Path(__file__).resolve().parents[2] / "docs" / "warehouse.md"

_OPENING = """\
# The warehouse

This page is made from the comments in `sql/schema/` and the headers in `sql/marts/` and `sql/audit/`
(`python -m warehouse.database.dictionary` writes it anew; a test compares them). Labels describe how depictions are
perceived; the people do not exist.

A week is the date of its Monday (UTC). Columns that end in `_at` are UTC. Every column of a table is *identity* (what
was asked, answered and seen) or *run time* (times, costs, attempt numbers, request ids). `table_hash` covers the
identity columns: two warehouses of the same bucket have the same hashes, whenever and wherever they were loaded.

The published copy holds all tables and views, cumulative through its week, as `cliche.duckdb` (storage of DuckDB
1.0), Parquet and CSV. In CSV, text that a spreadsheet would take for a formula has an apostrophe before it; an empty
field is NULL. Not published: {private}, and the book-keeping tables.
"""


def page() -> str:
    """Return the data dictionary as Markdown."""
    with connect(None) as con:
        migrate(con)
        tables = _all_tables(con)
        published = identity_tables(con)
        private = ", ".join(f"`{table}.{column}`" for table, columns in PRIVATE.items() for column in columns)
        parts = [_OPENING.format(private=private), "## Tables\n"]
        parts += [
            _section(con, table, "duckdb_tables", "table_name") for table in tables if table in published
        ]
        parts.append("## Book-keeping tables\n")
        parts += [
            _section(con, table, "duckdb_tables", "table_name") for table in tables if table not in published
        ]
        parts.append("## Views\n")
        parts += [_section(con, view, "duckdb_views", "view_name") for view in sorted(marts.order())]
    parts.append(
        "## Audit queries\n\nRun one with `cliche sql -f <name>`.\n\n| query | question |\n| --- | --- |"
    )
    parts += [_audit_row(name) for name in names("audit")]
    return "\n".join(parts).rstrip() + "\n"


def _all_tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    rows = con.execute("SELECT table_name FROM duckdb_tables() ORDER BY table_name").fetchall()
    return [name for (name,) in rows]


def _section(con: duckdb.DuckDBPyConnection, name: str, catalogue: str, key: str) -> str:
    """Return heading, description and columns of a table or view."""
    about = con.execute(
        f"SELECT coalesce(comment, '') FROM {catalogue}() WHERE {key} = $name",  # noqa: S608
        {"name": name},
    ).fetchone()
    columns = con.execute(
        "SELECT column_name, data_type, is_nullable, coalesce(comment, '') FROM duckdb_columns() "
        "WHERE table_name = $name ORDER BY column_index",
        {"name": name},
    ).fetchall()
    is_view = catalogue == "duckdb_views"
    head = "| column | type | meaning |" if is_view else "| column | type | NULL | class | meaning |"
    lines = [f"### {name}", "", _one_line(about[0] if about else ""), "", head]
    lines.append(re.sub(r"[a-zA-Z]+", "---", head))
    for column, kind, nullable, comment in columns:
        meaning = _one_line(comment)
        if is_view:
            lines.append(f"| `{column}` | {kind} | {_cell(meaning)} |")
            continue
        group, _, meaning = meaning.partition(": ")
        lines.append(f"| `{column}` | {kind} | {'yes' if nullable else ''} | {group} | {_cell(meaning)} |")
    return "\n".join(lines) + "\n"


def _audit_row(name: str) -> str:
    question = _one_line(header(f"audit/{name}").get("Answers", ""))
    return f"| `{name}` | {_cell(question)} |"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
