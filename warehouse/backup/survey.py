"""Two stores side by side: which objects a copy lacks, which differ, and whether they are of one store at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import md5
from pathlib import Path

from warehouse import keys
from warehouse.backup import changing
from warehouse.backup.order import listed, turn
from warehouse.errors import RefusedError, UsageError
from warehouse.integrity.editions import manifests
from warehouse.integrity.findings import Problem
from warehouse.integrity.kinds import Parts, parts
from warehouse.integrity.scan import Tell
from warehouse.store.base import Head, Store
from warehouse.store.many import ahead
from warehouse.store.pieces import read_if_there
from warehouse.taken_back import gone

AT_ONCE = 16
_MD5 = re.compile(r'"[0-9a-f]{32}"')
_KIN = 16  # receipts of both that are compared before anything is written
_MOST_KIN = 512  # among which they are chosen
#: What is made again if it is gone, so that it may be in one of two stores alone.
_MADE_AGAIN = ("thumbnails/", keys.SITE)


@dataclass
class Survey:
    """What is to be copied, in numbers and by part (`touched`); `lost` are objects that the source lacks.

    `differing` is key → bytes. `again` are those that each publish makes anew, and that the target has otherwise or not
    at all; the one DuckDB file is not among them. `editions` are the manifests that were there before anything was
    listed. `gone` tells what a removal names, on record in one of the two: that is not copied, and `kept` is what the
    target still has of it. `receipts` are some of both.
    """

    source: Store
    target: Store
    parts: Parts
    changing: Mapping[str, bytes]
    problems: Sequence[Problem]
    editions: frozenset[str]
    gone: Callable[[str], bool]
    quick: bool
    objects: int = 0
    total_bytes: int = 0
    missing: int = 0
    missing_bytes: int = 0
    differing: dict[str, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    database: Head | None = None
    database_again: bool = False

    @property
    def differing_bytes(self) -> int:
        """Return how many bytes the objects have that differ."""
        return sum(self.differing.values())

    @property
    def without_site(self) -> bool:
        """Return whether the site is left out, because a publish is writing it."""
        there = self.source.head(keys.SITE_PAGES_NOTE) is not None
        return there and keys.SITE_PAGES_NOTE not in self.changing and not self.problems

    @property
    def again_bytes(self) -> int:
        """Return how many bytes those have that each publish makes anew and that are copied."""
        return sum(len(self.changing[key]) for key in self.again)


def look(source: Store, target: Store, tell: Tell, *, quick: bool = False) -> Survey:
    """Compare two stores, part by part; nothing is written.

    `quick` takes objects of the same name and size for the same, without looking into them.

    Raises:
        UsageError: if the source holds nothing.
        RefusedError: if the target holds what is not of this store.
    """
    tell("", 0, 1)
    changes, problems = changing.read(source)  # before what it leads to is listed
    editions = frozenset(key for key in manifests(source) if source.head(key))
    both, is_gone = parts(source, target), gone(source, target)
    found = Survey(source, target, both, changes, problems, editions, is_gone, quick)
    for number, (name, prefixes) in enumerate(both.items()):
        tell("what is there", number, len(both))
        ours, theirs = listed(source, prefixes), listed(target, prefixes)
        found.kept += filter(is_gone, theirs)
        _count(found, name, _left(ours, is_gone), _left(theirs, is_gone))
    if not found.objects:
        raise UsageError(
            f"{source.url} holds no object, so nothing was copied; is it the store that you mean?"
        )
    found.lost.sort()
    _assert_kin(source, target, found.receipts, found.lost)
    if not quick:
        found.differing = {}
        for number, (name, prefixes) in enumerate(both.items()):
            tell("what both hold", number, len(both))
            if other := [head for head in _differing(source, target, prefixes) if not is_gone(head.key)]:
                found.differing |= {head.key: head.size for head in other}
                found.touched.append(name)
    found.touched = sorted({*found.touched}, key=turn)
    found.again = [key for key, data in changes.items() if read_if_there(target, key) != data]
    found.objects += len(changes)
    found.total_bytes += sum(map(len, changes.values()))
    if keys.SITE_DATABASE_NOTE in changes and (database := source.head(keys.SITE_DATABASE)):
        there, found.database = target.head(keys.SITE_DATABASE), database
        found.objects += 1
        found.total_bytes += database.size
        found.database_again = (
            there is None or there.size != database.size or keys.SITE_DATABASE_NOTE in found.again
        )
    return found


def _left(heads: Mapping[str, Head], is_gone: Callable[[str], bool]) -> dict[str, Head]:
    return {key: head for key, head in heads.items() if not is_gone(key)}


def _count(found: Survey, name: str, ours: Mapping[str, Head], theirs: Mapping[str, Head]) -> None:
    """Add what a part holds in both stores."""
    missing = [head for key, head in ours.items() if key not in theirs]
    found.objects += len(ours)
    found.total_bytes += sum(head.size for head in ours.values())
    found.missing += len(missing)
    found.missing_bytes += sum(head.size for head in missing)
    differing = {
        key: head.size for key, head in ours.items() if key in theirs and theirs[key].size != head.size
    }
    found.differing |= differing
    found.lost += [key for key in theirs.keys() - ours.keys() if not key.startswith(_MADE_AGAIN)]
    receipts = [key for key in ours if key in theirs and key.startswith(("attempts/", "studies/"))]
    found.receipts += receipts[:: max(1, len(receipts) // _KIN)]
    if len(found.receipts) > _MOST_KIN:
        found.receipts = found.receipts[::2]
    if missing or differing:
        found.touched.append(name)


def assert_apart(one: str, other: str) -> None:
    """Raise `UsageError` if one of two addresses of stores lies in the other."""
    if one.startswith("s3://") != other.startswith("s3://"):
        return
    if one.startswith("s3://"):
        inside = f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")
    else:
        paths = Path(one).resolve(), Path(other).resolve()
        inside = paths[0].is_relative_to(paths[1]) or paths[1].is_relative_to(paths[0])
    if inside:
        raise UsageError(f"{one} and {other} lie in each other; name another place for the copy")


def is_of(head: Head, data: bytes) -> bool | None:
    """Return whether an object has these bytes, by its size and tag; None if that does not tell."""
    if head.size != len(data):
        return False
    # Servers tag otherwise what they encrypt or took in parts: only a tag that fits says something.
    if head.etag == f'"{md5(data, usedforsecurity=False).hexdigest()}"':
        return True
    return None


def _assert_kin(source: Store, target: Store, receipts: Sequence[str], lost: Sequence[str]) -> None:
    """Raise `RefusedError` unless the target is empty, a part of the source, or has receipts of it."""
    some = receipts[:: max(1, len(receipts) // _KIN)]
    strange = [key for key in some if source.get(key) != target.get(key)]
    if 2 * len(strange) > len(some) or (lost and not some):
        key = (strange or lost)[0]
        raise RefusedError(
            f"{target.url} holds something else than {source.url} ({key}, for one); nothing was copied: "
            "name an empty place, or a copy of this store"
        )


def _differing(source: Store, target: Store, prefixes: Sequence[str]) -> Iterator[Head]:
    """Yield objects of the source, of a part, that are in both, and not the same."""
    there, found = listed(source, prefixes), listed(target, prefixes)
    common = [key for key in there if key in found]

    def same(key: str) -> bool:
        ours, theirs = there[key], found[key]
        if ours.size != theirs.size:
            return False
        if ours.etag == theirs.etag and _MD5.fullmatch(ours.etag):
            return True
        # Where a server has the tag of one of them, it sends nothing.
        first, second, tagged = (
            (source, target, theirs) if _MD5.fullmatch(theirs.etag) else (target, source, ours)
        )
        data = first.get(key)
        return is_of(tagged, data) is True or second.get(key) == data

    return (
        there[key] for key, is_same in zip(common, ahead(same, common, AT_ONCE), strict=True) if not is_same
    )
