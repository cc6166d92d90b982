"""What lies around an edition and is in no manifest: `site/`, made again for the newest edition, and foreign files.

While a publish is under way, or after one was stopped, `site/` is of the edition before, and is not compared.

Anybody may have made the DuckDB file: a view could read any file, a macro stand before a function of DuckDB. So nothing
outside its folder can be reached, and no statement is run before its catalog was compared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from assets.leaderboard import chain
from assets.leaderboard.browser_engine import engine_keys
from assets.leaderboard.croissant import NAME, in_folder
from assets.leaderboard.page.headers import headers_file
from assets.leaderboard.site_pages import pages_at_site, root_pages
from orchestration.verifying import files
from orchestration.verifying import manifest as manifests
from orchestration.verifying.places import Place, site_note
from orchestration.verifying.report import MOST, VerifiedEdition, shown
from warehouse import keys
from warehouse.canonical import file_hash
from warehouse.database.building import start_here
from warehouse.database.connection import SETTINGS
from warehouse.database.published import columns_of, published_tables, schema_of, search_all
from warehouse.database.table_hash import rows_hash
from warehouse.errors import ClicheError, CorruptObjectError
from warehouse.printable import one_line
from warehouse.sqlfiles import quoted

#: What making something of a file of somebody raises.
_UNREADABLE = (OSError, ValueError, LookupError, AttributeError, TypeError)
#: Of all that a file can hold, what is compared: the first column is its name.
_CATALOG = (
    "table_name, schema_name, comment FROM duckdb_tables()",
    "view_name, schema_name, comment, sql FROM duckdb_views() WHERE NOT internal",
    "table_name, column_name, data_type, is_nullable, column_default, comment FROM duckdb_columns() WHERE NOT internal",
    "table_name, constraint_text FROM duckdb_constraints()",
    "function_name, parameters, macro_definition FROM duckdb_functions() WHERE NOT internal",
    "sequence_name, NULL FROM duckdb_sequences()",
    "index_name, sql FROM duckdb_indexes()",
    "type_name, labels FROM duckdb_types() WHERE NOT internal",
    "schema_name, comment FROM duckdb_schemas() WHERE NOT internal",
)
_NOTES = (keys.SITE_PAGES_NOTE, keys.SITE_DATABASE_NOTE)


def compare(place: Place, of: VerifiedEdition, built: Path, past: set[str]) -> None:
    """Compare what is at `site/` if it is of this edition, with `built`, of its rows, and `past`, its sheets."""
    known = chain.noted(place.read(keys.SITE_PAGES_NOTE) or b"")
    newest = max(known.values(), key=lambda one: (one["week"], one["revision"]), default=None)
    if newest is not None and newest["edition"] != of.manifest["edition"]:
        of.report.note(f"site/ was not compared: it is of edition {str(newest['edition'])[:40]}")
        return
    try:
        made = _pages(place.read, of, known)
    except _UNREADABLE as error:  # of an edition that somebody wrote; its pages have the line
        of.report.differ(f"site/ cannot be made again from the edition: {one_line(error, MOST)}")
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
    """Report files that no publish writes at `site/`, and anywhere around an edition that is `alone`."""
    edition = of.manifest["edition"]
    parts = {part.key for part in manifests.parts(of.manifest)}
    known = {*known, *parts, *_NOTES, keys.SITE_DATABASE, keys.LATEST_EDITION, *engine_keys().values()}
    leading = {**root_pages(of.manifest), ".nojekyll": b"", "_headers": headers_file().encode()}
    with suppress(*_UNREADABLE):
        leading[NAME] = in_folder((of.folder / NAME).read_bytes(), edition)
    at_site = map(keys.SITE.__add__, files.present(of.root / keys.SITE))
    for name in files.present(of.root) if alone else at_site:
        engine = name.startswith(f"{keys.SITE}engine/")  # of DuckDB for browsers; an earlier one stays
        if name in known or (engine and Path(name).stem == file_hash(of.root / name)[0]):
            continue
        if name.startswith((keys.edition_prefix(edition), keys.REMOVALS)) or keys.THUMBNAIL.fullmatch(name):
            continue
        if name not in leading or (of.root / name).read_bytes() != leading[name]:
            of.report.differ(f"{shown(name)} is not of edition {edition}")


def _compare_database(of: VerifiedEdition, built: Path, read: files.Read) -> None:
    """Compare the DuckDB file with its note, and its rows, views and comments with those of the edition."""
    root, name, report = of.root, keys.SITE_DATABASE, of.report
    note = site_note(read)
    if note.get("edition") != of.manifest["edition"]:
        return
    of.step("site", 0, 1)
    if not files.is_plain(root, name) or file_hash(root / name) != (note.get("sha256"), note.get("bytes")):
        report.differ(f"{name} is not what {keys.SITE_DATABASE_NOTE} says")
        return
    try:
        start_here(built, of.manifest["tables"], of.manifest["files"])
        with locked(root / name) as con, locked(built) as own:
            unlike = _unlike(con, own)
            for what in unlike:
                report.differ(f"{what[:200]} in {name} is not as this version makes it")
            # a macro could be called in the place of a function
            for table in () if unlike else published_tables():
                rows, columns = f'{schema_of(table)}."{table}"', [*columns_of(table).items()]
                if rows_hash(con, rows, columns) != rows_hash(own, rows, columns):
                    report.differ(f"{name} has other rows of {table} than the edition")
    except (duckdb.Error, ClicheError) as error:
        report.differ(f"{name} cannot be read: {one_line(error, MOST)}")


@contextmanager
def locked(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to a DuckDB file, or to files of a folder: it reads that folder, writes nothing, stays so."""
    folder = path if path.is_dir() else path.parent
    with duckdb.connect(config=SETTINGS) as con:
        con.execute(f"SET allowed_directories = [{quoted(f'{folder}/')}]")
        con.execute("SET max_temp_directory_size = '0B'")
        con.execute("SET enable_external_access = false")
        try:
            if path != folder:
                con.execute(f"ATTACH {quoted(path)} AS edition (READ_ONLY)")
                con.execute("USE edition")
                search_all(con)
        except (duckdb.Error, UnicodeDecodeError) as error:
            raise CorruptObjectError(f"{path.name} does not open: {one_line(error, MOST)}") from None
        con.execute("SET lock_configuration = true")
        yield con


def _unlike(con: duckdb.DuckDBPyConnection, own: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of what two files do not define alike; nothing of it is run."""
    found = set[str]()
    for query in _CATALOG:
        ours, theirs = (
            {tuple(str(value or "") for value in row) for row in one.execute(f"SELECT {query}").fetchall()}
            for one in (own, con)
        )
        found |= {row[0] for row in ours ^ theirs}
    return sorted(found)
