"""Editions in the store: files by their manifest, nothing beside them, and what manifests record of other objects.

A folder without a manifest is no edition: a publish that was stopped left it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from warehouse import keys
from warehouse.canonical import canonical_json
from warehouse.errors import CorruptObjectError, StoreError
from warehouse.integrity.findings import NOT_GONE, Inspection, Recorded
from warehouse.integrity.kinds import Key
from warehouse.loading import seals
from warehouse.store.base import Store
from warehouse.taken_back import pictures_in, removed

_POINTER = ("edition", "week", "revision", "replaces")


def recorded(store: Store) -> Recorded:
    """Return what the editions' manifests record; one that does not read is reported with its edition."""
    plans: dict[str, tuple[str, str]] = {}
    named: dict[str, str] = {}
    replaced: dict[str, str] = {}
    studies: dict[str, set[tuple[str, str]]] = {}
    for key in (*manifests(store), keys.LATEST_EDITION):
        try:
            data = store.get(key)
            if key != keys.LATEST_EDITION:
                seals.check(key, data)
            manifest = json.loads(data)
            edition = str(manifest["edition"])
            if manifest.get("replaces"):
                replaced[str(manifest["replaces"])] = f"edition {edition} replaces it"
            if key == keys.LATEST_EDITION:
                replaced[edition] = f"{key} names it"
                continue
            for part in manifest.get("partitions", ()):
                plan = keys.plan(part["week"], part["model"])
                plans[plan] = (part["plan_sha256"], edition)
            for study in manifest.get("studies", ()):
                studies.setdefault(study["study"], set()).add((study["definition_sha256"], edition))
            named |= dict.fromkeys(_named(manifest), edition)
        except (KeyError, ValueError, TypeError, AttributeError, StoreError, CorruptObjectError):
            continue
    return Recorded(plans, named, studies, replaced)


def manifests(store: Store) -> list[str]:
    """Return the keys of the manifests of editions; of an edition that is being published there is none yet."""
    return [f"{folder}manifest.json" for folder in store.folders("editions/")]


def _named(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys of the objects that an edition rests on."""
    for part in manifest.get("partitions", ()):
        yield keys.plan(part["week"], part["model"])
        yield from filter(None, [part.get("manifest")])
        for name in ("label_parts", "label_attempt_parts", "retractions"):
            yield from part.get(name, ())
    yield from (keys.removal(one["image_sha256"]) for one in manifest.get("removals", ()))
    for anchors in manifest.get("anchors", ()):
        yield from (anchors["pictures"], *anchors["labels"], *anchors["accepted"])
    for gold in manifest.get("gold", ()):
        yield from (gold["sample"], *gold["labels"])
    for table in manifest.get("tables", {}).values():
        yield from (part["key"] for part in table["parts"])
    yield from (week["key"] for week in manifest.get("pages", ()))


def check(look: Inspection, edition: str, found: Sequence[Key]) -> None:
    """Check the files of one edition, or `latest.json`."""
    if edition == "latest":
        _latest(look)
        return
    prefix, of = keys.edition_prefix(edition), f"edition {edition}"
    manifest_key = f"{prefix}manifest.json"
    read: dict[str, str] = {}
    manifest: dict[str, Any] | None = None
    for one in look.read([key.key for key in found]):
        read[one.key] = one.sha256
        if one.key == manifest_key:
            manifest = look.json(one, of)
            if manifest is not None and manifest.get("edition") != edition:
                look.damaged(manifest_key, f"is the manifest of {manifest.get('edition')}", of)
                manifest = None
    if manifest_key not in read:
        if edition in look.recorded.replaced:
            look.need(manifest_key, look.recorded.replaced[edition], of)
        return
    if manifest is not None:
        _files(look, manifest, prefix, read, of)


def _files(
    look: Inspection, manifest: Mapping[str, Any], prefix: str, read: Mapping[str, str], of: str
) -> None:
    """Check the files of an edition against its manifest; `read` has the hashes of what is there."""
    stated, gone = manifest.get("files", {}), removed(look.store)
    drawn = {prefix + name for name, entry in stated.items() if gone & {*pictures_in(entry)}}
    files = {prefix + name: entry["sha256"] for name, entry in stated.items()}
    for key in sorted(drawn & read.keys()):
        look.unexpected(key, NOT_GONE, of)
    for key, sha256 in files.items():
        if key in drawn:
            continue
        if key not in read:
            look.need(key, "the edition's manifest names it", of)
        elif read[key] != sha256:
            look.damaged(key, "has another hash than the edition's manifest says", of)
    for key in sorted(read.keys() - files.keys() - {f"{prefix}manifest.json"}):
        look.unexpected(key, "the edition's manifest does not name it", of)


def _latest(look: Inspection) -> None:
    for one in look.read([keys.LATEST_EDITION]):
        try:
            latest = json.loads(one.data)
            canonical = canonical_json(latest) == one.data
        except ValueError:
            canonical = False
        if not canonical or not isinstance(latest, dict):
            look.damaged(one.key, "is not in the form in which it was written")
            continue
        key = f"{keys.edition_prefix(str(latest.get('edition')))}manifest.json"
        try:
            manifest = json.loads(look.store.get(key))
            said = {name: manifest[name] for name in _POINTER}
        except (KeyError, ValueError, TypeError):
            look.damaged(one.key, f"names edition {latest.get('edition')}, which has no manifest that reads")
            continue
        if canonical_json(said) != canonical_json(latest):
            look.damaged(one.key, f"says something else than the manifest of edition {latest['edition']}")
