"""Replies of makers: files `replies/<model>.md` beside models.yaml, quoted on the pages of their models.

An edition keeps their bytes, so that its pages can be made again from it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.errors import UsageError
from warehouse.inputfile import read_file

#: The longest reply that is kept; a page quotes the beginning.
MOST_BYTES = 1_000_000


def read_replies(folder: Path) -> dict[str, bytes]:
    """Return model → bytes of the replies in a folder; {} if there is none."""
    replies = {}
    for path in sorted(folder.glob("*.md")) if folder.is_dir() else ():
        try:
            data = read_file(path, MOST_BYTES)
        except OSError as error:
            raise UsageError(f"cannot read {path}: {error.strerror}; a reply is a text for people") from None
        if not data.strip():
            raise UsageError(f"{path} is empty; a reply is a text for people")
        replies[path.stem] = data
    return replies


def replies_in(folder: Path, files: Mapping[str, Any]) -> dict[str, bytes]:
    """Return model → bytes of the replies that an edition keeps."""
    return {
        name.removeprefix(FOLDER).removesuffix(".md"): (folder / name).read_bytes()
        for name in sorted(files)
        if name.startswith(FOLDER) and (folder / name).is_file()
    }


#: Where an edition keeps the replies, as they were given.
FOLDER = "docs/replies/"
#: What a page quotes of a reply; the file has the rest.
MOST = 6000
_END = re.compile(r"\n[ \t]*\n\s*")


@dataclass(frozen=True)
class Reply:
    """A reply; `whole` says whether a page has all of it."""

    file: str
    paragraphs: tuple[str, ...]
    whole: bool
    size: int
    sha256: str


def reply_file(model: str) -> str:
    """Return where an edition keeps the reply about a model."""
    return f"{FOLDER}{model}.md"


def reply_of(model: str, data: bytes) -> Reply:
    """Return a reply about a model; what is no UTF-8 is shown as replaced."""
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").strip()
    shown = text if len(text) <= MOST else text[:MOST].rpartition(" ")[0] or text[:MOST]
    return Reply(
        file=reply_file(model),
        paragraphs=tuple(part for part in _END.split(shown) if part),
        whole=shown == text,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )
