"""A store of keys that are made up when it is asked, to see how much memory reading a large one takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from warehouse import keys
from warehouse.integrity.findings import Inspection
from warehouse.integrity.kinds import Key
from warehouse.store import Head
from warehouse.weeks import shift

_WEEK = "2023-01-02"


class MadeUp:
    """A store of pictures, thumbnails, receipts and intents that are nowhere: what is read of each is empty."""

    url, wait_s = "made-up", 0.0

    def __init__(self, pictures: int, models: int, weeks: int) -> None:
        """So many pictures, each with three thumbnails, a receipt and an intent, over models and weeks."""
        self._partitions = [
            (shift(_WEEK, week), f"m{model:03d}") for week in range(weeks) for model in range(models)
        ]
        self._each = pictures // len(self._partitions)
        self._in_folder = pictures // 256
        self.total = 5 * self._each * len(self._partitions)

    def names(self, prefix: str) -> list[str]:
        """Return the folders of one level."""
        roots = ("attempts/", "images/", "intents/", "thumbnails/")
        if not prefix:
            return [*roots]
        if prefix in {"images/", "thumbnails/"}:
            return [f"{prefix}{first:02x}/" for first in range(256)]
        if prefix in roots:
            return sorted({f"{prefix}week={week}/" for week, _ in self._partitions})
        return [
            f"{prefix}model={model}/" for week, model in self._partitions if prefix.endswith(f"week={week}/")
        ]

    def folders(self, prefix: str) -> list[str]:
        """Return no folder of editions."""
        return []

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys of a folder, or of the whole store."""
        root, _, rest = prefix.partition("/")
        for one in (root,) if root else ("attempts", "images", "intents", "thumbnails"):
            if one in {"images", "thumbnails"}:
                for first in (rest[:2],) if rest else (f"{n:02x}" for n in range(256)):
                    yield from self._pictures(one, first)
            elif one in {"attempts", "intents"}:
                for week, model in self._partitions:
                    folder = f"{one}/week={week}/model={model}/"
                    if folder.startswith(prefix):
                        yield from (f"{folder}{_hash(f'{folder[8:]}{n}')}/1.json" for n in range(self._each))

    def _pictures(self, root: str, first: str) -> Iterator[str]:
        for n in range(self._in_folder):
            digest = first + _hash(f"{first}{n}")[2:]
            if root == "images":
                yield keys.image(digest, "png")
            else:
                yield keys.thumbnail(digest)

    def heads(self, prefix: str) -> Iterator[Head]:
        """Yield what is listed, each of no bytes."""
        return (Head(key, 0, '"d41d8cd98f00b204e9800998ecf8427e"') for key in self.list(prefix))

    def get(self, key: str, part: tuple[int, int] | None = None) -> bytes:
        """Return nothing of what was made up."""
        if key.startswith(("images/", "thumbnails/", "attempts/", "intents/")):
            return b""
        raise KeyError(key)

    def head(self, key: str) -> Head | None:
        """Return that there is nothing else."""
        return None

    def leases(self) -> list[Any]:
        """Return no lease."""
        return []


def count(look: Inspection, group: tuple[str, ...], members: Sequence[Key]) -> None:
    """Count the objects of a group and check none: they are made up."""
    look.objects += len(members)


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
