"""What lies around an edition and is in no manifest: `site/`, made again for the newest edition, and foreign files.

While a publish is under way, or after one was stopped, `site/` is of the edition before, and is not compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from assets.leaderboard import chain
from assets.leaderboard.browser_engine import engine_keys
from assets.leaderboard.croissant import NAME, in_folder
from assets.leaderboard.page.headers import headers_file
from assets.leaderboard.page.sheets import site_of
from assets.leaderboard.site_pages import beside_of, pages_at_site, pages_of, root_pages
from orchestration.verifying import database, files
from orchestration.verifying.archive.listed import parts
from orchestration.verifying.sources import StatedSource
from orchestration.verifying.verified import VerifiedEdition
from warehouse import keys
from warehouse.canonical import file_hash
from warehouse.database.building import start_here
from warehouse.database.published import published_tables, schema_of
from warehouse.database.table_hash import Hashed, rows_hash
from warehouse.errors import ClicheError

#: What making something of a file of somebody raises.
_UNREADABLE = (OSError, ValueError, LookupError, AttributeError, TypeError)
_NOTES = (keys.SITE_PAGES_NOTE, keys.SITE_DATABASE_NOTE)


def compare(source: StatedSource, of: VerifiedEdition, built: Path, past: set[str]) -> None:
    """Compare what is at `site/`, if it is of this edition, and look for foreign files around a fetched one.

    `built` is the DuckDB file of the edition's rows, which gets the view `start_here`; `past` are its sheets' keys.
    """
    read, store = source.read, source.store
    if read is None:
        of.report.note(
            "site/, and what else is around the edition, was not compared: only its folder is here"
        )
        return
    known = chain.noted(read(keys.SITE_PAGES_NOTE) or b"")
    newest = max(known.values(), key=lambda one: (one["week"], one["revision"]), default=None)
    if newest is not None and newest["edition"] != of.manifest["edition"]:
        of.report.note(f"site/ was not compared: it is of edition {str(newest['edition'])[:40]}")
        return
    try:
        made = _pages(read, of, known)
    except _UNREADABLE as error:  # of an edition that somebody wrote; its pages have the line
        of.report.differ(f"site/ cannot be made again from the edition: {database.one_line(error)}")
        return
    _compare_pages({key: read(key) for key in made}, made, store, of)
    if store is not None:
        _compare_database(store, of, built)
        if source.alone:
            _foreign(store, of, past | made.keys())


def _pages(read: files.Read, of: VerifiedEdition, known: dict[str, chain.Entry]) -> dict[str, bytes]:
    """Return key → bytes of the pages; a fetched edition lists itself alone, and has the log of the store."""
    manifest = of.manifest

    def own(path: str) -> bytes:
        return (of.folder / path).read_bytes()

    if known:
        return pages_at_site(known, manifest, own)
    entry = {name: manifest[name] for name in ("week", "revision", "created_at", "replaces")}
    log = read(keys.SITE_LOG)
    made = pages_of({manifest["edition"]: entry}, manifest["edition"], site_of(manifest))
    return made | beside_of(manifest, own) | ({keys.SITE_LOG: log} if log is not None else {})


def _compare_pages(
    found: Mapping[str, bytes | None], made: Mapping[str, bytes], store: Path | None, of: VerifiedEdition
) -> None:
    """Compare the pages that were found with those that were made; in a folder, look for others."""
    if not any(data is not None for data in found.values()):
        of.report.note("site/ was not compared: it is not here")
        return
    for key, data in sorted(found.items()):
        if data is None and store is None:
            of.report.note(f"{key} was not compared: the server does not give it")
        elif data is None:
            of.report.differ(f"{key} is missing; cliche publish writes it again")
        elif data != made[key]:
            of.report.differ(f"{key} is not what its version makes of the edition")
    if store is None or not (store / keys.SITE).is_dir():
        return
    expected = {*made, *_NOTES, keys.SITE_DATABASE, *engine_keys().values()}
    root = store / keys.SITE
    for name in files.present(root):
        engine = name.startswith("engine/")  # of DuckDB for browsers; an earlier one stays
        if f"{keys.SITE}{name}" in expected or (engine and Path(name).stem == file_hash(root / name)[0]):
            continue
        of.report.differ(f"{keys.SITE}{files.shown(name)} is nothing that a publish writes")


def _foreign(root: Path, of: VerifiedEdition, known: set[str]) -> None:
    """Report files around a fetched edition, or on a site that was sent, that are not of it.

    Of thumbnails only names are looked at, of records that a picture was removed nothing.
    """
    edition = of.manifest["edition"]
    known |= {part.key for part in parts(of.manifest)} | {*_NOTES, keys.SITE_DATABASE, keys.LATEST_EDITION}
    leading = {**root_pages(of.manifest), ".nojekyll": b"", "_headers": headers_file().encode()}
    try:
        leading[NAME] = in_folder((of.folder / NAME).read_bytes(), edition)
    except _UNREADABLE:
        leading.pop(NAME, None)
    for name in files.present(root):
        inside = name.startswith((keys.edition_prefix(edition), keys.SITE, keys.REMOVALS))
        if name in known or inside or keys.THUMBNAIL.fullmatch(name):
            continue
        if name not in leading or (root / name).read_bytes() != leading[name]:
            of.report.differ(f"{files.shown(name)} is not of edition {edition}")


def _compare_database(store: Path, of: VerifiedEdition, built: Path) -> None:
    """Compare the DuckDB file with its note, and its rows, views and comments with those of the edition."""
    note, name, report = database.site_note(store), keys.SITE_DATABASE, of.report
    if note.get("edition") != of.manifest["edition"]:
        return
    of.step("site", 0, 1)
    if not (store / name).is_file():
        report.differ(f"{name} is missing, and {keys.SITE_DATABASE_NOTE} names it")
        return
    if file_hash(store / name) != (note.get("sha256"), note.get("bytes")):
        report.differ(f"{name} is not what {keys.SITE_DATABASE_NOTE} says")
        return
    try:
        start_here(built, of.manifest["tables"], of.manifest["files"])
        with database.locked(store / name) as con, database.locked(built) as own:
            if foreign := database.foreign(con):
                for what in foreign:
                    report.differ(f"{name} holds the {what}, which no edition has")
                return
            expected, there = database.catalog(own), database.catalog(con)
            for which in sorted(expected.keys() | there.keys()):
                if expected.get(which) != there.get(which):
                    report.differ(f"{which} in {name} is not as this version makes it")
                elif which in published_tables() and _rows(con, which) != _rows(own, which):
                    report.differ(f"{name} has other rows of {which} than the edition")
    except (duckdb.Error, ClicheError) as error:
        report.differ(f"{name} cannot be read: {database.one_line(error)}")


def _rows(con: duckdb.DuckDBPyConnection, table: str) -> Hashed:
    columns = [(row[0], row[1]) for row in con.execute(f'DESCRIBE "{table}"').fetchall()]
    return rows_hash(con, f'{schema_of(table)}."{table}"', columns)
