"""What a reading of a store finds, object by object, and what its checks are given."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Literal, NamedTuple, TypeVar

from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.errors import CorruptObjectError, StoreError
from warehouse.integrity.kinds import ELSEWHERE, IN_NAME, Key
from warehouse.loading.beside import record_of
from warehouse.loading.objects import compared_parquet, json_object
from warehouse.loading.webp_seals import encoder_of
from warehouse.store.base import Store
from warehouse.store.many import ahead
from warehouse.store.pieces import hash_of, pieces

Done = TypeVar("Done")
Given = TypeVar("Given")
#: A picture's hash and bytes → its thumbnail, as this version makes it; ValueError if there can be none.
Shrink = Callable[[str, bytes], bytes]
AT_ONCE = 16  # objects that are asked for; S3 answers one in 10 to 50 ms
#: Of what is still there although a removal names it.
NOT_GONE = "its removal is on record; cliche remove deletes it"
_MANIFEST = re.compile(r"editions/[^/]+/manifest\.json")  # carries its hash, unlike the files that it lists
_UNREADABLE = 5  # one after the other: the store is at fault, not the objects


class Problem(NamedTuple):
    """One object that is not as it should be; `of` says what it belongs to, if that is known."""

    kind: Literal["damaged", "missing", "unexpected"]
    key: str
    what: str
    of: str = ""


class Read(NamedTuple):
    """One object as it was read."""

    named: Key
    data: bytes  # those of the site's DuckDB file are not kept
    sha256: str
    said: Any = None  # what JSON and Parquet hold (a dict, a table) whose bytes are those that were written
    fault: str = ""

    @property
    def key(self) -> str:
        """Return where it is."""
        return self.named.key


class Need(NamedTuple):
    """The key of an object that another one names, why it must be there, and its hash, if that is recorded."""

    key: str
    why: str
    sha256: str | None = None


class Named(NamedTuple):
    """The edition whose manifest names an object, and the hash that it states, of plans alone."""

    edition: str
    sha256: str | None = None


@dataclass
class Inspection:
    """What the checks of one group are given, and what they found."""

    store: Store
    there: Collection[str]  # keys of its part of the store
    named: Mapping[str, Named]  # what manifests of editions name, by key
    tell: Callable[[int], None] = lambda looked: None
    shrink: Shrink = lambda sha256, picture: b""  # without it, of a thumbnail the seal alone is read
    problems: list[Problem] = field(default_factory=list)
    objects: int = 0
    leftover: int = 0  # parts of tables that no edition lists
    hashes: dict[str, str] = field(default_factory=dict)  # key → SHA-256 of what was read
    outside: set[str] = field(default_factory=set)  # keys elsewhere that were needed: what the group rests on
    _failed: int = 0

    def read(self, members: Sequence[Key], of: str = "") -> Iterator[Read]:
        """Yield each object in their order; what cannot be read, or is not what was written, is a problem."""
        records: dict[str, list[str]] = {}
        for one in members:
            if stated := record_of(one.key):
                records.setdefault(stated[0], []).append(one.key)
        for read in self._each(lambda key: self._get(key, records.get(key.key, ())), members):
            self.objects += 1
            self.tell(self.objects)
            if isinstance(read, Problem):
                self._failed += 1
                if self._failed >= _UNREADABLE:
                    raise StoreError(f"{self.store.url}: {read.key} {read.what}, and so do those before it")
                self.problems.append(read)
                continue
            self._failed = 0
            self.hashes[read.key] = read.sha256
            if read.fault:
                self.damaged(read.key, read.fault, of)
            yield read

    def _get(self, named: Key, records: Collection[str]) -> Read | Problem:
        key = named.key
        try:
            if key == keys.SITE_DATABASE:
                return Read(named, b"", hash_of(pieces(self.store, key)))
            data = self.store.get(key)
        except KeyError:
            return Problem("missing", key, "was listed, and is gone")
        except StoreError as error:
            return Problem("damaged", key, f"cannot be read ({error})")
        read = Read(named, data, sha256_hex(data))
        try:
            return read._replace(said=_said(read, records))
        except CorruptObjectError as error:
            said = str(error).removeprefix(f"{key} ").removesuffix("; restore it from a backup")
            return read._replace(fault=said)

    def damaged(self, key: str, what: str, of: str = "") -> None:
        """Note an object whose bytes are not what is recorded of it, or not what its key says."""
        edition = f"edition {self.named[key].edition}" if key in self.named else ""
        self.problems.append(Problem("damaged", key, what, of or edition))

    def unexpected(self, key: str, what: str, of: str = "") -> None:
        """Note an object that nothing accounts for."""
        self.problems.append(Problem("unexpected", key, what, of))

    def need(self, key: str, why: str, of: str = "") -> None:
        """Note a missing object unless it is there; one that a run wrote since the listing is there."""
        self.need_all([Need(key, why)], lambda _: of)

    def need_all(self, wanted: Iterable[Need], of: Callable[[str], str]) -> None:
        """Note which of many objects are missing (`of` says whose), but for pictures whose removal is on record."""
        lacking = [one for one in wanted if one.key not in self.there]
        for one, head in zip(lacking, self._each(lambda one: self.store.head(one.key), lacking), strict=True):
            picture = keys.picture_of(one.key)
            if head is not None:
                self.outside.add(one.key)
            elif picture is None or not self.store.head(keys.removal(picture)):
                self.problems.append(Problem("missing", one.key, one.why, of(one.key)))

    def _each(self, do: Callable[[Given], Done], items: Iterable[Given]) -> Iterator[Done]:
        """Yield what is done of each, in their order; of a folder without threads, which cost more than they bring."""
        return ahead(do, items, AT_ONCE) if self.store.url.startswith("s3://") else map(do, items)


def _said(read: Read, records: Collection[str]) -> Any:
    """Return what JSON or Parquet holds; `CorruptObjectError` unless the hash in it, its name or a record fits."""
    key, kind, data = read.key, read.named.kind, read.data
    if kind in ELSEWHERE and not _MANIFEST.fullmatch(key):
        return None
    if kind in IN_NAME:
        if not read.sha256.startswith(PurePosixPath(key).stem.rpartition("-")[2]):
            raise CorruptObjectError("has other bytes than its name says")
        return None
    if kind == "image thumbnail":
        return encoder_of(key, data)
    return compared_parquet(key, data, records) if key.endswith(".parquet") else json_object(key, data)
