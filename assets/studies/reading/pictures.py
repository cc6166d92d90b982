"""A study's pictures: that each is a whole picture in the study's folder, and that none beside them is left out."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from assets.generation.pictures import image_check
from assets.generation.pictures.image_check import CheckedPicture, Rejected
from assets.generation.pictures.stripping import checked_and_stripped
from assets.studies.mistakes import Mistakes
from assets.studies.reading.folder import A_PICTURE, unlike_its_name
from assets.studies.reading.slots import StudySlot
from assets.studies.reading.world import NamedPicture
from warehouse.inputfile import read_file

#: Called with (what is being done, how many are done, of how many).
Progress = Callable[[str, int, int], None]
_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")


def silent(_stage: str, _done: int, _total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class FoundPicture:
    """A slot's picture: where it is, and what its bytes are (a file's type is what its bytes say).

    `picture` is of the bytes to store, without what can name a person; `original_sha256` is of the file as it came.
    """

    root: Path
    source: NamedPicture
    picture: CheckedPicture
    original_sha256: str

    def read(self) -> bytes:
        """Return the bytes as they came."""
        return _read(self.root, self.source)


def check_pictures(
    root: Path,
    files: Collection[str],
    pictures: Mapping[StudySlot, NamedPicture | None],
    ignore: Sequence[str],
    mistakes: Mistakes,
    *,
    progress: Progress = silent,
) -> dict[StudySlot, FoundPicture]:
    """Return slot → picture for every picture that is whole; `files` are the names of the files under `root`."""
    found: dict[StudySlot, FoundPicture] = {}
    named = {slot: picture for slot, picture in pictures.items() if picture is not None}
    for number, (slot, picture) in enumerate(named.items(), start=1):
        if picture.data is None and picture.path not in files:
            fix = "write it as below --root, or leave it empty where the picture was not published"
            mistakes.add("pictures", "paths are no files of the study's folder", text=picture.path, fix=fix)
            continue
        try:
            data = _read(root, picture)
        except OSError as error:
            mistakes.add(picture.path, f"cannot be read: {error.strerror or error}")
            continue
        checked = checked_and_stripped(data)
        if isinstance(checked, Rejected):
            other = unlike_its_name(root, picture.path) if picture.data is None else None
            another = other is not None and other[0] != A_PICTURE
            why = f"is {other[0]}, not a picture; {other[1]}" if other and another else checked.why
            fix = "replace the file, or leave its path empty"
            mistakes.add(picture.path, f"{why} ({checked.outcome})", fix=fix)
        else:
            found[slot] = FoundPicture(root, picture, checked.picture, checked.original_sha256)
        progress("checking pictures", number, len(named))
    _left_out(files, {picture.path for picture in named.values()}, ignore, mistakes)
    return found


def _read(root: Path, picture: NamedPicture) -> bytes:
    if picture.data is not None:
        return picture.data
    return read_file(root / picture.path, image_check.DEFAULT.max_bytes)


def _left_out(
    files: Collection[str], named: Collection[str], ignore: Sequence[str], mistakes: Mistakes
) -> None:
    """Report pictures that lie beside the study's and that no row names."""
    folders = {PurePosixPath(name).parent for name in named}
    above = PurePosixPath(os.path.commonpath([*map(str, folders)])) if folders else PurePosixPath()
    for name in sorted(files):
        path = PurePosixPath(name)
        below = path.parent in folders or (above.parts and path.is_relative_to(above))
        beside = below and path.suffix.lower() in _SUFFIXES and not path.name.startswith(".")
        if beside and name not in named and not any(fnmatchcase(name, pattern) for pattern in ignore):
            fix = "select them, or list them under ignore"
            mistakes.add("pictures", "files are named by no row", text=name, fix=fix)
