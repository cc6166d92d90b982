"""Published editions as they are read: the one that readers see, and manifests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from warehouse import keys
from warehouse.errors import CorruptObjectError
from warehouse.loading.seals import FIELD
from warehouse.store.base import Store

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
    """Return the edition that readers see, or None before the first publish.

    Raises:
        CorruptObjectError: if `editions/latest.json` names no edition.
    """
    try:
        named = read_json(keys.LATEST_EDITION, store.get(keys.LATEST_EDITION))
    except KeyError:
        return None
    return edition_of(named, published=True)


def read_manifest(store: Store, edition_id: str) -> dict[str, Any]:
    """Return the manifest of an edition.

    Raises:
        KeyError: if there is no such edition.
        CorruptObjectError: if it does not read as a manifest.
    """
    key = f"{keys.edition_prefix(edition_id)}manifest.json"
    return read_json(key, store.get(key))


def read_json(key: str, data: bytes) -> dict[str, Any]:
    """Return what `latest.json` or a manifest holds.

    Raises:
        CorruptObjectError: if it names no edition.
    """
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
