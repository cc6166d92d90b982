"""Pictures that a table names, row by row: files beside it, or bytes inside it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from assets.studies.declared.patterns import FieldsDisagreeError
from assets.studies.declared.pictures import Images, PictureTable
from assets.studies.definition import StudyDefinition
from assets.studies.files.embedded import holds_pictures, name_in
from assets.studies.files.formats import read_table
from assets.studies.files.rows import FileError
from assets.studies.files.selection import Selection
from assets.studies.files.walk import OUTSIDE, files_in, leads_out, matching
from assets.studies.mistakes import Mistakes
from assets.studies.slots import Coordinates, Place, UnknownSlotError, key_fields

_SUFFIXES = frozenset((".png", ".jpg", ".jpeg", ".webp"))


def pictures_of_table(
    definition: StudyDefinition, images: Images, table: PictureTable, root: Path, mistakes: Mistakes
) -> dict[str, Place]:
    """Return path (relative to `root`) → place of every picture that the table names; mistakes go to `mistakes`."""
    coordinates = Coordinates(definition)
    keys = [(key.column, coordinates.pattern(key.pattern)) for key in table.key]
    selection = Selection(table)
    named: dict[str, Place] = {}
    pattern = coordinates.pattern(table.file)
    files = matching(pattern, root)
    if not files:
        mistakes.add("", f"no file under {root} matches {table.file}")
    for path, file, file_fields in files:
        try:
            if leads_out(path, root, pattern.fixed_folder):
                raise FileError(OUTSIDE)
            _, rows = read_table(path, file, table)
            selection.check_columns(rows, [*(column for column, _ in keys)])
        except FileError as error:
            mistakes.add(file, str(error), error.place)
            continue
        inside = [column for column, _ in keys if holds_pictures(path, column)]
        beside = [(column, pattern) for column, pattern in keys if column not in inside]
        for row in selection.kept(rows):
            try:
                fields = key_fields(row.cells, beside, {**images.constants, **file_fields})
                if inside:
                    name = name_in(file, inside[0], int(row.place.split(" ")[-1]))
                else:
                    name = _path_of(root, path.parent, fields.pop("picture"))
                place = coordinates.place(fields, order=f"{len(named):09d}")
            except (FieldsDisagreeError, UnknownSlotError) as error:
                mistakes.add(file, str(error), row.place)
                continue
            if name in named:
                mistakes.add(file, f"names {name} a second time", row.place)
            elif inside or os.path.lexists(root / name):
                named[name] = place
            elif images.missing == "error":
                what = f"names {name}, which is not there; add it, or say images: missing: allowed"
                mistakes.add(file, what, row.place)
        _others(images, table, root, path.parent, named, mistakes)
    for what in selection.unused():
        mistakes.add(table.file, what)
    return named


def _others(
    images: Images,
    table: PictureTable,
    root: Path,
    folder: Path,
    named: Mapping[str, Place],
    mistakes: Mistakes,
) -> None:
    """Report pictures beside a table that it does not name."""
    below = folder.relative_to(root).as_posix()
    for path, name in files_in(root, "" if below == "." else below):
        ignored = any(fnmatchcase(name, glob) for glob in images.ignore)
        if path.suffix.lower() in _SUFFIXES and name not in named and not ignored:
            mistakes.add(
                name, f"no row of {table.file} names it; take it out, or list it under images: ignore"
            )


def _path_of(root: Path, folder: Path, written: str) -> str:
    """Return the path relative to `root` of a picture that a table in `folder` names."""
    wanted = PurePosixPath(written.replace("\\", "/").removeprefix("./"))
    if wanted.is_absolute() or ".." in wanted.parts:
        raise UnknownSlotError(f'picture "{written}" is not a path within the study\'s folder')
    beside = folder / wanted
    path = beside if os.path.lexists(beside) or not os.path.lexists(root / wanted) else root / wanted
    if leads_out(path, root, folder.relative_to(root).as_posix()):
        raise UnknownSlotError(f'picture "{written}" is a link to a file outside the study\'s folder')
    return path.relative_to(root).as_posix()
