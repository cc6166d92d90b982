"""Replies of makers: files `replies/<model>.md` beside models.yaml, quoted on the pages of their models.

An edition keeps their bytes, so that its pages can be made again from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assets.leaderboard.views.reply import FOLDER
from warehouse.errors import UsageError

#: The longest reply that is kept; a page quotes the beginning.
MOST_BYTES = 1_000_000


def read_replies(folder: Path) -> dict[str, bytes]:
    """Return model → bytes of the replies in a folder; {} if there is none.

    Raises:
        UsageError: if a file is too long or empty, or cannot be read.
    """
    found = {}
    for path in sorted(folder.glob("*.md")) if folder.is_dir() else ():
        try:
            data = path.read_bytes()
        except OSError as error:
            raise UsageError(f"cannot read {path}: {error.strerror}") from error
        if not 0 < len(data.strip()) <= MOST_BYTES:
            raise UsageError(
                f"{path} is empty or has more than {MOST_BYTES:,} bytes; a reply is a text for people"
            )
        found[path.stem] = data
    return found


def replies_in(folder: Path, files: Mapping[str, Any]) -> dict[str, bytes]:
    """Return model → bytes of the replies that an edition keeps."""
    return {
        name.removeprefix(FOLDER).removesuffix(".md"): (folder / name).read_bytes()
        for name in sorted(files)
        if name.startswith(FOLDER) and (folder / name).is_file()
    }
