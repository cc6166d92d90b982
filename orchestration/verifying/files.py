"""The files of an edition against its manifest: names, sizes, hashes, and nothing else in the folder."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from orchestration.verifying import manifest as manifests
from orchestration.verifying.manifest import Manifest
from orchestration.verifying.report import Step, VerifyReport

_PICTURE = re.compile(r"pictures/([0-9a-f]{64})\.(png|jpg|jpeg|webp|gif)")
_BLOCK = 1 << 20


def compare(
    folder: Path, manifest: Manifest, report: VerifyReport, step: Step, *, extras: bool = True
) -> bool:
    """Compare the files in `folder` with the manifest; return whether all are there and as stated, and no other.

    Args:
        folder: where the edition is.
        manifest: what is to be there.
        report: receives each file that is missing, changed, of another name or not in the manifest.
        step: called with how far it is.
        extras: whether files beyond the manifest can be seen (not by URL).
    """
    before = len(report.differences)
    stated = manifest["files"]
    there = present(folder)
    if not there.get(manifests.NAME):
        report.differ(f"{manifests.NAME} is not a plain file")
    for number, (name, entry) in enumerate(sorted(stated.items())):
        step("files", number, len(stated))
        report.files += 1
        if name not in there:
            report.differ(f"{name} is missing")
            continue
        if not there[name]:
            report.differ(f"{name} is not a plain file")
            continue
        found, size = _hash(folder / name)
        if found != entry["sha256"]:
            report.differ(f"{name} has another hash than the manifest says")
        elif size != entry["bytes"]:
            report.differ(f"{name} has {size:,} bytes, the manifest says {entry['bytes']:,}")
        elif name.startswith("pictures/"):
            _name(name, found, report)
    if extras:
        for name in sorted(there.keys() - stated.keys() - {manifests.NAME}):
            report.differ(f"{_shown(name)} is not in the manifest")
    return len(report.differences) == before


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


def _name(name: str, sha256: str, report: VerifyReport) -> None:
    match = _PICTURE.fullmatch(name)
    if match is None:
        report.differ(f"{name} is no picture named by its SHA-256")
    elif match[1] != sha256:
        report.differ(f"{name} holds another picture than its name says")


def _hash(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size


def _shown(name: str) -> str:
    """Return a name in one line: a line break in it could look like a line of the report."""
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in name
    )
