"""Where an edition is: in the store, in a folder, at an address. All of them become a folder to read."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assets.generation.workplace import Workplace
from orchestration.verifying import manifest as manifests
from orchestration.verifying import remote
from orchestration.verifying.report import Step
from warehouse import keys
from warehouse.errors import CorruptObjectError, UsageError
from warehouse.store.local import LocalStore

_ID = re.compile(r"\d{4}-\d{2}-\d{2}\.\d+")


@dataclass(frozen=True)
class StatedSource:
    """An edition as files in a folder.

    `named` is the id by which the store has it, `latest` the bytes of `latest.json` beside it; `extras` is whether
    files beyond the manifest can be seen.
    """

    folder: Path
    named: str | None = None
    latest: bytes | None = None
    extras: bool = True
    strange: tuple[str, ...] = ()  # names in the store that no file can have


@contextmanager
def find(
    target: str | None, workplace: Callable[[], Workplace], current: Callable[[Workplace], str], step: Step
) -> Iterator[StatedSource]:
    """Yield the edition that `target` names: an id, a folder, an address, or None for the latest in the store.

    Raises:
        UsageError: if there is no such edition.
    """
    if target is not None and re.match(r"https?://", target, re.IGNORECASE):
        with tempfile.TemporaryDirectory(prefix="cliche-edition-") as temporary:
            folder = Path(temporary).resolve()
            remote.fetch(target, folder, step)
            yield StatedSource(folder, extras=False)
        return
    if target is not None and not _ID.fullmatch(target):
        yield StatedSource(_folder(target))
        return
    if target is not None and (Path(target) / manifests.NAME).is_file():
        yield StatedSource(_folder(target))
        return
    place = workplace()
    with _from_store(place, target or current(place), step) as source:
        yield source


def _folder(target: str) -> Path:
    folder = Path(target)
    if "://" in target:
        raise UsageError(
            f"{target} is no address that editions are read from; write https://, a folder or an edition"
        )
    try:
        there, manifest = folder.is_dir(), (folder / manifests.NAME).is_file()
    except (OSError, ValueError):
        there = manifest = False
    if not there:
        raise UsageError(
            f"no edition and no folder {target}; write an id (2026-11-23.1), a folder or an address"
        )
    if not manifest:
        raise UsageError(f"{target} holds no {manifests.NAME}; it is not the folder of an edition")
    return folder.resolve()


@contextmanager
def _from_store(place: Workplace, edition: str, step: Step) -> Iterator[StatedSource]:
    store, prefix = place.store, keys.edition_prefix(edition)
    if store.head(prefix + manifests.NAME) is None:
        raise UsageError(f"no edition {edition} in {store.url}")
    try:
        latest: bytes | None = store.get(keys.LATEST_EDITION)
    except KeyError:
        latest = None
    if isinstance(store, LocalStore):
        yield StatedSource((Path(store.url) / prefix).resolve(), edition, latest)
        return
    with tempfile.TemporaryDirectory(prefix="cliche-edition-") as temporary:
        folder = Path(temporary).resolve()
        names = [key.removeprefix(prefix) for key in store.list(prefix)]
        strange = tuple(name for name in names if manifests.unsafe(name))
        for number, name in enumerate(names):
            step("fetching", number, len(names))
            if name in strange:
                continue
            path = folder / name
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(store.get(prefix + name))
            except KeyError:
                raise CorruptObjectError(f"{prefix}{name} went away while it was read") from None
        yield StatedSource(folder, edition, latest, strange=strange)
