"""Where an edition is: in the store, in a folder, at an address. All of them become a folder to read."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from assets.generation.workplace import Workplace
from orchestration.verifying import database, remote
from orchestration.verifying import manifest as manifests
from orchestration.verifying.archive import listed, past
from orchestration.verifying.files import Read, is_plain
from orchestration.verifying.report import Step
from warehouse import keys
from warehouse.errors import CorruptObjectError, UsageError
from warehouse.store.base import Store
from warehouse.store.local import LocalStore
from warehouse.store.pieces import pieces, read_if_there

_AT_ONCE = 16  # reads of small files: S3 answers one in 10 to 50 ms
_ID = re.compile(r"\d{4}-\d{2}-\d{2}\.\d+")


@dataclass(frozen=True)
class StatedSource:
    """An edition as files in a folder.

    `named` is the id by which the store has it, `latest` the bytes of `latest.json` beside it; `extras` is whether
    files beyond the manifest can be seen. `store` is the folder of a store where the parts of tables, and the DuckDB
    file of the newest edition, are looked for; None: parts are in the folder.
    """

    folder: Path
    store: Path | None = None
    named: str | None = None
    latest: bytes | None = None
    extras: bool = True
    strange: tuple[str, ...] = ()  # names in the store that no file can have
    read: Read | None = None  # of the store, folder or site around it; None where there is nothing around it
    alone: bool = False  # whether the folder of the store holds this edition and nothing else
    distant: bool = False  # whether `read` asks another machine, or a bucket
    chained: bool = False  # whether manifests of other editions must be there, too

    @property
    def root(self) -> Path:
        """Return where the keys of parts begin."""
        return self.folder if self.store is None else self.store


@contextmanager
def find(
    target: str | None, workplace: Callable[[], Workplace], current: Callable[[Workplace], str], step: Step
) -> Iterator[StatedSource]:
    """Yield the edition that `target` names: an id, a folder, an address, or None for the latest in the store."""
    if target is not None and re.match(r"https?://", target, re.IGNORECASE):
        with tempfile.TemporaryDirectory(prefix="cliche-edition-") as temporary:
            fetched = Path(temporary).resolve()
            remote.fetch(target, fetched, step)
            with remote.reading(target) as read:
                chained = read(keys.SITE_LOG) is not None
                yield StatedSource(fetched, extras=False, read=read, distant=True, chained=chained)
        return
    if target is not None and (not is_id(target) or _edition_in(Path(target))):
        yield folder(target)
        return
    place = workplace()
    with _from_store(place, target or current(place), step) as source:
        yield source


def _edition_in(folder: Path) -> Path | None:
    """Return the folder of an edition: this one, or the only one under `editions/` (`cliche edition fetch`)."""
    if (folder / manifests.NAME).is_file():
        return folder
    found = [path.parent for path in folder.glob(f"editions/*/{manifests.NAME}")]
    return found[0] if len(found) == 1 else None


def is_id(target: str) -> bool:
    """Return whether this is written like the id of an edition."""
    return _ID.fullmatch(target) is not None


def folder(target: str) -> StatedSource:
    """Return the edition in a folder."""
    path = Path(target)
    if "://" in target:
        raise UsageError(
            f"{target} is no address that editions are read from; write https://, a folder or an edition"
        )
    try:
        there, found = path.is_dir(), _edition_in(path)
    except (OSError, ValueError):
        there, found = False, None
    if not there:
        raise UsageError(
            f"no edition and no folder {target}; write an id (2026-11-23.1), a folder or an address"
        )
    if found is None:
        raise UsageError(f"{target} holds no {manifests.NAME}; it is not the folder of an edition")
    found = found.resolve()
    around = found.parents[1] if found.parent.name == "editions" else None
    if around is None or not (around / keys.TABLES).is_dir():
        return StatedSource(found)
    read, editions = reader(around), [path for path in found.parent.iterdir() if path.is_dir()]
    alone = len(editions) == 1 and not (around / "plans").is_dir()
    return StatedSource(found, around, found.name, latest=read(keys.LATEST_EDITION), read=read, alone=alone)


def reader(root: Path) -> Read:
    """Return a reader of files in a folder by their keys; of a link, and of what is too large for a manifest, None."""

    def read(key: str) -> bytes | None:
        path = root / key
        plain = is_plain(root, key) and path.stat().st_size <= manifests.MOST_BYTES
        return path.read_bytes() if plain else None

    return read


@contextmanager
def _from_store(place: Workplace, edition: str, step: Step) -> Iterator[StatedSource]:
    store, prefix = place.store, keys.edition_prefix(edition)
    if store.head(prefix + manifests.NAME) is None:
        raise UsageError(f"no edition {edition} in {store.url}")
    latest = read_if_there(store, keys.LATEST_EDITION)
    if isinstance(store, LocalStore):
        root = Path(store.url).resolve()
        yield StatedSource(root / prefix.rstrip("/"), root, edition, latest, read=reader(root), chained=True)
        return
    with tempfile.TemporaryDirectory(prefix="cliche-edition-") as temporary:
        root = Path(temporary).resolve()
        strange = _fetch_folder(store, prefix, root, step)
        folder = root / prefix.rstrip("/")
        _fetch_shared(store, folder / manifests.NAME, root, step)
        read = partial(read_if_there, store)
        yield StatedSource(
            folder, root, edition, latest, strange=strange, read=read, distant=True, chained=True
        )


def _fetch_folder(store: Store, prefix: str, root: Path, step: Step) -> tuple[str, ...]:
    """Write what is under a prefix to the same keys under `root`; return the names that no file can have."""
    names = [key.removeprefix(prefix) for key in store.list(prefix)]
    strange = tuple(name for name in names if manifests.unsafe(name))
    wanted = [name for name in names if name not in strange]
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="fetch") as threads:
        there = threads.map(lambda name: _fetched(store, prefix + name, root), wanted)
        for number, (name, found) in enumerate(zip(wanted, there, strict=True)):
            step("fetching", number, len(wanted))
            if not found:
                raise CorruptObjectError(f"{prefix}{name} went away while it was read")
    return strange


def _fetch_shared(store: Store, manifest: Path, root: Path, step: Step) -> None:
    """Write the parts that a manifest lists to their keys under `root`, and the DuckDB file in `site/`.

    What the store does not hold is left out: a missing part is reported with the other files.
    """
    stated = manifests.parse(manifest.read_bytes(), str(manifest))
    _fetch_all(store, [part.key for part in listed.parts(stated)], root, step)
    with suppress(CorruptObjectError):
        _fetch_all(store, [*past.stated(stated, store.get)], root, step)
    if not _fetched(store, keys.SITE_DATABASE_NOTE, root):
        return
    if database.site_note(root).get("edition") == manifest.parent.name:
        step("fetching", 0, 1)
        _fetched(store, keys.SITE_DATABASE, root)


def _fetch_all(store: Store, wanted: Sequence[str], root: Path, step: Step) -> None:
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="fetch") as threads:
        for number, _ in enumerate(threads.map(lambda key: _fetched(store, key, root), wanted)):
            step("fetching", number, len(wanted))


def _fetched(store: Store, key: str, root: Path) -> bool:
    """Write an object to its key under `root`; return whether it was there."""
    path = root / key
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("wb") as file:
            for piece in pieces(store, key) if key == keys.SITE_DATABASE else (store.get(key),):
                file.write(piece)
    except KeyError:
        path.unlink()
        return False
    return True
