"""The commands `cliche edition …`: the list of editions, a copy that works alone, the DuckDB file of any of them."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from rich.filesize import decimal

from assets.generation.workplace import Workplace
from assets.leaderboard.published import edition_ids, fetcher, latest, read_manifest
from orchestration.commands.editions import MANIFEST, bar, manifest_of, write_whole
from orchestration.console import OUT, say, table
from orchestration.resources import bare_workplace
from orchestration.settings import load_settings
from orchestration.verifying.report import Step
from warehouse import keys
from warehouse.canonical import file_hash, sha256_hex
from warehouse.database.building import build_database, start_here
from warehouse.database.marts import order as views
from warehouse.database.published import rows_of
from warehouse.errors import CorruptObjectError, UsageError
from warehouse.loading.parquet import table_of
from warehouse.loading.seals import sealed
from warehouse.loading.webp_seals import encoder_of
from warehouse.store.pieces import read_if_there
from warehouse.taken_back import gone, pictures_in, removed

_AT_ONCE = 16  # objects that are fetched; S3 answers one in 20 to 50 ms
_DATABASE = (keys.SITE_DATABASE, keys.SITE_DATABASE_NOTE)
#: Name of a file while it is written, by which process.
_UNFINISHED = re.compile(r"\.(.+)\.\d+")


def list_editions() -> int:
    """Show every edition: week, revision, when it was made, what it replaced, its bytes and rows."""
    place = bare_workplace(load_settings())
    newest = latest(place.store)
    names = ("", "edition", "week", "revision", "created", "replaces", "bytes", "rows")
    listed = table(*names, right=("revision", "bytes", "rows"))
    for edition in edition_ids(place.store):
        manifest = read_manifest(place.store, edition)
        rows = rows_of(manifest["tables"], manifest["files"])  # empty where the manifest does not state them
        total = sum(number for name, number in rows.items() if name not in views())
        listed.add_row(
            "*" if newest and newest.id == edition else "",
            edition,
            *(str(manifest[name] or "") for name in ("week", "revision", "created_at", "replaces")),
            decimal(sum(stated["bytes"] for stated in _objects(manifest).values())),
            f"{total:,}" if rows else "",
        )
    if not listed.row_count:
        raise UsageError("nothing is published yet; run cliche publish (or make demo)")
    OUT.print(listed)
    if newest:
        say(
            "* is what readers see. Bytes: with the rows of all weeks, which editions share. Rows: of all tables."
        )
    return 0


def fetch(
    edition: str, folder: Path, pictures: Literal["all", "none"] | None = None, *, database: bool = False
) -> int:
    """Copy an edition into a folder that is laid out as the store is, so that links between pages hold.

    Files and rows are compared with the manifest, thumbnails with their seals; the manifest is written last. Thumbnails
    of share cards and of the newest week's pictures are copied unless `pictures` says otherwise. With `database` the
    one DuckDB file is built of the rows in the folder.
    """
    from assets.leaderboard.croissant import NAME
    from assets.leaderboard.site_pages import site_keys
    from orchestration.verifying import manifest as manifests
    from orchestration.verifying import thumbnails

    place = bare_workplace(load_settings())
    manifest = manifest_of(place, edition)
    prefix, is_gone = keys.edition_prefix(edition), gone(place.store)
    objects = {name: of for name, of in _objects(manifest).items() if not is_gone(prefix + name)}
    drawn = {picture for of in manifest["files"].values() for picture in pictures_in(of)}
    records = {keys.removal(picture) for picture in drawn & removed(place.store)}
    past = manifests.sheets(manifest, place.store.get)
    own = {name if name.startswith(keys.TABLES) else prefix + name for name in _objects(manifest)}
    own |= {*past, prefix + MANIFEST, *site_keys(manifest), *_DATABASE, NAME, *records}
    _assert_own(folder, edition, own)
    copied = fetcher(place.store, manifest, folder, as_stored=True)
    lost = 0
    with bar("fetching") as step:
        read: list[tuple[str, bytes]] = []
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="fetch") as threads:
            for done, (name, path) in enumerate(zip(objects, threads.map(copied, objects), strict=True)):
                step("", done, len(objects))
                if path.suffix == ".html":
                    read.append((name, path.read_bytes()))
            sheets = threads.map(lambda key: _copied(place, key, folder, past[key][0]), past)
            for done, (key, sheet) in enumerate(zip(past, sheets, strict=True)):
                step("sheets", done, len(past))
                if sheet is None:
                    raise CorruptObjectError(
                        f"{key} is missing from the store, or damaged there, but its manifest names it"
                    )
                read.append((key, sheet))
            shown = thumbnails.shown(read, manifest["files"])
            wanted: Collection[str] = shown if pictures == "all" else ()
            if pictures is None:
                wanted = thumbnails.first(shown, _newest_pictures(manifest, copied))
            wanted = [key for key in sorted(wanted) if not is_gone(key)]
            there = threads.map(lambda key: _copied(place, key, folder), wanted)
            for done, thumbnail in enumerate(there):
                step("thumbnails", done, len(wanted))
                lost += thumbnail is None
        step("", len(objects), len(objects))
        if database:
            _database(manifest, folder, copied, step)
    _write_around(place, manifest, folder, records)
    write_whole(folder / prefix / MANIFEST, place.store.get(prefix + MANIFEST))
    sizes = [*(stated["bytes"] for stated in objects.values()), *(size for _, size in past.values())]
    copies = f" and {len(wanted) - lost:,} thumbnails" if wanted else ""
    missing = f" {lost:,} thumbnails are missing or damaged in the store." if lost else ""
    say(
        f"Edition {edition}: {len(sizes):,} files, {decimal(sum(sizes))}{copies}, in {folder}.{missing} "
        f"Compare it: cliche verify {folder}"
    )
    if left := len(shown) - len(wanted):
        say(f"{left:,} more thumbnails that pages show are not among them; fetch again with --pictures all.")
    if not (folder / keys.SITE_DATABASE).is_file():
        say(
            f"{keys.SITE_DATABASE}, to which a page links, is not among them; fetch again with --database to build it."
        )
    return 0


def _newest_pictures(manifest: Mapping[str, Any], copied: Callable[[str], Path]) -> set[str]:
    """Return the SHA-256 of the pictures of an edition's week, from the rows in the folder."""
    parts = manifest["tables"].get("images", {}).get("parts", ())
    newest = (copied(part["key"]) for part in parts if part["week"] == manifest["week"])
    return {row["image_sha256"] for path in newest for row in table_of(path.read_bytes()).to_pylist()}


def _write_around(place: Workplace, manifest: Mapping[str, Any], folder: Path, records: set[str]) -> None:
    """Write what lies around the edition: the pages that lead to it, the log, and records of removals."""
    from assets.leaderboard.croissant import NAME, in_folder
    from assets.leaderboard.page.sheets import site_of
    from assets.leaderboard.site_pages import beside_of, pages_of

    edition = manifest["edition"]
    inside = folder / keys.edition_prefix(edition)
    files = pages_of({edition: manifest}, edition, site_of(manifest))
    files |= beside_of(manifest, lambda path: (inside / path).read_bytes())
    files[NAME] = in_folder((inside / NAME).read_bytes(), edition)
    files |= {key: place.store.get(key) for key in sorted(records)}
    if (log := read_if_there(place.store, keys.SITE_LOG)) is not None:
        files[keys.SITE_LOG] = log
    for key, data in files.items():
        write_whole(folder / key, data)


def _database(manifest: Mapping[str, Any], folder: Path, copied: Callable[[str], Path], step: Step) -> None:
    """Build the DuckDB file of the rows in a folder, and the note beside it."""
    path = folder / keys.SITE_DATABASE
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="cliche-fetch-") as scratch:
        database = Path(scratch) / "cliche.duckdb"
        build_database(database, manifest["tables"], manifest["files"], copied, progress=step)
        start_here(database, manifest["tables"], manifest["files"])
        sha256, size = file_hash(database)
        note = {"edition": manifest["edition"], "sha256": sha256, "bytes": size}
        shutil.move(database, path)
    write_whole(folder / keys.SITE_DATABASE_NOTE, sealed(keys.SITE_DATABASE_NOTE, note))


def _copied(place: Workplace, key: str, folder: Path, sha256: str | None = None) -> bytes | None:
    """Copy an object of a hash, or a thumbnail, unless it is there; return its bytes, None if they are not whole."""
    path = folder / key
    for data in (path.read_bytes() if path.is_file() else b"", read_if_there(place.store, key) or b""):
        with suppress(CorruptObjectError):
            if sha256 is None:
                encoder_of(key, data)
            elif sha256_hex(data) != sha256:
                continue
            write_whole(path, data)
            return data
    return None


def _objects(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return name in a fetched folder → what the manifest states, of all files and all rows by the week."""
    parts = [part for table in manifest["tables"].values() for part in table["parts"]]
    return {**manifest["files"], **{part["key"]: part for part in parts}}


def _assert_own(folder: Path, edition: str, names: set[str]) -> None:
    """Raise `UsageError` if the folder holds anything that is not of the edition."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is no folder; name another")
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or name in names or keys.THUMBNAIL.fullmatch(name):
            continue
        stopped = _UNFINISHED.fullmatch(path.name)
        if not stopped or path.with_name(stopped[1]).relative_to(folder).as_posix() not in names:
            raise UsageError(
                f"{folder} holds {name}, which is not of edition {edition}; name an empty folder"
            )
        path.unlink()
