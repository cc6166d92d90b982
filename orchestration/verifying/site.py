"""What lies around an edition and is in no manifest: `site/`, made again for the newest edition, and foreign files.

While a publish is under way, or after one was stopped, `site/` is of the edition before, and is not compared.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

import duckdb

from assets.leaderboard import chain
from assets.leaderboard.browser_engine import engine_keys
from assets.leaderboard.croissant import NAME, in_folder
from assets.leaderboard.page.headers import headers_file
from assets.leaderboard.site_pages import pages_at_site, root_pages
from orchestration.verifying import database, files
from orchestration.verifying import manifest as manifests
from orchestration.verifying.places import Place
from orchestration.verifying.report import VerifiedEdition
from warehouse import keys
from warehouse.canonical import file_hash
from warehouse.database.building import start_here
from warehouse.database.published import published_tables, schema_of
from warehouse.database.table_hash import Hashed, rows_hash
from warehouse.errors import ClicheError

#: What making something of a file of somebody raises.
_UNREADABLE = (OSError, ValueError, LookupError, AttributeError, TypeError)
_NOTES = (keys.SITE_PAGES_NOTE, keys.SITE_DATABASE_NOTE)


def compare(place: Place, of: VerifiedEdition, built: Path, past: set[str]) -> None:
    """Compare what is at `site/`, if it is of this edition, and look for foreign files around a fetched one.

    `built` is the DuckDB file of the edition's rows, which gets the view `start_here`; `past` are its sheets' keys.
    """
    known = chain.noted(place.read(keys.SITE_PAGES_NOTE) or b"")
    newest = max(known.values(), key=lambda one: (one["week"], one["revision"]), default=None)
    if newest is not None and newest["edition"] != of.manifest["edition"]:
        of.report.note(f"site/ was not compared: it is of edition {str(newest['edition'])[:40]}")
        return
    try:
        made = _pages(place.read, of, known)
    except _UNREADABLE as error:  # of an edition that somebody wrote; its pages have the line
        of.report.differ(f"site/ cannot be made again from the edition: {database.one_line(error)}")
        return
    found = {key: place.read(key) for key in made}
    if not any(found.values()):
        of.report.note("site/ was not compared: it is not here")
    for key, data in sorted(found.items()) if any(found.values()) else ():
        if data is None and place.seen is None:
            of.report.note(f"{key} was not compared: the server does not give it")
        elif data != made[key]:
            what = "is missing" if data is None else "is not what its version makes of the edition"
            of.report.differ(f"{key} {what}; cliche publish writes it again")
    if place.seen is not None:
        _compare_database(of, built, place.read)
    if place.root is not None:
        _foreign(of, made.keys() | past, alone=place.alone)


def _pages(read: files.Read, of: VerifiedEdition, known: dict[str, chain.Entry]) -> dict[str, bytes]:
    """Return key → bytes of the pages; a fetched edition lists itself alone, and has the log of the store."""
    alone = {of.manifest["edition"]: {**of.manifest, "sha256": ""}}
    made = pages_at_site(known or alone, of.manifest, lambda path: (of.folder / path).read_bytes())
    log = made.pop(keys.SITE_LOG) if known else read(keys.SITE_LOG)
    return made | ({} if log is None else {keys.SITE_LOG: log})


def _foreign(of: VerifiedEdition, known: Collection[str], *, alone: bool) -> None:
    """Report files that no publish writes: at `site/`, and, around an edition that is `alone`, anywhere.

    Of thumbnails only names are looked at, of records that a picture was removed nothing.
    """
    edition = of.manifest["edition"]
    parts = {part.key for part in manifests.parts(of.manifest)}
    known = {*known, *parts, *_NOTES, keys.SITE_DATABASE, keys.LATEST_EDITION, *engine_keys().values()}
    leading = {**root_pages(of.manifest), ".nojekyll": b"", "_headers": headers_file().encode()}
    with suppress(*_UNREADABLE):
        leading[NAME] = in_folder((of.folder / NAME).read_bytes(), edition)
    for name in (
        files.present(of.root) if alone else map(keys.SITE.__add__, files.present(of.root / keys.SITE))
    ):
        engine = name.startswith(f"{keys.SITE}engine/")  # of DuckDB for browsers; an earlier one stays
        if name in known or (engine and Path(name).stem == file_hash(of.root / name)[0]):
            continue
        if name.startswith((keys.edition_prefix(edition), keys.REMOVALS)) or keys.THUMBNAIL.fullmatch(name):
            continue
        if name not in leading or (of.root / name).read_bytes() != leading[name]:
            of.report.differ(f"{files.shown(name)} is not of edition {edition}")


def _compare_database(of: VerifiedEdition, built: Path, read: files.Read) -> None:
    """Compare the DuckDB file with its note, and its rows, views and comments with those of the edition."""
    root, name, report = of.root, keys.SITE_DATABASE, of.report
    note = database.site_note(read)
    if note.get("edition") != of.manifest["edition"]:
        return
    of.step("site", 0, 1)
    if not files.is_plain(root, name) or file_hash(root / name) != (note.get("sha256"), note.get("bytes")):
        report.differ(f"{name} is not what {keys.SITE_DATABASE_NOTE} says")
        return
    try:
        start_here(built, of.manifest["tables"], of.manifest["files"])
        with database.locked(root / name) as con, database.locked(built) as own:
            unlike = database.unlike(con, own)
            for what in unlike:
                report.differ(f"{what[:200]} in {name} is not as this version makes it")
            for table in (
                () if unlike else published_tables()
            ):  # a macro could be called in the place of a function
                if _rows(con, table) != _rows(own, table):
                    report.differ(f"{name} has other rows of {table} than the edition")
    except (duckdb.Error, ClicheError) as error:
        report.differ(f"{name} cannot be read: {database.one_line(error)}")


def _rows(con: duckdb.DuckDBPyConnection, table: str) -> Hashed:
    columns = [(row[0], row[1]) for row in con.execute(f'DESCRIBE "{table}"').fetchall()]
    return rows_hash(con, f'{schema_of(table)}."{table}"', columns)
