"""The files of a study's folder: all of them, those that match a pattern, and links that lead out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from assets.studies.declared.patterns import TypedPattern, natural

#: What operating systems leave in folders; so are files and folders whose names begin with a dot.
_LEFT_BEHIND = frozenset(("Thumbs.db", "desktop.ini", "__MACOSX"))

#: What is wrong with a file that `leads_out`.
OUTSIDE = "is a link to a file outside the study's folder; copy the file here (cp -L)"


def files_in(root: Path, folder: str) -> Iterator[tuple[Path, str]]:
    """Yield each file below a folder of `root` with its path relative to `root`, in natural order."""
    found = [
        (path, path.relative_to(root).as_posix()) for path in (root / folder).rglob("*") if not path.is_dir()
    ]
    kept = (pair for pair in found if not any(_hidden(part) for part in pair[1].split("/")))
    return iter(sorted(kept, key=lambda pair: natural(pair[1])))


def matching(pattern: TypedPattern, root: Path) -> list[tuple[Path, str, dict[str, str]]]:
    """Return the files under `root` that match: path, path relative to `root`, fields of the path."""
    found = []
    for path, name in files_in(root, pattern.fixed_folder):
        fields = pattern.match(name)
        if fields is not None:
            found.append((path, name, fields))
    return found


def leads_out(path: Path, root: Path, folder: str) -> bool:
    """Return whether a link leads `path` out of the study; its `folder` itself may be a link to another disk."""
    try:
        real, *within = (os.path.realpath(one) for one in (path, root, root / folder))
    except ValueError:  # no name of a file: there is nothing
        return False
    return not any(Path(real).is_relative_to(one) for one in within)


def _hidden(part: str) -> bool:
    return part in _LEFT_BEHIND or part.startswith(".")
