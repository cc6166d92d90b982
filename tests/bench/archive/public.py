"""Past weeks that are public already: copies of the rows of one that was published, and an edition that lists them.

A publish that finds them as the edition before has them reads nothing of them, so their hashes only have to be the same
in the warehouse and in the manifest: they are made of their names.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from assets.generation.workplace import Workplace
from assets.leaderboard.past.index import entries_of
from assets.leaderboard.past.making import Grounds
from assets.leaderboard.published import POINTER, fetcher, latest, read_manifest
from assets.leaderboard.site import show_database
from assets.leaderboard.views.message import Quarter
from tests.bench.archive.moving import moved
from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.database.archive import WeekPart, catalog, parts_of
from warehouse.database.building import build_database
from warehouse.database.connection import connect
from warehouse.database.published import DATABASE, open_published
from warehouse.database.shared_file import file_to_change, take_turns
from warehouse.loading.load import transaction
from warehouse.loading.seals import sealed
from warehouse.weeks import span


def make_public(place: Workplace, copied: str, weeks: Sequence[str]) -> None:
    """Write the parts of weeks that follow the newest edition's, copies of one, an edition of the last and its file."""
    newest = latest(place.store)
    if newest is None:
        raise ValueError("nothing is published whose rows could be copied")
    manifest = read_manifest(place.store, newest.id)
    tables = {name: {**entry, "parts": [*entry["parts"]]} for name, entry in manifest["tables"].items()}
    with connect(None) as con:
        for entry in tables.values():
            source = parts_of(entry).get(copied)
            for week in weeks if source else ():
                part = _copied(con, Path(place.store.url), source, entry["columns"], week)
                entry["parts"].append(vars(part))
                entry["rows"] += part.rows
    _keep_hashes(place, tables, weeks)
    edition = {"edition": f"{weeks[-1]}.1", "week": weeks[-1], "revision": 1, "replaces": newest.id}
    _link_files(place, newest.prefix, keys.edition_prefix(edition["edition"]), manifest)
    manifest |= {**edition, "tables": tables}
    made = _file(place, manifest)
    manifest["pages"] = _past_pages(place, manifest, made, copied)
    key = f"{keys.edition_prefix(edition['edition'])}manifest.json"
    place.store.put_if_absent(key, sealed(key, manifest))
    expected = place.store.get(keys.LATEST_EDITION)
    pointer = canonical_json({name: edition[name] for name in POINTER})
    if not place.store.swap_latest(keys.LATEST_EDITION, pointer, expected=expected):
        raise ValueError("somebody else publishes here")
    with tempfile.TemporaryDirectory() as folder:
        show_database(place.store, manifest, made, Path(folder))
    take_turns(_published(place), made)


def _link_files(place: Workplace, source: str, target: str, manifest: dict[str, Any]) -> None:
    """Give the whole tables of an edition to another."""
    for name in manifest["files"]:
        if name.startswith("data/"):
            path = Path(place.store.url) / target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.hardlink_to(Path(place.store.url) / source / name)


def _published(place: Workplace) -> Path:
    return place.warehouse.parent / "published" / DATABASE


def _file(place: Workplace, manifest: dict[str, Any]) -> Path:
    """Return the DuckDB file that is kept, with the tables of an edition, as publishing it makes it."""
    tables, files = manifest["tables"], manifest["files"]
    made = file_to_change(_published(place), tables, files)
    with tempfile.TemporaryDirectory() as folder:
        build_database(made, tables, files, fetcher(place.store, manifest, Path(folder)))
    return made


def _past_pages(place: Workplace, manifest: dict[str, Any], made: Path, copied: str) -> list[dict[str, Any]]:
    """Return entries of all quarters; those that lack one have the sheets of a copied week's quarter."""
    entries = {one.period: one for one in entries_of(manifest)}
    with open_published(made) as con:
        grounds = Grounds(con, manifest["tables"], manifest["table_hashes"], place.site.get("public_store"))
        source = entries[Quarter.of(date.fromisoformat(copied)).name]
        for period in grounds.periods():
            rests_on = grounds.rests_on(period)
            entry = entries.get(period, source)
            entries[period] = entry.model_copy(update={"period": period, "rests_on": rests_on})
    return [entries[period].model_dump() for period in sorted(entries)]


def _copied(
    con: duckdb.DuckDBPyConnection, store: Path, source: WeekPart, columns: Sequence[Sequence[str]], week: str
) -> WeekPart:
    """Write the rows of a part under another week; return the part that they are."""
    later = len(span(str(source.week), week)) - 1
    unnamed = store / "tables" / "unnamed.parquet"
    con.execute(
        f"COPY (SELECT * REPLACE ({moved([name for name, _ in columns], str(later))}) "
        f"FROM read_parquet('{store / source.key}', hive_partitioning = false)) "
        f"TO '{unnamed}' (FORMAT parquet, COMPRESSION zstd)"
    )
    data = unnamed.read_bytes()
    sha256, table = sha256_hex(data), source.key.split("/")[1]
    key = keys.table_part(table, week, sha256)
    (store / key).parent.mkdir(parents=True, exist_ok=True)
    unnamed.replace(store / key)
    hashed = sha256_hex(f"{table}/{week}".encode())
    return replace(
        source,
        week=week,
        key=key,
        sha256=sha256,
        bytes=len(data),
        content_sha256=hashed,
        table_hash=source.table_hash and hashed,
    )


def _keep_hashes(place: Workplace, tables: dict[str, Any], weeks: Sequence[str]) -> None:
    with connect(place.warehouse) as con, transaction(con):
        for table in catalog(con).by_week():
            parts = parts_of(tables[table])
            kept = [
                [table, week, parts[week].rows, parts[week].table_hash, parts[week].content_sha256]
                for week in weeks
                if week in parts
            ]
            if kept:
                con.executemany("INSERT INTO week_hashes VALUES (?, ?, ?, ?, ?)", kept)
