"""Editions in the store: files by their manifest, nothing beside them, and what manifests name of other objects."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from warehouse import keys
from warehouse.canonical import canonical_json
from warehouse.errors import CorruptObjectError, StoreError
from warehouse.integrity.findings import NOT_GONE, Inspection, Named, Need
from warehouse.integrity.kinds import Key, parse
from warehouse.loading.objects import read_json
from warehouse.store.base import Store
from warehouse.taken_back import pictures_in, removed

_POINTER = ("edition", "week", "revision", "replaces")


def named_by_all(store: Store) -> dict[str, Named]:
    """Return what the editions' manifests name, by key; one that does not read is reported with its edition."""
    found: dict[str, Named] = {}
    for key in manifests(store):
        try:
            manifest = read_json(store, key)
            edition = str(manifest["edition"])
            found |= {name: Named(edition, sha256) for name, sha256 in _named(manifest)}
        except (KeyError, ValueError, TypeError, AttributeError, StoreError, CorruptObjectError):
            continue
    return found


def manifests(store: Store) -> list[str]:
    """Return where the manifests of editions are; of an edition that is being published there is none yet."""
    return [f"{folder}manifest.json" for folder in store.folders("editions/")]


def _manifest(edition: object) -> str:
    return f"{keys.edition_prefix(str(edition))}manifest.json"


def _named(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Yield the keys of the objects that an edition rests on, and of plans their hash."""
    yield from ((key, None) for key in _keys_in({**manifest, "files": None}))
    for part in manifest.get("partitions", ()):
        yield keys.plan(part["week"], part["model"]), part["plan_sha256"]
    for one in manifest.get("removals", ()):
        yield keys.removal(one["image_sha256"]), None
    for study in manifest.get("studies", ()):
        yield f"{keys.study_prefix(study['study'])}definition-{study['definition_sha256'][:16]}.json", None
    for edition in (manifest.get("replaces"), (manifest.get("before") or {}).get("edition")):
        if edition:
            yield _manifest(edition), None


def _keys_in(value: object) -> Iterator[str]:
    """Yield the texts in JSON that are keys of objects."""
    if isinstance(value, str):
        if "/" in value and parse(value):
            yield value
        return
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _keys_in(inner)


def check(look: Inspection, edition: str, found: Sequence[Key]) -> None:
    """Check the files of one edition against its manifest."""
    of, key = f"edition {edition}", _manifest(edition)
    manifest = {one.key: one.said for one in look.read(found, of)}.get(key)
    if key in look.named:
        look.need(key, f"edition {look.named[key].edition} names it", of)
    if manifest is None:
        return
    prefix, gone = keys.edition_prefix(edition), removed(look.store)
    names = "the edition's manifest names it"
    files = {prefix + name: entry for name, entry in manifest.get("files", {}).items()}
    drawn = {name for name, entry in files.items() if gone & {*pictures_in(entry)}}
    look.need_all((Need(name, names) for name in files.keys() - drawn), lambda _: of)
    for there, sha256 in look.hashes.items():
        if there in drawn:
            look.unexpected(there, NOT_GONE, of)
        elif there in files and files[there]["sha256"] != sha256:
            look.damaged(there, f"has another hash than is recorded: {names}", of)
        elif there not in files and there != key:
            look.unexpected(there, "the edition's manifest does not name it", of)


def check_latest(look: Inspection, name: str, found: Sequence[Key]) -> None:
    """Check that `latest.json` says what the manifest of the edition says that it names."""
    for one in look.read(found, name):
        try:
            manifest = read_json(look.store, _manifest(json.loads(one.data)["edition"]))
            holds = one.data == canonical_json({field: manifest[field] for field in _POINTER})
        except (KeyError, ValueError, TypeError, CorruptObjectError):
            holds = False
        if not holds:
            what = "says something else than the manifest of the edition that it names, if there is one"
            look.damaged(one.key, what)
