"""What is in an edition: tables by the week, data files, its pages, and what it rests on.

Pages are built from the DuckDB file of the published tables and from nothing else, so every figure on them can be
recomputed by whoever takes those tables. They wait on disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from assets.leaderboard.croissant import DataMeaning, meaning
from assets.leaderboard.documents import documents
from assets.leaderboard.page.sheets import SitePlace, named
from assets.leaderboard.page.static import static_files
from assets.leaderboard.past.index import PastEntry, folders_of
from assets.leaderboard.past.keeping import past_pages
from assets.leaderboard.past.making import Grounds
from assets.leaderboard.published import fetcher, identity
from assets.leaderboard.replies import reply_file
from assets.leaderboard.sheets import sheets
from assets.leaderboard.site import FileHash
from assets.leaderboard.views.kind import PastFolders, Thumbnails
from assets.leaderboard.views.query import rows
from assets.suites.analysis import shipped
from warehouse import keys
from warehouse.database.before import EditionBefore
from warehouse.database.building import build_database, start_here
from warehouse.database.connection import limit_memory
from warehouse.database.export import export_tables, export_views, hashes_of
from warehouse.database.published import open_published
from warehouse.database.shared_file import file_to_change
from warehouse.database.table_files import TableFiles
from warehouse.loading import anchor_objects, gold_objects, study_objects
from warehouse.loading.freshness import names_of_loaded
from warehouse.loading.objects import Names, Partition
from warehouse.store.base import Store
from warehouse.store.pieces import read_if_there
from warehouse.taken_back import all_week_retractions, removals


@dataclass(frozen=True)
class Contents:
    """An edition before it has a name."""

    sources: Mapping[str, Any]  # for the manifest
    data: TableFiles
    documents: Mapping[str, bytes]  # path in the edition → page
    meaning: DataMeaning  # for `croissant.json`, which names the edition
    sheets: Mapping[str, Path]  # path in the edition → page, without the edition's name
    drawn: Mapping[str, tuple[str, ...]]  # path in the edition → pictures that it is drawn with
    site: SitePlace
    past: list[PastEntry]  # pages of past weeks, which are in the store
    database: Path  # DuckDB file of its tables
    database_hash: FileHash

    def parts(self) -> Iterator[tuple[str, bytes]]:
        """Yield (key, bytes) of the rows of tables and weeks that no edition published before."""
        for key in self.data.new:
            yield key, (self.data.folder / key).read_bytes()

    def named_sheets(self, edition: str) -> Iterator[tuple[str, bytes]]:
        """Yield (path in the edition, bytes) of the pages."""
        for path, file in self.sheets.items():
            yield path, named(file.read_bytes(), edition, self.site)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield (path in the edition, bytes): data, documents, and what all pages share."""
        for path in sorted(self.data.files):
            yield path, (self.data.folder / path).read_bytes()
        yield from self.documents.items()
        yield from static_files().items()


def assemble(
    con: duckdb.DuckDBPyConnection,
    store: Store,
    folder: Path,
    *,
    week: str,
    before: Mapping[str, Any] | None,
    texts: str,
    database: Path,
    site: SitePlace,
) -> Contents:
    """Return the contents of the edition of `week`; its data files lie in `folder` until it is removed.

    Pages of past weeks that no edition has are put into the store: their addresses are by their content.

    What is the same in the edition that this one continues (its manifest is `before`) is not written again, and figures
    are those of that edition where they are the same but for the last digits. `texts` is the hash of the statements
    that views are made by. The file at `database` is made or brought up to date; if it is shared, another beside it is.
    """
    edition_before = EditionBefore(store, before, folder / "before")
    data = export_tables(con, folder, week=week, before=edition_before)
    listed = {**(before or {"edition": ""}), "tables": data.tables, "files": data.files}
    file = file_to_change(database, data.tables, data.files)
    build_database(file, data.tables, data.files, fetcher(store, listed, folder))
    with closing(open_published(file)) as copy:
        limit_memory(copy)
        same_texts = before is not None and before["texts_sha256"] == texts
        hashes = hashes_of(copy, data)
        export_views(copy, data, hashes, week=week, before=edition_before, same_texts=same_texts)
    start_here(file, data.tables, data.files)
    with closing(open_published(file)) as copy:
        limit_memory(copy)
        reference = documents(copy, shipped().data)
        reference |= {reply_file(model): data for model, data in site.replies.items()}
        described = meaning(copy, date.fromisoformat(week))
        sources = _sources(copy, store, week, hashes, names_of_loaded(con, store))
        hashed = FileHash(file)  # while the many pages are made, by one thread, and all is written
        past = past_pages(Grounds(copy, data.tables, hashes, site.public_store), store, before, texts, folder)
        drawn: dict[str, tuple[str, ...]] = {}
        kept = keep_sheets(copy, store, folder, date.fromisoformat(week), site, folders_of(past), drawn)
    return Contents(
        sources=sources,
        data=data,
        documents=reference,
        meaning=described,
        sheets=kept,
        drawn=drawn,
        site=site,
        past=past,
        database=file,
        database_hash=hashed,
    )


def keep_sheets(
    copy: duckdb.DuckDBPyConnection,
    store: Store,
    folder: Path,
    week: date,
    site: SitePlace,
    past: PastFolders,
    drawn: dict[str, tuple[str, ...]],
) -> dict[str, Path]:
    """Write the pages into a folder; return path in the edition → file, and tell `drawn` as `sheets` does."""
    kept: dict[str, Path] = {}
    for number, (path, content) in enumerate(sheets(copy, week, site, _thumbnails(store), past, drawn)):
        kept[path] = folder / f"sheet-{number}"
        kept[path].write_bytes(content)
    return kept


def _thumbnails(store: Store) -> Thumbnails:
    """Return a reader of thumbnails, which keeps those of the last pictures: cards in two languages have the same."""

    @lru_cache(maxsize=64)
    def read(sha256: str) -> bytes | None:
        return read_if_there(store, keys.thumbnail(sha256))

    return read


def _sources(
    copy: duckdb.DuckDBPyConnection,
    store: Store,
    week: str,
    hashes: Mapping[str, str],
    names: Mapping[Partition, Names],
) -> dict[str, Any]:
    stated = sources_of(copy, week)
    return {
        "content_sha256": identity(hashes),
        "table_hashes": dict(hashes),
        **stated,
        "partitions": [
            {
                **row,
                "manifest": read.manifest,
                "label_parts": [*read.label_parts],
                "label_attempt_parts": [*read.label_attempt_parts],
                "retractions": [*read.retractions],
            }
            for row in stated["partitions"]
            for read in (names[row["week"], row["model"]],)
        ],
        "anchors": _anchors(store, week),
        "gold": _gold(copy, store),
        "retractions": [
            *(one._asdict() for one in study_objects.all_retractions(store)),
            *(one._asdict() for one in all_week_retractions(store, week)),
        ],
        "removals": [one._asdict() for one in removals(store)],
    }


def sources_of(copy: duckdb.DuckDBPyConnection, week: str) -> dict[str, list[dict[str, Any]]]:
    """Return what a manifest says of the tables of its edition: suites, labelers, partitions and studies."""
    at = {"week": week}
    return {
        "suites": [
            {"suite": row["suite"], "version": row["suite_version"], "sha256": row["suite_hash"]}
            for row in rows(copy, "suites", at)
        ],
        "labelers": [
            row | {name: row[name].isoformat() for name in ("first_week", "last_week")}
            for row in rows(copy, "labelers", at)
        ],
        "partitions": rows(copy, "partitions", at),
        "studies": rows(copy, "study_versions"),
    }


def _gold(copy: duckdb.DuckDBPyConnection, store: Store) -> list[dict[str, Any]]:
    """Return the objects of each gold set that the copy holds: its sample, and what raters said."""
    sets = copy.execute("SELECT DISTINCT gold_set FROM gold_samples ORDER BY gold_set").fetchall()
    return [
        {
            "gold_set": name,
            "sample": keys.gold_sample(name),
            "labels": gold_objects.label_keys(store, name),
        }
        for (name,) in sets
    ]


def _anchors(store: Store, week: str) -> list[dict[str, Any]]:
    """Return the objects of each anchor set: its pictures, and labels and acceptances of the weeks through `week`."""
    listing = anchor_objects.listing(store)
    return [
        {
            "anchor_set": name,
            "pictures": anchor_objects.list_key(name),
            "labels": [one.key for one in listing.labels if one.anchor_set == name and one.week <= week],
            "accepted": [one.key for one in listing.accepted if one.anchor_set == name and one.week <= week],
        }
        for name in listing.sets
    ]
