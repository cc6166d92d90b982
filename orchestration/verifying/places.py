"""Where an edition lies, laid out as a store is: in a store, in a folder, or at an address, to be fetched."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from assets.generation.workplace import Workplace
from orchestration.verifying import manifest as manifests
from orchestration.verifying import remote
from orchestration.verifying.files import Read, present, read_plain
from orchestration.verifying.report import Step
from warehouse import keys
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
    """An edition (the name of its folder) and what is around it."""

    edition: str
    #: The bytes at a key, about so many at most; `KeyError` if nothing is there.
    pieces: Callable[[str, int], Iterable[bytes]]
    root: Path | None = None  # on this machine
    seen: Iterable[str] | None = None  # names of the edition's files; None where they cannot be listed
    whole: bool = False  # whether all editions must be there, and more than them may be
    manifest_name: str = ""  # where it is alone, under any name

    @property
    def key(self) -> str:
        """Return where the manifest is."""
        return self.manifest_name or f"{keys.edition_prefix(self.edition)}{manifests.NAME}"

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

    @cached_property
    def data(self) -> bytes:
        """Return the bytes of the manifest."""
        with suppress(KeyError):
            return self.get(self.key)
        raise UsageError(f"no edition {self.edition} there: {self.key} is missing, or no plain file")

    @cached_property
    def manifest(self) -> manifests.Manifest:
        """Return the manifest."""
        return manifests.parse(self.data, self.key)

    def sealed(self) -> Place:
        """Return the edition if its manifest fits the hash in it, for comparing it with another."""
        if not manifests.written_by_publish(self.data, self.manifest):
            raise manifests.wrong(self.key, "it does not fit the hash in it")
        return self


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

    def of_store(key: str, most: int) -> Iterable[bytes]:
        return pieces(store, key) if most > manifests.MOST_BYTES else [store.get(key)]

    return Place(edition, of_store, seen=seen, whole=True)


def folder(target: str) -> Place:
    """Return the place of an edition: in its folder, in one with `editions/` and no other, or of a manifest alone."""
    path, found = Path(target), list[Path]()
    with suppress(OSError, ValueError):
        own = [one for one in (path, path / manifests.NAME) if one.is_file()]
        found = own or [*path.glob(f"editions/*/{manifests.NAME}")]
    own_folder = found[0].parent.resolve() if len(found) == 1 else None
    if own_folder and own_folder.parent.name == "editions":
        return in_folder(own_folder.parents[1], own_folder.name)
    if own_folder and path.is_file():
        return Place("", _reader(own_folder), manifest_name=path.name)
    raise UsageError(
        f"{target[:200]} is no edition, no folder with one (editions/<edition>/{manifests.NAME}) and no address; "
        "write an id (2026-11-23.1), a folder of cliche edition fetch, or https://"
    )


def in_folder(root: Path, edition: str) -> Place:
    """Return the place of an edition under a root on this machine."""
    root = root.resolve()
    seen = present(root / keys.edition_prefix(edition))
    return Place(edition, _reader(root), root, seen, whole=(root / "plans").is_dir())


def _reader(root: Path) -> Callable[[str, int], Iterable[bytes]]:
    return lambda key, most: [read_plain(root, key, most)]


def site_note(read: Read) -> dict[str, Any]:
    """Return what the note beside the DuckDB file says: edition, hash, size; {} if it does not read."""
    with suppress(CorruptObjectError, RecursionError):
        return json_object(keys.SITE_DATABASE_NOTE, read(keys.SITE_DATABASE_NOTE) or b"")
    return {}


@contextmanager
def fetched(place: Place, step: Step) -> Iterator[Path]:
    """Yield the root of a place, or a temporary folder with what is stated; what is missing is left out."""
    if place.root is not None:
        yield place.root
        return
    with tempfile.TemporaryDirectory(prefix="cliche-edition-") as temporary:
        root = Path(temporary).resolve()
        _fetch(place, manifests.objects(place.manifest), root, step)
        with suppress(CorruptObjectError):
            _fetch(place, manifests.sheets(place.manifest, place.get), root, step)
        note = {} if place.seen is None else site_note(place.read)  # of an address it is not compared
        if note.get("edition") == place.edition:
            _fetch(place, {keys.SITE_DATABASE: ("", int(note.get("bytes", 0)))}, root, step)
        yield root


def _fetch(place: Place, objects: Mapping[str, tuple[str, int]], root: Path, step: Step) -> None:
    """Write objects, of at most these bytes, to their keys under `root`."""
    total = sum(size for _, size in objects.values())
    if total > shutil.disk_usage(root).free:
        raise remote.DownloadError(f"the edition has {total:,} bytes, more than are free in {root.parent}")

    def fetch(key: str) -> None:
        path = root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("xb") as file:
                for piece in place.pieces(key, objects[key][1]):
                    file.write(piece)
        except KeyError:
            path.unlink()

    for number, _ in enumerate(ahead(fetch, objects, _AT_ONCE)):
        step("fetching", number, len(objects))
