"""A study's pictures: which file is which slot, and that each is a whole picture.

Belongs here: walking the study's folder and checking what is found. Does not belong here: what makes a picture whole
(`assets.generation.image_check`), what is taken out of its bytes (`assets.generation.pictures`), or writing
(`importer`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from assets.generation.image_check import Picture, Rejected
from assets.generation.pictures.stripping import checked_and_stripped
from assets.studies.declared.labels import Images
from assets.studies.declared.patterns import FieldsDisagreeError, Pattern
from assets.studies.definition import StudyDefinition
from assets.studies.progress import Progress, silent
from assets.studies.slots import Coordinates, StudySlot, UnknownSlotError
from warehouse.errors import UsageError


@dataclass(frozen=True)
class FoundPicture:
    """A slot's picture: its file, and what its bytes are (a file's type is what its bytes say).

    `picture` is of the bytes to store, without what can name a person; `original_sha256` is of the file as it came.
    """

    path: Path
    picture: Picture
    original_sha256: str


def find_pictures(
    definition: StudyDefinition,
    root: Path,
    *,
    other_files: Collection[str] = (),
    progress: Progress = silent,
) -> dict[StudySlot, FoundPicture]:
    """Return slot → picture for every picture of the study; empty for a study of labels only.

    Args:
        definition: the study file.
        root: the folder that its patterns are relative to.
        other_files: paths under `root` that are known to be something else (label files).
        progress: called after each picture.

    Raises:
        UsageError: for a file that no rule covers, a picture that is not whole, two files for one slot, a planned
            picture that is missing and may not be, or no picture at all.
    """
    if definition.images is None:
        return {}
    named = _name_files(definition, definition.images, root, other_files)
    found: dict[StudySlot, FoundPicture] = {}
    for number, (slot, path) in enumerate(sorted(named.items()), start=1):
        checked = checked_and_stripped(_bytes(definition.study, path, root))
        if isinstance(checked, Rejected):
            raise UsageError(
                f"{definition.study}: {path.relative_to(root)}: {checked.why} ({checked.outcome}); "
                "replace the file or take it out"
            )
        found[slot] = FoundPicture(path, checked.picture, checked.original_sha256)
        progress("checking pictures", number, len(named))
    return found


def _name_files(
    definition: StudyDefinition, images: Images, root: Path, other_files: Collection[str]
) -> dict[StudySlot, Path]:
    pattern, coordinates = Pattern(images.pattern), Coordinates(definition)
    named: dict[StudySlot, Path] = {}
    for path in _files(root, pattern.fixed_folder):
        name = path.relative_to(root).as_posix()
        if name in other_files or any(fnmatchcase(name, glob) for glob in images.ignore):
            continue
        where = f"{definition.study}: {name}"
        try:
            fields = pattern.match(name)
            if fields is None:
                raise UsageError(
                    f"{where}: matches neither the pattern {images.pattern} nor an ignored name; "
                    "rename it, or list it under images: ignore"
                )
            slot = coordinates.slot({**images.constants, **fields})
        except (FieldsDisagreeError, UnknownSlotError) as error:
            raise UsageError(f"{where}: {error}") from None
        if slot in named:
            raise UsageError(
                f"{where}: {named[slot].relative_to(root).as_posix()} is the same slot; keep one"
            )
        named[slot] = path
    if not named:
        raise UsageError(f"{definition.study}: no picture under {root} matches {images.pattern}")
    missing = [slot for slot in coordinates.planned() if slot not in named]
    if missing and images.missing == "error":
        first = missing[0]
        raise UsageError(
            f"{definition.study}: {len(missing)} planned pictures are missing, the first is {first.model} / "
            f"{first.prompt} / {first.condition} / {first.replicate}; add them, or say images: missing: allowed"
        )
    return named


def _files(root: Path, folder: str) -> Iterator[Path]:
    return (path for path in sorted((root / folder).rglob("*")) if not path.is_dir())


def _bytes(study: str, path: Path, root: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{study}: {path.relative_to(root)}: cannot be read: {error.strerror}") from None
