"""An edition's tables as files, and the DuckDB file made from them, without the page that is made from that."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from warehouse.database.before import EditionBefore
from warehouse.database.building import build_database
from warehouse.database.export import export_tables, export_views, hashes_of
from warehouse.database.published import DATABASE, open_published
from warehouse.database.table_files import TableFiles
from warehouse.store import Store, open_store


def export(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    week: str,
    *,
    store: Store | None = None,
    before: Mapping[str, Any] | None = None,
    same_texts: bool = True,
) -> TableFiles:
    """Export the warehouse through `week` into `folder`, with `cliche.duckdb` beside the files.

    Args:
        con: the warehouse.
        folder: where to.
        week: ISO date of a Monday.
        store: gets the new parts, as publishing puts them there; holds those of the edition before.
        before: fields of the manifest of the edition before.
        same_texts: whether views had the same statements then.
    """
    there = store or open_store(folder / "store")
    earlier = EditionBefore(there, before, folder / "before")
    made = export_tables(con, folder, week=week, before=earlier)

    def fetch(key: str) -> Path:
        file = folder / key
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(there.get(key))
        return file

    build_database(folder / DATABASE, made.tables, made.files, fetch)
    with open_published(folder / DATABASE) as copy:
        export_views(copy, made, hashes_of(copy, made), week=week, before=earlier, same_texts=same_texts)
    for key in made.new:
        there.put_if_absent(key, (folder / key).read_bytes())
    return made


def manifest_of(made: TableFiles) -> dict[str, Any]:
    """Return what a manifest says of what was exported, as far as the next export looks at it."""
    with open_published(made.folder / DATABASE) as copy:
        hashes = hashes_of(copy, made)
    return {"edition": "2026-11-23.1", "tables": made.tables, "files": made.files, "table_hashes": hashes}
