"""Reading objects that may be absent, and those of any size piece by piece: a DuckDB file of a site is gigabytes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator

from warehouse.errors import StoreError
from warehouse.store.base import Store

PIECE = 1 << 26  # bytes that are held at once


def read_if_there(store: Store, key: str) -> bytes | None:
    """Return the bytes of an object; None if there is none."""
    try:
        return store.get(key)
    except KeyError:
        return None


def pieces(store: Store, key: str, size: int = PIECE) -> Iterator[bytes]:
    """Yield the bytes of an object, at most `size` of them at a time.

    Raises:
        KeyError: if there is no such object.
    """
    there = store.head(key)
    if there is None:
        raise KeyError(key)
    for start in range(0, there.size, size):
        yield store.get(key, (start, size))
    if store.head(key) != there:
        raise StoreError(f"{store.url}: {key} was replaced while it was read; begin again")


def hash_of(read: Iterable[bytes], also: Callable[[bytes], object] = lambda piece: None) -> str:
    """Return the SHA-256 of pieces, each of which is given to `also`, too."""
    digest = hashlib.sha256()
    for piece in read:
        digest.update(piece)
        also(piece)
    return digest.hexdigest()
