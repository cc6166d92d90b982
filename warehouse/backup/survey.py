"""Two stores side by side: which objects a copy lacks, which differ, and whether they are of one store at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path

from warehouse import keys
from warehouse.backup import changing
from warehouse.backup.order import listed
from warehouse.errors import RefusedError, UsageError
from warehouse.integrity.findings import Problem
from warehouse.integrity.scan import Tell
from warehouse.store.base import Head, Store
from warehouse.store.many import ahead

AT_ONCE = 16
_EACH = 64  # objects between two words on how far it is
_MD5 = re.compile(r'"[0-9a-f]{32}"')
_KIN = 16  # receipts of both that are compared before anything is written
#: What is made again if it is gone, so that it may be in one of two stores alone.
_MADE_AGAIN = ("thumbnails/", keys.SITE)


@dataclass(frozen=True)
class Survey:
    """What is to be copied. `there` are the objects of the source that never change, `lost` those that it lacks."""

    source: Store
    target: Store
    there: Mapping[str, Head]
    missing: Sequence[str]
    differing: Sequence[str]
    lost: Sequence[str]
    changing: Mapping[str, bytes]
    database: Head | None
    problems: Sequence[Problem]
    quick: bool

    @property
    def without_site(self) -> bool:
        """Return whether the site is left out, because a publish is writing it."""
        there = self.source.head(keys.SITE_PAGES_NOTE) is not None
        return there and keys.SITE_PAGES_NOTE not in self.changing and not self.problems

    @property
    def objects(self) -> int:
        """Return how many objects the source holds."""
        return len(self.there) + len(self.changing) + (self.database is not None)

    @property
    def bytes(self) -> int:
        """Return how many bytes they have."""
        changing_bytes = sum(map(len, self.changing.values())) + (self.database.size if self.database else 0)
        return sum(head.size for head in self.there.values()) + changing_bytes

    @property
    def missing_bytes(self) -> int:
        """Return how many bytes those have that are missing in the copy."""
        return sum(self.there[key].size for key in self.missing)


def look(source: Store, target: Store, tell: Tell, *, quick: bool = False) -> Survey:
    """Compare two stores; nothing is written.

    `quick` takes objects of the same name and size for the same, without looking into them.

    Raises:
        UsageError: if the source holds nothing.
        RefusedError: if the target holds what is not of this store.
    """
    tell("", 0, 1)
    changes, problems = changing.read(source)  # before what it leads to is listed
    there, found = listed(source), listed(target)
    if not there:
        raise UsageError(
            f"{source.url} holds no object, so nothing was copied; is it the store that you mean?"
        )
    common = [key for key in there if key in found]
    lost = sorted(key for key in found.keys() - there.keys() if not key.startswith(_MADE_AGAIN))
    _assert_kin(source, target, common, lost)
    note = keys.SITE_DATABASE_NOTE in changes
    return Survey(
        source,
        target,
        there,
        [key for key in there if key not in found],
        [*_differing(source, target, there, found, common, tell, quick=quick)],
        lost,
        changes,
        source.head(keys.SITE_DATABASE) if note else None,
        problems,
        quick,
    )


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


def _assert_kin(source: Store, target: Store, common: Sequence[str], lost: Sequence[str]) -> None:
    """Raise `RefusedError` unless the target is empty, a part of the source, or has receipts of it."""
    receipts = [key for key in common if key.startswith(("attempts/", "studies/"))]
    some = receipts[:: max(1, len(receipts) // _KIN)]
    strange = [key for key in some if source.get(key) != target.get(key)]
    if 2 * len(strange) > len(some) or (lost and not some):
        key = (strange or lost)[0]
        raise RefusedError(
            f"{target.url} holds something else than {source.url} ({key}, for one); nothing was copied: "
            "name an empty place, or a copy of this store"
        )


def _differing(
    source: Store,
    target: Store,
    there: Mapping[str, Head],
    found: Mapping[str, Head],
    common: Sequence[str],
    tell: Tell,
    *,
    quick: bool,
) -> Iterator[str]:
    """Yield the keys of objects that are in both, and not the same."""

    def same(key: str) -> bool:
        ours, theirs = there[key], found[key]
        if ours.size != theirs.size:
            return False
        if quick or (ours.etag == theirs.etag and _MD5.fullmatch(ours.etag)):
            return True
        # Where a server has the tag of one of them, it sends nothing.
        first, second, tagged = (
            (source, target, theirs) if _MD5.fullmatch(theirs.etag) else (target, source, ours)
        )
        data = first.get(key)
        return is_of(tagged, data) is True or second.get(key) == data

    equal = ahead(same, common, AT_ONCE)
    for number, (key, is_same) in enumerate(zip(common, equal, strict=True)):
        if number % _EACH == 0:
            tell("what is there", number, len(common))
        if not is_same:
            yield key
