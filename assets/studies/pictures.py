"""A study's pictures: which file is which slot, and that each is a whole picture."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from assets.generation.pictures.image_check import CheckedPicture, Rejected
from assets.generation.pictures.stripping import checked_and_stripped
from assets.studies.declared.patterns import FieldsDisagreeError, composed, natural
from assets.studies.declared.pictures import Images
from assets.studies.definition import StudyDefinition
from assets.studies.files.embedded import read_picture
from assets.studies.files.nature import kind_of
from assets.studies.files.rows import FileError
from assets.studies.files.walk import OUTSIDE, files_in, leads_out
from assets.studies.mistakes import Mistakes
from assets.studies.picture_table import pictures_of_table
from assets.studies.progress import Progress, silent
from assets.studies.slots import Coordinates, Numbers, Place, StudySlot, UnknownSlotError


@dataclass(frozen=True)
class FoundPicture:
    """A slot's picture: its file, and what its bytes are (a file's type is what its bytes say).

    `picture` is of the bytes to store, without what can name a person; `original_sha256` is of the file as it came.
    """

    root: Path
    name: str  # relative to `root`
    picture: CheckedPicture
    original_sha256: str

    def read(self) -> bytes:
        """Return the bytes as they came."""
        return read_picture(self.root, self.name)


def name_pictures(
    definition: StudyDefinition,
    root: Path,
    mistakes: Mistakes,
    *,
    other_files: Collection[str] = (),
) -> dict[str, Place]:
    """Return path (relative to `root`) → place of every picture; empty for a study of labels only.

    Mistakes: every file that no rule covers, but for `other_files`, which are known to be something else (label
    files).
    """
    images = definition.images
    if images is None:
        return {}
    named = (
        _by_pattern(definition, images, root, other_files, mistakes)
        if images.table is None
        else pictures_of_table(definition, images, images.table, root, mistakes)
    )
    if not named and not mistakes:
        wanted = images.pattern if images.table is None else f"a path in {images.table.file}"
        mistakes.add("", f"no picture under {root} matches {wanted}")
    return named


def number_pictures(
    definition: StudyDefinition, named: Mapping[str, Place], numbers: Numbers, mistakes: Mistakes
) -> dict[StudySlot, str]:
    """Return slot → path; two files of one slot, a number beyond the planned and a missing picture are mistakes."""
    found: dict[StudySlot, str] = {}
    for name, place in named.items():
        try:
            slot = numbers.slot(place)
        except UnknownSlotError as error:
            mistakes.add(name, str(error))
            continue
        if slot in found:
            mistakes.add(name, f"{found[slot]} is the same slot; keep one")
        else:
            found[slot] = name
    if definition.images is None or definition.images.missing == "allowed" or not found:
        return found
    missing = [slot for slot in Coordinates(definition).planned() if slot not in found]
    if missing:
        first = missing[0]
        mistakes.add(
            "",
            f"{len(missing)} planned pictures are missing, the first is {first.model} / {first.prompt} / "
            f"{first.condition} / {first.replicate}; add them, or say images: missing: allowed",
        )
    return found


def check_pictures(
    root: Path, named: Mapping[StudySlot, str], mistakes: Mistakes, *, progress: Progress = silent
) -> dict[StudySlot, FoundPicture]:
    """Return slot → picture for every file that is a whole picture."""
    found: dict[StudySlot, FoundPicture] = {}
    in_order = sorted(named.items(), key=lambda item: natural(item[1]))  # a file of many is read once
    for number, (slot, name) in enumerate(in_order, start=1):
        try:
            data = read_picture(root, name)
        except FileError as error:
            mistakes.add(name, str(error))
            continue
        checked = checked_and_stripped(data)
        if isinstance(checked, Rejected):
            kind = kind_of(data)
            why = (
                f"is {kind.called}, not a picture; {kind.fix}"
                if kind and kind.fix.startswith("fetch")
                else checked.why
            )
            mistakes.add(name, f"{why} ({checked.outcome}); replace the file or take it out")
        else:
            found[slot] = FoundPicture(root, name, checked.picture, checked.original_sha256)
        progress("checking pictures", number, len(named))
    return found


class PictureNames:
    """Finds pictures by what a row calls them: a path, or the end of one."""

    def __init__(self, named: Mapping[str, Place]) -> None:
        self._exact = {composed(name): name for name in named}
        self._ends: dict[str, list[str]] = {}
        for name in self._exact:
            self._ends.setdefault(name.rpartition("/")[2], []).append(name)

    def find(self, text: str) -> str:
        """Return the path of the one picture that `text` names."""
        wanted = composed(text.replace("\\", "/")).removeprefix("./").lstrip("/")
        if wanted in self._exact:
            return self._exact[wanted]
        same = self._ends.get(wanted.rpartition("/")[2], [])
        fits = [name for name in same if name.endswith(f"/{wanted}") or f"/{wanted}".endswith(f"/{name}")]
        if len(fits) > 1:
            raise UnknownSlotError(f'picture "{text}" may be {fits[0]} or {fits[1]}; write more of its path')
        if not fits:
            hint = f"; did you mean {same[0]}?" if same else ""
            raise UnknownSlotError(f'picture "{text}" is none of the study\'s{hint}')
        return self._exact[fits[0]]


def _by_pattern(
    definition: StudyDefinition, images: Images, root: Path, other_files: Collection[str], mistakes: Mistakes
) -> dict[str, Place]:
    coordinates = Coordinates(definition)
    pattern = coordinates.pattern(images.pattern or "")
    named: dict[str, Place] = {}
    for path, name in files_in(root, pattern.fixed_folder):
        if name in other_files or any(fnmatchcase(name, glob) for glob in images.ignore):
            continue
        if leads_out(path, root, pattern.fixed_folder):
            mistakes.add(name, OUTSIDE)
            continue
        try:
            fields = pattern.match(name)
            if fields is None:
                mistakes.add(
                    name,
                    f"matches neither the pattern {images.pattern} nor an ignored name; "
                    "rename it, or list it under images: ignore",
                )
                continue
            named[name] = coordinates.place({**images.constants, **fields}, order=name)
        except (FieldsDisagreeError, UnknownSlotError) as error:
            mistakes.add(name, str(error))
    return named
