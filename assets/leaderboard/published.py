"""Published editions as they are read: the one that readers see, and manifests."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.errors import CorruptObjectError
from warehouse.loading.load import COMPUTED_TABLES, partitions
from warehouse.loading.parquet import table_of
from warehouse.loading.seals import FIELD
from warehouse.store.base import Store

_ID = re.compile(r"\d{4}-\d{2}-\d{2}\.\d+")
FORMAT = 2  # of manifests
POINTER = ("edition", "week", "revision", "replaces")  # what latest.json holds


@dataclass(frozen=True)
class Edition:
    """A published edition. `published` is False where `publish` found it public already and wrote nothing."""

    id: str
    week: str
    revision: int
    published: bool
    prefix: str  # key prefix of its files
    replaces: str | None


def latest(store: Store) -> Edition | None:
    """Return the edition that readers see, or None before the first publish."""
    try:
        named = read_json(keys.LATEST_EDITION, store.get(keys.LATEST_EDITION))
    except KeyError:
        return None
    return edition_of(named, published=True)


def read_manifest(store: Store, edition_id: str) -> dict[str, Any]:
    """Return the manifest of an edition.

    Raises:
        KeyError: if there is no such edition.
        CorruptObjectError: if it does not read, or is of another format.
    """
    if not _ID.fullmatch(edition_id):
        raise KeyError(edition_id)
    key = f"{keys.edition_prefix(edition_id)}manifest.json"
    manifest = read_json(key, store.get(key))
    if manifest.get("format") != FORMAT:
        stated = str(manifest.get("format"))[:20]
        raise CorruptObjectError(f"{key} is of format {stated}; this version of cliche reads {FORMAT}")
    return manifest


def identity(table_hashes: Mapping[str, str]) -> str:
    """Return the hash of what an edition rests on: the tables that are loaded, counted or declared.

    No figure is part of it: those follow, and processors differ in their last digits.
    """
    loaded = {table: hashed for table, hashed in table_hashes.items() if table not in COMPUTED_TABLES}
    return sha256_hex(canonical_json(loaded))


def table_rows(store: Store, edition_id: str, table: str, weeks: Collection[str]) -> list[dict[str, Any]]:
    """Return the rows of a table of an edition in some weeks; none where the table is not in it."""
    try:
        listed = read_manifest(store, edition_id)["tables"].get(table, {})
        parts = [part["key"] for part in listed.get("parts", ()) if part["week"] in weeks]
        return [row for key in parts for row in table_of(store.get(key)).to_pylist()]
    except KeyError as error:
        raise CorruptObjectError(
            f"{error.args[0]} is not in the store, but edition {edition_id} names it"
        ) from None


def without_plan(
    store: Store, edition: Edition | None, more: Iterable[tuple[str, str]] = ()
) -> dict[str, list[str]]:
    """Return week → models whose rows an edition holds and whose plan the store has no more.

    `more` are other (week, model) of which the same is asked.
    """
    listed = read_manifest(store, edition.id)["partitions"] if edition else ()
    held = {*more, *((one["week"], one["model"]) for one in listed)}
    lost: dict[str, list[str]] = {}
    for week, model in sorted(held - {*partitions(store)}):
        lost.setdefault(week, []).append(model)
    return lost


def edition_ids(store: Store) -> list[str]:
    """Return the ids of all editions that have a manifest, by week and revision."""
    editions = []
    for folder in store.folders("editions/"):
        week, _, revision = folder.removeprefix("editions/").rstrip("/").partition(".")
        if revision.isdigit() and store.head(f"{folder}manifest.json"):
            editions.append((week, int(revision)))
    return [f"{week}.{revision}" for week, revision in sorted(editions)]


def fetcher(
    store: Store, manifest: Mapping[str, Any], folder: Path, *, as_stored: bool = False
) -> Callable[[str], Path]:
    """Return a function from a name of a manifest (`tables/…`, or a path in the edition) to a copy of that object.

    Copies lie in `folder` under their names, or, `as_stored`, under their keys; one that is there already and whole is
    not read from the store again. The function raises `CorruptObjectError` if an object is missing, or is not what the
    manifest says.
    """
    prefix = keys.edition_prefix(manifest["edition"])
    parts = {part["key"]: part for table in manifest["tables"].values() for part in table["parts"]}
    stated = {name: of["sha256"] for name, of in (parts | manifest["files"]).items()}

    def fetch(name: str) -> Path:
        key = name if name in parts else prefix + name
        path = folder / (key if as_stored else name)
        if path.is_file() and sha256_hex(path.read_bytes()) == stated[name]:
            return path
        try:
            data = store.get(key)
        except KeyError:
            raise CorruptObjectError(f"{key} is not in the store, but its manifest names it") from None
        if sha256_hex(data) != stated[name]:
            raise CorruptObjectError(
                f"{key} is damaged: its bytes have another hash than in the manifest of {manifest['edition']}"
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        beside.write_bytes(data)
        beside.replace(path)
        return path

    return fetch


def read_json(key: str, data: bytes) -> dict[str, Any]:
    """Return what `latest.json` or a manifest holds."""
    try:
        value = json.loads(data)
    except ValueError as error:
        raise CorruptObjectError(f"{key} does not read as JSON; the edition cannot be followed") from error
    if not isinstance(value, dict) or not set(POINTER) <= value.keys():
        raise CorruptObjectError(f"{key} does not hold {', '.join(POINTER)}; the edition cannot be followed")
    value.pop(FIELD, None)  # `cliche verify --store` compares it
    return value


def edition_of(manifest: Mapping[str, Any], *, published: bool) -> Edition:
    """Return the edition that `latest.json` or a manifest names."""
    return Edition(
        id=manifest["edition"],
        week=manifest["week"],
        revision=manifest["revision"],
        published=published,
        prefix=keys.edition_prefix(manifest["edition"]),
        replaces=manifest["replaces"],
    )
