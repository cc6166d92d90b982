"""Where an edition lies: in a store, in a folder, at an address; all of them are laid out as a store is.

What is not on this machine is fetched into a folder, laid out alike.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from assets.generation.workplace import Workplace
from orchestration.verifying import manifest as manifests
from orchestration.verifying import remote
from orchestration.verifying.files import present, read_plain
from orchestration.verifying.manifest import Manifest
from orchestration.verifying.report import Step
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.errors import ClicheError, CorruptObjectError, UsageError
from warehouse.loading.objects import json_object
from warehouse.store.base import Store
from warehouse.store.local import LocalStore
from warehouse.store.many import ahead
from warehouse.store.pieces import pieces

_AT_ONCE = 8  # files that are asked for; a server of somebody else's is not to be flooded
_ID = re.compile(r"\d{4}-\d{2}-\d{2}\.\d+")


@dataclass(frozen=True)
class Place:
    """An edition (the name of its folder) and what is around it.

    `pieces` gives the bytes at a key, about so many at most; `KeyError` if nothing is there. `seen` are the names of
    the edition's files, None where they cannot be listed. `key` is that of the manifest.
    """

    edition: str
    pieces: Callable[[str, int], Iterable[bytes]]
    root: Path | None = None  # on this machine
    seen: Iterable[str] | None = None
    whole: bool = False  # whether all editions must be there, and more than them may be
    key: str = ""

    def read(self, key: str) -> bytes | None:
        """Return what is at a key; None if it cannot be read, or is too large for a manifest."""
        with suppress(KeyError, ClicheError):
            return self.get(key)
        return None

    def get(self, key: str) -> bytes:
        """Return what is at a key; `KeyError` if nothing is."""
        data = b"".join(self.pieces(key, manifests.MOST_BYTES))
        if len(data) > manifests.MOST_BYTES:
            raise manifests.wrong(key, f"it has more than {manifests.MOST_BYTES:,} bytes")
        return data

    @property
    def alone(self) -> bool:
        """Return whether a folder of this machine holds this edition and nothing else."""
        if self.root is None or self.whole:
            return False
        return sum(one.is_dir() for one in (self.root / "editions").iterdir()) == 1

    def manifest(self) -> tuple[bytes, Manifest]:
        """Return the manifest, as bytes and read."""
        key = self.key or f"{keys.edition_prefix(self.edition)}{manifests.NAME}"
        try:
            data = self.get(key)
        except KeyError:
            raise UsageError(f"no edition {self.edition} there: {key} is missing, or no plain file") from None
        return data, manifests.parse(data, key)

    def compared(self) -> ComparedEdition:
        """Return the edition as it is compared with another."""
        data, manifest = self.manifest()
        if not manifests.written_by_publish(data, manifest):
            raise manifests.wrong(self.key or self.edition, "it does not fit the hash in it")
        return ComparedEdition(manifest, sha256_hex(data), self.read)


@dataclass(frozen=True)
class ComparedEdition:
    """An edition as it states itself; `read` returns the bytes at a key of the store around it, or None."""

    manifest: Manifest
    sha256: str
    read: Callable[[str], bytes | None]


@contextmanager
def find(
    target: str | None, workplace: Callable[[], Workplace], current: Callable[[Workplace], str]
) -> Iterator[Place]:
    """Yield the place of the edition that `target` names: an id, a folder, an address, or None for the latest."""
    if target is not None and re.match(r"https?://", target, re.IGNORECASE):
        with remote.opened(target) as (edition, of_server):
            place = Place(edition, of_server)
            yield replace(place, whole=place.read(keys.SITE_LOG) is not None)
    elif target is not None and (not _ID.fullmatch(target) or Path(target).exists()):
        yield folder(target)
    else:
        at = workplace()
        yield in_store(at.store, target or current(at))


def in_store(store: Store, edition: str) -> Place:
    """Return the place of an edition of a store."""
    prefix = keys.edition_prefix(edition)
    if store.head(prefix + manifests.NAME) is None:
        raise UsageError(
            f"no edition {edition} in {store.url}; cliche edition list names those that there are"
        )
    if isinstance(store, LocalStore):
        return replace(in_folder(Path(store.url), edition), whole=True)
    seen = [key.removeprefix(prefix) for key in store.list(prefix)]
    return Place(edition, partial(_of_store, store), seen=seen, whole=True)


def folder(target: str) -> Place:
    """Return the place of an edition in a folder: its own, or one with `editions/` and no other edition.

    The target may also be a manifest, under any name: then no more than that may be here.
    """
    path, found = Path(target), list[Path]()
    with suppress(OSError, ValueError):
        own = [one for one in (path, path / manifests.NAME) if one.is_file()]
        found = own or [*path.glob(f"editions/*/{manifests.NAME}")]
    own_folder = found[0].parent.resolve() if len(found) == 1 else None
    if own_folder and own_folder.parent.name == "editions":
        return in_folder(own_folder.parents[1], own_folder.name)
    if own_folder and path.is_file():
        return Place("", partial(_of_folder, own_folder), key=path.name)
    raise UsageError(
        f"{target[:200]} is no edition, no folder with one (editions/<edition>/{manifests.NAME}) and no address; "
        "write an id (2026-11-23.1), a folder of cliche edition fetch, or https://"
    )


def in_folder(root: Path, edition: str) -> Place:
    """Return the place of an edition under a root on this machine."""
    root = root.resolve()
    seen = present(root / keys.edition_prefix(edition))
    return Place(edition, partial(_of_folder, root), root, seen, whole=(root / "plans").is_dir())


def _of_folder(root: Path, key: str, most: int) -> Iterator[bytes]:
    yield read_plain(root, key, most)


def _of_store(store: Store, key: str, most: int) -> Iterable[bytes]:
    return pieces(store, key) if most > manifests.MOST_BYTES else (store.get(key),)


def site_note(read: Callable[[str], bytes | None]) -> dict[str, Any]:
    """Return what the note beside the DuckDB file says: edition, hash, size; {} if it does not read."""
    with suppress(CorruptObjectError, RecursionError):
        return json_object(keys.SITE_DATABASE_NOTE, read(keys.SITE_DATABASE_NOTE) or b"")
    return {}


@contextmanager
def fetched(place: Place, manifest: Manifest, step: Step) -> Iterator[Path]:
    """Yield the root of a place; of what is not on this machine, a temporary folder with all that is stated.

    What is missing there is left out: it is reported with the other files.
    """
    if place.root is not None:
        yield place.root
        return
    with tempfile.TemporaryDirectory(prefix="cliche-edition-") as temporary:
        root, prefix = Path(temporary).resolve(), keys.edition_prefix(place.edition)
        sizes = {prefix + name: entry["bytes"] for name, entry in sorted(manifest["files"].items())}
        sizes |= {part.key: part.bytes for part in manifests.parts(manifest)}
        _fetch(place, sizes, root, step)
        with suppress(CorruptObjectError):
            sheets = manifests.sheets(manifest, place.get)
            _fetch(place, {key: size for key, (_, size) in sheets.items()}, root, step)
        note = {} if place.seen is None else site_note(place.read)  # of an address it is not compared
        if note.get("edition") == place.edition:
            _fetch(place, {keys.SITE_DATABASE: int(note.get("bytes", 0))}, root, step)
        yield root


def _fetch(place: Place, sizes: Mapping[str, int], root: Path, step: Step) -> None:
    """Write objects, of at most these bytes, to their keys under `root`."""
    total = sum(sizes.values())
    if total > shutil.disk_usage(root).free:
        raise remote.DownloadError(f"the edition has {total:,} bytes, more than are free in {root.parent}")

    def fetch(key: str) -> None:
        path = root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("xb") as file:
                for piece in place.pieces(key, sizes[key]):
                    file.write(piece)
        except KeyError:
            path.unlink()

    for number, _ in enumerate(ahead(fetch, sizes, _AT_ONCE)):
        step("fetching", number, len(sizes))
