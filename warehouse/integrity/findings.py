"""What a reading of a store finds, object by object, and what its checks are given."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal, NamedTuple, TypeVar

from warehouse import keys as names
from warehouse.canonical import sha256_hex
from warehouse.errors import CorruptObjectError, StoreError
from warehouse.loading.beside import record_of
from warehouse.loading.objects import json_object
from warehouse.store.base import Store
from warehouse.store.pieces import pieces

Done = TypeVar("Done")
#: A picture's hash and bytes → its thumbnails by key, as this version makes them; ValueError if there can be none.
Shrink = Callable[[str, bytes], bytes]
#: Objects that are asked for at once where one takes longer than this many seconds.
AT_ONCE, _SLOW_S = 16, 0.004
_TRIED = 3  # objects that are timed
#: Of what is still there although a removal names it.
NOT_GONE = "its removal is on record; cliche remove deletes it"
_UNREADABLE = 5  # one after the other: the store is at fault, not the objects


class Problem(NamedTuple):
    """One object that is not as it should be; `of` says what it belongs to, if that is known."""

    kind: Literal["damaged", "missing", "unexpected"]
    key: str
    what: str
    of: str = ""


class Read(NamedTuple):
    """One object as it was read, with the SHA-256 of its bytes; those of the site's DuckDB file are not kept."""

    key: str
    data: bytes
    sha256: str
    size: int


@dataclass(frozen=True)
class Recorded:
    """What the manifests of editions record of other objects."""

    plans: Mapping[str, tuple[str, str]]  # key → (SHA-256, edition)
    named: Mapping[str, str]  # key → the edition that names it
    studies: Mapping[str, set[tuple[str, str]]]  # study → (hash of its definition, edition)
    replaced: Mapping[str, str]  # edition → what says that it was public


@dataclass
class Inspection:
    """What the checks of one group are given, and what they found. `there` are the keys of its part of the store.

    `outside` are those that lie elsewhere and were needed: what the group rests on. `shrink` makes the thumbnail of a
    picture again; without it, of a thumbnail the seal alone is read.
    """

    store: Store
    there: Collection[str]
    recorded: Recorded
    tell: Callable[[], None] = lambda: None
    shrink: Shrink = lambda sha256, picture: b""
    problems: list[Problem] = field(default_factory=list)
    objects: int = 0
    bytes: int = 0
    leftover: int = 0  # parts of tables that no edition lists
    hashes: dict[str, str] = field(default_factory=dict)  # key → SHA-256 of what was read
    outside: set[str] = field(default_factory=set)
    _failed: int = 0

    def read(self, keys: Sequence[str]) -> Iterator[Read]:
        """Yield each object in the order of `keys`; what cannot be read is a problem."""
        return self._counted(_of_each(self._get, keys))

    def _get(self, key: str) -> Read | Problem:
        try:
            if key == names.SITE_DATABASE:
                return _hashed(key, pieces(self.store, key))
            data = self.store.get(key)
        except KeyError:
            return Problem("missing", key, "was listed, and is gone")
        except StoreError as error:
            return Problem("damaged", key, f"cannot be read ({error})")
        return Read(key, data, sha256_hex(data), len(data))

    def _counted(self, found: Iterable[Read | Problem]) -> Iterator[Read]:
        for one in found:
            self.objects += 1
            self.tell()
            if isinstance(one, Problem):
                self._failed += 1
                if self._failed >= _UNREADABLE:
                    raise StoreError(f"{self.store.url}: {one.key} {one.what}, and so do those before it")
                self.problems.append(one)
                continue
            self._failed = 0
            self.bytes += one.size
            self.hashes[one.key] = one.sha256
            yield one

    def damaged(self, key: str, what: str, of: str = "") -> None:
        """Note an object whose bytes are not what is recorded of it, or not what its key says."""
        self.problems.append(Problem("damaged", key, what, of))

    def unexpected(self, key: str, what: str, of: str = "") -> None:
        """Note an object that nothing accounts for."""
        self.problems.append(Problem("unexpected", key, what, of))

    def need(self, key: str, why: str, of: str = "") -> None:
        """Note a missing object unless it is there; one that a run wrote since the listing is there."""
        self.need_all([(key, why, of)])

    def need_all(self, wanted: Iterable[tuple[str, str, str]]) -> None:
        """Note which objects are missing, of many: each with why it is needed, and what it belongs to.

        A picture whose removal is on record is missing rightly.
        """
        lacking = [one for one in wanted if one[0] not in self.there]
        for (key, why, of), head in zip(
            lacking, _of_each(self.store.head, [key for key, _, _ in lacking]), strict=True
        ):
            picture = names.picture_of(key)
            if head is not None:
                self.outside.add(key)
            elif picture is None or not self.store.head(names.removal(picture)):
                self.problems.append(Problem("missing", key, why, of))

    def json(self, one: Read, of: str = "") -> dict[str, Any] | None:
        """Return the JSON object that was read, checked by its seal; None if it is damaged."""
        try:
            return json_object(one.key, one.data)
        except CorruptObjectError as error:
            self.damaged(one.key, said_of(error, one.key), of)
            return None


def _of_each(do: Callable[[str], Done], keys: Sequence[str]) -> Iterator[Done]:
    """Yield what is done of each key, in their order; several at once where one takes long."""
    left = iter(keys)
    begun = time.monotonic()
    first = [do(key) for key in islice(left, _TRIED)]
    slow = (time.monotonic() - begun) / max(1, len(first)) > _SLOW_S
    yield from first
    if not slow:  # threads cost more than they bring
        yield from map(do, left)
        return
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        while some := [*islice(left, AT_ONCE * 4)]:
            yield from pool.map(do, some)


def _hashed(key: str, read: Iterable[bytes]) -> Read:
    digest, size = hashlib.sha256(), 0
    for piece in read:
        digest.update(piece)
        size += len(piece)
    return Read(key, b"", digest.hexdigest(), size)


def said_of(error: Exception, key: str) -> str:
    """Return what an error says of an object, without its key and what to do, which the report says once."""
    return str(error).removeprefix(f"{key} ").removesuffix("; restore it from a backup")


def records_of(keys: Iterable[str]) -> dict[str, list[str]]:
    """Return the records beside objects, by the key of the object."""
    found: dict[str, list[str]] = {}
    for key in keys:
        if of := record_of(key):
            found.setdefault(of[0], []).append(key)
    return found
