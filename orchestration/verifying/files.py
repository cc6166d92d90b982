"""The files of an edition and the parts that it lists, against its manifest: names, sizes, hashes, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from assets.leaderboard.page.raster import DRAWN
from orchestration.verifying import manifest as manifests
from orchestration.verifying.report import VerifiedEdition, shown
from warehouse import keys
from warehouse.canonical import file_hash
from warehouse.errors import CorruptObjectError
from warehouse.taken_back import Removal, pictures_in, removal_of

Read = Callable[[str], bytes | None]


def compare(of: VerifiedEdition, seen: Iterable[str], read: Read) -> set[str]:
    """Compare files (`seen` are those there), parts and sheets with what is stated of them; return keys of sheets."""
    prefix, stated = keys.edition_prefix(of.manifest["edition"]), of.manifest["files"]
    sheets: dict[str, tuple[str, int]] = {}
    try:
        sheets = manifests.sheets(of.manifest, partial(read_plain, of.root))
    except CorruptObjectError as error:
        of.report.differ(str(error))
    wanted = manifests.objects(of.manifest) | sheets
    for number, (key, hashed) in enumerate(wanted.items()):
        of.step("files", number, len(wanted))
        name, plain = key.removeprefix(prefix), is_plain(of.root, key)
        if plain is None and (removal := removed(name, stated.get(name, {}), read)):
            of.report.note(f"{name}: removed ({removal})")
            continue
        of.report.files += 1
        if plain is None:
            of.report.differ(f"{name} is missing")
        elif not plain:
            of.report.differ(f"{name} is not a plain file")
        elif file_hash(of.root / key) != hashed:
            of.report.differ(f"{name} has another hash than the manifest says")
    for name in sorted({*seen} - stated.keys() - {manifests.NAME}):
        of.report.differ(f"{shown(name)} is not in the manifest")
    pages = (key.split("/") for key in sheets if key.endswith(".html"))
    for folder in sorted({"/".join(names[: keys.PAST_DEPTH]) for names in pages}):
        for key in {f"{folder}/{name}" for name in present(of.root / folder)} - sheets.keys():
            of.report.differ(f"{shown(key)} is not in the index of its quarter")
    return {*sheets}


def removed(name: str, entry: Mapping[str, Any], read: Read) -> Removal | None:
    """Return the removal of a picture that a file of an edition was drawn with; None of other files."""
    return removal_of(read, pictures_in(entry)) if name.endswith(DRAWN) else None


def read_plain(root: Path, key: str, most: int = manifests.MOST_FILE_BYTES) -> bytes:
    """Return the bytes of a plain file, at most one more than `most`; `KeyError` if there is none."""
    if not is_plain(root, key):
        raise KeyError(key)
    with (root / key).open("rb") as file:
        return file.read(most + 1)


def is_plain(root: Path, key: str) -> bool | None:
    """Return whether there is a plain file at a key, under folders that are no links; None if there is nothing."""
    path = root / key
    if not os.path.lexists(path):
        return None
    return path.is_file() and path.resolve() == root.resolve() / key


def present(folder: Path) -> dict[str, bool]:
    """Return path → whether it is a plain file, for all that is in a folder; links are not followed."""
    names: dict[str, bool] = {}
    folders = [str(folder)] if folder.is_dir() else []
    while folders:  # by hand: rglob and os.walk recurse, and a hostile folder may be nested a thousand deep
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                else:
                    name = Path(entry.path).relative_to(folder).as_posix()
                    names[name] = entry.is_file(follow_symlinks=False)
    return names
