"""Changing the published DuckDB file while readers have it: the store of a folder holds the same file, not a copy.

Such a file has two names and never changes. The next edition is made in the file of the edition before, which nobody
reads any more, and the two take turns: an edition costs the rows that it adds twice, not a copy of the whole history.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from warehouse.database.building import built_from, forget_file, is_built_from, note_of

#: A file that lacks this many weeks more than the other is replaced by a copy of it.
_FAR_BEHIND = 4


def file_to_change(path: Path, tables: Mapping[str, Any], files: Mapping[str, Any]) -> Path:
    """Return the file to make an edition in: the one at `path`, unless it is shared and of another edition."""
    if not _is_shared(path) or is_built_from(path, tables, files):
        return path
    spare = path.with_name(f".{path.name}.spare")
    if _is_shared(spare):
        forget_file(spare)
    if built_from(spare) is None or len(_weeks(path) - _weeks(spare)) >= _FAR_BEHIND:
        forget_file(spare)
        shutil.copy2(path, spare)  # with its time of change, which the note states
        if note_of(path).exists():
            shutil.copy2(note_of(path), note_of(spare))
    return spare


def take_turns(path: Path, made: Path) -> None:
    """Put the file that was made at `path`, and the one that was there aside."""
    if made == path:
        return
    note, before = note_of(made).read_bytes(), note_of(path)
    aside = made.with_name(f"{made.name}.old")
    forget_file(aside)
    path.rename(aside)
    if before.exists():
        before.rename(note_of(aside))
    made.rename(path)
    note_of(path).write_bytes(note)
    aside.rename(made)
    note_of(made).unlink()
    if note_of(aside).exists():
        note_of(aside).rename(note_of(made))


def _is_shared(path: Path) -> bool:
    return path.exists() and path.stat().st_nlink > 1


def _weeks(path: Path) -> set[str]:
    """Return the weeks of which a file holds rows."""
    tables: Mapping[str, Mapping[str, str]] = (built_from(path) or {}).get("tables", {})
    return {week for weeks in tables.values() for week in weeks}
