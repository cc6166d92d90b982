"""A DuckDB file of the verified rows, made by this code: what views, pages and scores are compared with.

The editions of format 2 have none of their own. Nothing in it is anybody else's but rows.
"""

from __future__ import annotations

from pathlib import Path

from assets.leaderboard.texts import own_relations
from orchestration.verifying.archive.contents import FoundRows
from orchestration.verifying.verified import VerifiedEdition
from warehouse.database import marts
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


def known_views(of: VerifiedEdition, found: FoundRows) -> set[str]:
    """Return the published views that this code has as the edition's version has them; the report hears of others.

    A view is as it was only if all that it is made from is.
    """
    own, theirs = own_relations(), of.version.relations
    changed = {name for name in own.keys() | theirs.keys() if own.get(name) != theirs.get(name)}
    published, views = found.columns.keys() - published_tables().keys(), {*marts.order()}
    known = {view for view in published & views if not _made_from(view, views) & changed}
    if others := sorted(published - known):
        of.report.skip(
            f"{', '.join(others)}: this version of the code has other views than version {of.version.name}",
            "views",
        )
    return known


def _made_from(view: str, views: set[str]) -> set[str]:
    """Return a view and all tables and views that it is made from."""
    found = {view}
    for name in marts.depends_on(view):
        found |= _made_from(name, views) if name in views else {name}
    return found
