"""What the maker of a model wrote in reply to its figures, as pages quote it: paragraphs of plain text."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

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
