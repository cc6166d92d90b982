"""The edition: what one publish makes public. It is complete or invisible, and never changes afterwards.

First pages of past weeks and rows of tables and weeks that no edition holds yet go under `pages/` and `tables/`, then
files under `editions/<week>.<revision>/`, one by one, `manifest.json` last; a folder without a manifest is no edition
and its revision is never used again. Readers follow `editions/latest.json`, which is swapped after that and moves only
to a higher (week, revision). Then the one DuckDB file at `site/` is replaced by that of the newest edition.

An edition's identity (`content_sha256`) is of what is loaded, declared and counted, and of no figure. A new one is made
where its identity, a figure, or what pages say beside figures (`texts_sha256`, documents, the site) differs from the
newest of the week. Figures that another processor computes are the same but for the last digits
(`warehouse.closeness`): they are published as they were before. What changed in columns of run time alone is in the
files of the next edition.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from assets.leaderboard.chain import known, tip
from assets.leaderboard.contents import Contents, assemble
from assets.leaderboard.croissant import NAME, croissant
from assets.leaderboard.page.sheets import NOWHERE, SitePlace
from assets.leaderboard.published import (
    FORMAT,
    POINTER,
    Edition,
    edition_of,
    latest,
    read_json,
    read_manifest,
)
from assets.leaderboard.site import show_database
from assets.leaderboard.site_pages import show_pages
from assets.leaderboard.texts import texts_sha256
from assets.suites.analysis import shipped
from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.database.published import DATABASE
from warehouse.database.shared_file import take_turns
from warehouse.errors import CorruptObjectError, StoreError
from warehouse.loading.seals import sealed
from warehouse.store.base import Store
from warehouse.store.pieces import read_if_there
from warehouse.weeks import parse_week, utc_now

_TRIES = 5


def publish(
    con: duckdb.DuckDBPyConnection,
    store: Store,
    *,
    week: str,
    code_version: str,
    store_read: str | None = None,
    database: Path | None = None,
    site: SitePlace = NOWHERE,
) -> Edition:
    """Return the edition that holds the warehouse as of `week`; write it unless its content is public already.

    The database is the DuckDB file of what is published, kept between editions and brought up to date; None is a
    temporary one. `store_read`, when the store was last read whole and what that found, is a run-time fact: it is in
    the manifest and makes no new edition. The manifest holds `site` too, so that pages can be rendered again. If the
    store fails, no reader sees anything of the attempt.
    """
    parse_week(week)
    with store.lease("edition", purpose=f"publish {week}"), tempfile.TemporaryDirectory() as folder:
        current = current_edition(store, week)
        file = database or Path(folder) / DATABASE
        contents = assemble(
            con,
            store,
            Path(folder),
            week=week,
            before=current or _newest(store),
            texts=texts_sha256(),
            database=file,
            site=site,
        )
        if current is not None and _holds(current, contents):
            manifest, published = current, _advance(store, current)
        else:
            manifest = _write(store, contents, week, code_version, current, store_read)
            _advance(store, manifest)
            published = True
        show_pages(store, manifest)
        show_database(store, manifest, contents.database, Path(folder), contents.database_hash)
        take_turns(file, contents.database)
        return edition_of(manifest, published=published)


def current_edition(store: Store, week: str) -> dict[str, Any] | None:
    """Return the manifest of the highest complete revision of a week, or None if there is none."""
    complete = [number for number, has_manifest in _revisions(store, week).items() if has_manifest]
    return read_manifest(store, f"{week}.{max(complete)}") if complete else None


def _holds(manifest: Mapping[str, Any], contents: Contents) -> bool:
    """Return whether an edition says what these contents say; hashes of figures are equal where figures were kept."""
    texts = {path: sha256_hex(data) for path, data in contents.documents.items()}
    stated = {path: of["sha256"] for path, of in manifest["files"].items() if path.startswith("docs/")}
    return (
        all(manifest[name] == contents.sources[name] for name in ("content_sha256", "table_hashes"))
        and (manifest["texts_sha256"], stated) == (texts_sha256(), texts)
        and manifest["site"] == contents.site.stated()
    )


def _newest(store: Store) -> dict[str, Any] | None:
    """Return the manifest of the edition that readers see; None if there is none, or it does not read."""
    newest = latest(store)
    try:
        return read_manifest(store, newest.id) if newest else None
    except (KeyError, CorruptObjectError):
        return None


def _revisions(store: Store, week: str) -> dict[int, bool]:
    """Return the revisions of a week that anything was written for, and whether their manifest is there."""
    prefix = f"editions/{week}."
    folders = {folder.removeprefix(prefix).rstrip("/"): folder for folder in store.folders(prefix)}
    return {
        int(number): store.head(f"{folder}manifest.json") is not None
        for number, folder in folders.items()
        if number.isdigit()
    }


def _write(
    store: Store,
    contents: Contents,
    week: str,
    code_version: str,
    current: dict[str, Any] | None,
    store_read: str | None,
) -> dict[str, Any]:
    """Write the next free revision, its manifest last, and return the manifest."""
    revision = max(_revisions(store, week), default=0) + 1
    edition_id = f"{week}.{revision}"
    prefix = keys.edition_prefix(edition_id)
    replaces = None if current is None else current["edition"]
    for key, data in contents.parts():
        store.put_if_absent(key, data)  # a publish that was stopped may have written it
    files = _put_sheets(store, prefix, contents.named_sheets(edition_id))
    for path, pictures in contents.drawn.items():
        files[path]["pictures"] = [*pictures]
    for path, data in contents.files():
        _put(store, prefix + path, data)
        files[path] = {"sha256": sha256_hex(data), "bytes": len(data)} | contents.data.files.get(path, {})
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "edition": edition_id,
        "week": week,
        "revision": revision,
        "replaces": replaces,
        "before": tip(known(store)),  # of the chain; run time: in no hash
        "code_version": code_version,
        "texts_sha256": texts_sha256(),
        "analysis_plan_sha256": shipped().sha256,
        "store_read": store_read,  # run time: in no hash
        "site": contents.site.stated(),  # as pages have it
        "created_at": utc_now().isoformat(timespec="seconds") + "Z",  # run time: in no hash
        **contents.sources,
        "tables": contents.data.tables,
        "pages": [entry.model_dump() for entry in contents.past],
        "files": files,
    }
    described = croissant(manifest, contents.meaning)
    _put(store, prefix + NAME, described)
    files[NAME] = {"sha256": sha256_hex(described), "bytes": len(described)}
    key = f"{prefix}manifest.json"
    _put(store, key, sealed(key, manifest))
    return manifest


def _put(store: Store, key: str, data: bytes) -> None:
    _check_written(key, written=store.put_if_absent(key, data))


def _check_written(key: str, *, written: bool) -> None:
    if not written:
        raise StoreError(f"{key} is there already; another run published this revision, run publish again")


def _put_sheets(store: Store, prefix: str, sheets: Iterable[tuple[str, bytes]]) -> dict[str, dict[str, Any]]:
    """Put the pages, several at once, and return what the manifest says of them."""
    stated: dict[str, dict[str, Any]] = {}
    for key, data, written in store.put_all((prefix + path, data) for path, data in sheets):
        _check_written(key, written=written)
        stated[key.removeprefix(prefix)] = {"sha256": sha256_hex(data), "bytes": len(data)}
    return stated


def _advance(store: Store, manifest: Mapping[str, Any]) -> bool:
    """Move `latest.json` to an edition if it is higher than the one it names; return whether it moved."""
    data = canonical_json({name: manifest[name] for name in POINTER})
    for _ in range(_TRIES):
        before = read_if_there(store, keys.LATEST_EDITION)
        if before is not None:
            named = read_json(keys.LATEST_EDITION, before)
            if (named["week"], named["revision"]) >= (manifest["week"], manifest["revision"]):
                return False
        if store.swap_latest(keys.LATEST_EDITION, data, expected=before):
            return True
    raise StoreError(f"{keys.LATEST_EDITION} kept changing while it was to be moved; run publish again")
