"""The two editions of a comparison: a manifest from anywhere, and what can be read of the rows that it lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from assets.generation.workplace import Workplace
from orchestration.verifying import manifest as manifests
from orchestration.verifying import remote, sources
from orchestration.verifying.files import Read
from orchestration.verifying.manifest import Manifest
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.errors import UsageError
from warehouse.store.pieces import read_if_there


@dataclass(frozen=True)
class ComparedEdition:
    """An edition as it states itself; `read` returns the bytes at a key of the store around it, or None."""

    manifest: Manifest
    sha256: str
    read: Read

    def rows(self, key: str, sha256: str) -> bytes | None:
        """Return a part of a table as it is stated; None if it is not there, or is another."""
        data = self.read(key)
        return data if data is not None and sha256_hex(data) == sha256 else None


def side(data: bytes, where: str, read: Read) -> ComparedEdition:
    """Return a side of the bytes of its manifest.

    Raises:
        CorruptObjectError: if they are no manifest, or do not fit the hash in it.
    """
    manifest = manifests.parse(data, where)
    if not manifests.fits_its_seal(data, manifest):
        raise manifests.wrong(where, "it does not fit the hash in it")
    return ComparedEdition(manifest, sha256_hex(data), read)


@contextmanager
def find(target: str, workplace: Callable[[], Workplace]) -> Iterator[ComparedEdition]:
    """Yield the edition that `target` names: an id of the store, a folder, a manifest, or an address."""
    if re.match(r"https?://", target, re.IGNORECASE):
        data = remote.manifest_at(target)
        with remote.reading(target) as read:
            yield side(data, target[:200], read)
    elif sources.is_id(target) and not Path(target).exists():
        store, key = workplace().store, f"{keys.edition_prefix(target)}{manifests.NAME}"
        stated = read_if_there(store, key)
        if stated is None:
            raise UsageError(
                f"no edition {target} in {store.url}; cliche edition list names those that there are"
            )
        yield side(stated, key, partial(read_if_there, store))
    else:
        yield _file(target)


def _file(target: str) -> ComparedEdition:
    """Return the edition in a folder, or of a manifest by any name; the rows are looked for around it."""
    try:
        path = Path(target)
        if path.is_dir():
            path = sources.folder(target).folder / manifests.NAME
        there = path.is_file()
    except (OSError, ValueError):
        there = False
    if not there:
        raise UsageError(
            f"no edition, folder or manifest {target[:200]}; write an id (2026-11-23.1), a path or an address"
        )
    if path.stat().st_size > manifests.MOST_BYTES:
        raise manifests.wrong(target[:200], f"it has more than {manifests.MOST_BYTES:,} bytes")
    path = path.resolve()
    around = path.parents[2] if path.parent.parent.name == "editions" else path.parent
    return side(path.read_bytes(), target[:200], sources.reader(around))
