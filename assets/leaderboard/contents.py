"""What is in an edition: data files, the page, the pictures that it shows, and what all of it rests on.

The page is built from the exported copy and from nothing else, so every figure on it can be recomputed by whoever
takes that copy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from assets.generation.providers.registry import load_factory
from assets.labeling.registry import CONVENTIONS
from assets.leaderboard.build import build_page
from assets.leaderboard.documents import documents
from assets.leaderboard.page.page import render
from assets.leaderboard.views.query import rows
from assets.leaderboard.views.view import Page
from assets.suites.analysis import shipped
from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.database.connection import connect
from warehouse.database.export import export_tables
from warehouse.database.table_hash import table_hashes
from warehouse.loading import anchor_objects, gold_objects
from warehouse.loading.load import COMPUTED_TABLES
from warehouse.loading.objects import current_manifest, label_attempt_parts, label_parts, read_image
from warehouse.store.base import Store


@dataclass(frozen=True)
class Contents:
    """An edition before it has a name. `sha256` is equal for equal content, whoever publishes it and when."""

    sha256: str
    sources: Mapping[str, Any]  # for the manifest
    data: tuple[tuple[str, Path], ...]  # (path in the edition, file), sorted
    documents: Mapping[str, bytes]  # path in the edition → page; in no content hash, like column comments
    page: Page
    store: Store

    def files(
        self, edition: str, code_version: str, replaces: str | None, store_read: str | None
    ) -> Iterator[tuple[str, bytes]]:
        """Yield (path in the edition, bytes): data, documents, pictures, then the page, `index.html` last.

        Raises:
            CorruptObjectError: if a picture is missing or is not what its name says.
        """
        for path, file in self.data:
            yield path, file.read_bytes()
        yield from self.documents.items()
        for sha256, ext in sorted({(p.sha256, p.ext) for p in self.page.pictures()}):
            yield f"pictures/{sha256}.{ext}", read_image(self.store, sha256, ext)
        page = _named(self.page, edition, code_version, replaces, store_read)
        yield from sorted(render(page).items(), key=lambda item: (item[0] == "index.html", item[0]))


def assemble(
    con: duckdb.DuckDBPyConnection,
    store: Store,
    folder: Path,
    *,
    week: str,
    conventions: Mapping[str, str],
    before: Mapping[str, Any] | None = None,
) -> Contents:
    """Return the contents of the edition of `week`; its data files lie in `folder` until it is removed.

    Figures are those of the edition with the manifest `before` where they are the same but for the last digits.
    """
    published = _computed(store, before, folder / "before") if before else None
    exported = sorted(export_tables(con, folder / "data", week=week, before=published))
    data = tuple((file.relative_to(folder).as_posix(), file) for file in exported)
    copy = connect(next(file for file in exported if file.name == "cliche.duckdb"), read_only=True)
    try:
        hashes = table_hashes(copy)
        reference = documents(copy, shipped().data)
        page = build_page(
            copy,
            week=week,
            edition="",
            code_version="",
            conventions=conventions,
            files=[*(path for path, _ in data), *reference, "manifest.json"],
        )
        sources = _sources(copy, store, page, week, hashes)
    finally:
        copy.close()
    rendered = {path: sha256_hex(content) for path, content in render(page).items()}
    return Contents(
        sha256=sha256_hex(canonical_json({"tables": hashes, "page": rendered})),
        sources=sources,
        data=data,
        documents=reference,
        page=page,
        store=store,
    )


def _computed(store: Store, manifest: Mapping[str, Any], folder: Path) -> Path:
    """Return `folder` with the Parquet files of an edition's computed tables; those that are damaged are left out."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (f"{table}.parquet" for table in COMPUTED_TABLES):
        if (stated := manifest["files"].get(f"data/{name}")) is None:
            continue
        try:
            data = store.get(f"{keys.edition_prefix(manifest['edition'])}data/{name}")
        except KeyError:
            continue
        if sha256_hex(data) == stated["sha256"]:
            (folder / name).write_bytes(data)
    return folder


def shipped_conventions() -> dict[str, str]:
    """Return how the readings of the shipped labelers of drawings are to be understood, by labeler name."""
    return {name: load_factory(address) for name, address in CONVENTIONS.items()}


def _named(page: Page, edition: str, code_version: str, replaces: str | None, store_read: str | None) -> Page:
    """Return the page with what its content hash leaves out; all of it is in the manifest, too."""
    return replace(page, edition=edition, code_version=code_version, replaces=replaces, store_read=store_read)


def _sources(
    copy: duckdb.DuckDBPyConnection, store: Store, page: Page, week: str, hashes: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "table_hashes": dict(hashes),
        "suites": [{"suite": s.name, "version": s.version, "sha256": s.sha256} for s in page.suites],
        "labelers": [
            {**row, "first_week": row["first_week"].isoformat(), "last_week": row["last_week"].isoformat()}
            for row in rows(copy, "labelers", {"week": week})
        ],
        "partitions": [
            {
                **row,
                "manifest": current_manifest(store, row["week"], row["model"]),
                "label_parts": label_parts(store, row["week"], row["model"]),
                "label_attempt_parts": label_attempt_parts(store, row["week"], row["model"]),
            }
            for row in rows(copy, "partitions", {"week": week})
        ],
        "anchors": _anchors(store, week),
        "gold": _gold(copy, store),
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
    found = anchor_objects.listing(store)
    return [
        {
            "anchor_set": name,
            "pictures": anchor_objects.list_key(name),
            "labels": [one.key for one in found.labels if one.anchor_set == name and one.week <= week],
            "accepted": [one.key for one in found.accepted if one.anchor_set == name and one.week <= week],
        }
        for name in found.sets
    ]
