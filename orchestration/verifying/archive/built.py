"""A DuckDB file of the verified rows, made by this code: what views, pages and figures are compared with.

Editions have none of their own. Nothing in it is anybody else's but rows.
"""

from __future__ import annotations

from pathlib import Path

from orchestration.verifying.archive.contents import FoundRows
from orchestration.verifying.verified import VerifiedEdition
from warehouse.database.building import build_database
from warehouse.database.published import published_tables

FILE = "cliche.duckdb"


def build(temporary: Path, of: VerifiedEdition, found: FoundRows) -> Path:
    """Return the DuckDB file with the tables whose rows were read and can be used, made in a temporary folder."""
    usable = found.columns.keys() & published_tables().keys()
    tables = {name: entry for name, entry in of.manifest["tables"].items() if name in usable}
    whole = {f"data/{name}.parquet" for name in usable - tables.keys()}
    files = {path: entry for path, entry in of.manifest["files"].items() if path in whole}
    shared = {part["key"] for entry in tables.values() for part in entry["parts"]}
    path = temporary / FILE
    build_database(
        path,
        tables,
        files,
        lambda key: (of.root if key in shared else of.folder) / key,
        progress=lambda table, done, total: of.step("database", done, total),
    )
    return path
