"""The files of an edition and the parts that it lists, against its manifest: names, sizes, hashes, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from assets.leaderboard.page.raster import DRAWN
from orchestration.verifying import manifest as manifests
from orchestration.verifying.archive import listed
from orchestration.verifying.manifest import Manifest
from orchestration.verifying.report import Step, VerifyReport
from warehouse.canonical import file_hash
from warehouse.taken_back import Removal, pictures_in, removal_of

Read = Callable[[str], bytes | None]


def compare(
    folder: Path,
    root: Path,
    manifest: Manifest,
    report: VerifyReport,
    step: Step,
    *,
    extras: bool = True,
    past: Collection[str] = (),
    read: Read | None = None,
) -> None:
    """Compare files and parts with the manifest: all are to be there and as stated, and no other.

    Part keys begin at `root`: the edition's folder, or a store, in which parts of other editions lie. By URL no
    `extras`, files beyond the manifest, can be seen. `past` are the keys of its sheets of quarters. `read` reads what
    lies around the edition: a removal says why a file is missing rightly.
    """
    stated = manifest["files"]
    parts = {part.key: {"sha256": part.sha256, "bytes": part.bytes} for part in listed.parts(manifest)}
    there = present(folder)
    if not there.get(manifests.NAME):
        report.differ(f"{manifests.NAME} is not a plain file")
    total = len(stated) + len(parts)
    for number, (name, entry) in enumerate(sorted(stated.items())):
        step("files", number, total)
        if name not in there and (removal := removed(name, entry, read)):
            report.note(f"{name}: removed ({removal})")
            continue
        compare_one(folder / name, name, entry, there.get(name), report)
    for number, (key, entry) in enumerate(parts.items(), len(stated)):
        step("files", number, total)
        compare_one(root / key, key, entry, is_plain(root, key), report)
    if extras:
        known = stated.keys() | parts.keys() | {*past} if root == folder else stated.keys()
        for name in sorted(there.keys() - known - {manifests.NAME}):
            report.differ(f"{shown(name)} is not in the manifest")


def removed(name: str, entry: Mapping[str, Any], read: Read | None) -> Removal | None:
    """Return the removal of a picture that a file of an edition was drawn with; None of other files."""
    return removal_of(read, pictures_in(entry)) if read and name.endswith(DRAWN) else None


def compare_one(
    path: Path, name: str, entry: Mapping[str, Any], plain: bool | None, report: VerifyReport
) -> None:
    """Compare one file; `plain` is whether it is a file and no link, None if there is nothing of that name."""
    report.files += 1
    if plain is None:
        report.differ(f"{name} is missing")
        return
    if not plain:
        report.differ(f"{name} is not a plain file")
        return
    found, size = file_hash(path)
    if found != entry["sha256"]:
        report.differ(f"{name} has another hash than the manifest says")
    elif size != entry["bytes"]:
        report.differ(f"{name} has {size:,} bytes, the manifest says {entry['bytes']:,}")


def is_plain(root: Path, key: str) -> bool | None:
    """Return whether a part is a plain file under folders that are no links; None if it is not there."""
    path = root / key
    if not os.path.lexists(path):
        return None
    return path.is_file() and path.resolve() == root.resolve() / key


def present(folder: Path) -> dict[str, bool]:
    """Return path → whether it is a plain file, for all that is in a folder; links are not followed."""
    found: dict[str, bool] = {}
    folders = [folder]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(Path(entry.path))
                    continue
                path = Path(entry.path).relative_to(folder).as_posix()
                found[path] = entry.is_file(follow_symlinks=False)
    return found


def shown(name: str) -> str:
    """Return a name in one line: a line break in it could look like a line of the report."""
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in name
    )
