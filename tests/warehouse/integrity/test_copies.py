"""Copies of stores: whole wherever they stop and while others write; what they do not give back is named."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.orchestration.installation import Installation
from tests.warehouse.integrity import shapes
from tests.warehouse.integrity.test_damage import problems
from warehouse import keys
from warehouse.backup.copying import Copied, copy
from warehouse.backup.order import listed, may_change, rank
from warehouse.backup.survey import look
from warehouse.integrity.kinds import parts
from warehouse.store import Head, Store, open_store

PAGE = 40  # keys that a server lists at once


def silent(what: str, done: int, total: int) -> None:
    """Nobody looks."""


def carry(source: Any, target: Any) -> Copied:
    return copy(look(source, target, silent), silent, repair=True)


class Dying(shapes.Dying):
    """A target whose process dies before its `n`-th write, whatever is written."""

    def replace(self, key: str, data: bytes | Path) -> None:
        """Write, unless the process is dead."""
        self._write()
        self._store.replace(key, data)

    def swap_latest(self, key: str, data: bytes, *, expected: bytes | None) -> bool:
        """Write, unless the process is dead."""
        self._write()
        return self._store.swap_latest(key, data, expected=expected)

    def _write(self) -> None:
        if self._left <= 0:
            raise shapes.KilledError
        self._left -= 1


def assert_whole_wherever_it_is_stopped(store: Store, tmp_path: Path) -> None:
    """What manifests, pointers and editions name is there before them; only which edition is the newest comes last."""
    everything = shapes.everything(store)
    ranks = Counter(rank(key) for key in everything if not may_change(key))
    ends = [*itertools.accumulate(ranks[number] for number in sorted(ranks))]
    last = ends[-1] + (2 if keys.LATEST_EDITION in everything else -1)
    target = open_store(tmp_path / "copy")
    before = 0
    for stop in sorted({*random.Random(1).sample(range(1, ends[-1]), 2), ends[5], last}):
        with pytest.raises(shapes.KilledError):
            carry(store, Dying(target, stop - before))
        there = shapes.everything(target)
        assert before < len(there) < len(everything)
        assert all(everything[key] == data for key, data in there.items())
        wrong = {one.key for one in problems(target, tmp_path)}
        site = {key for key in everything if key.startswith(keys.SITE)}
        assert wrong - site <= {keys.LATEST_EDITION}, (stop, wrong)
        before = len(there)
    done = carry(store, target)
    assert done.problems == []
    assert done.objects == len(everything) - before
    assert shapes.everything(target) == everything


class Growing:
    """A store in which a run writes an object after each so many pages that are listed, as servers list."""

    def __init__(self, store: Store, pending: list[tuple[str, bytes]], pages: int) -> None:
        self._store, self._pending, self._pages, self._listed = store, pending, pages, 0

    def heads(self, prefix: str) -> Iterator[Head]:
        """Yield what is there; between two pages objects are written."""
        last = ""
        while page := [*itertools.islice((k for k in self._store.list(prefix) if k > last), PAGE)]:
            for key in page:
                head = self._store.head(key)
                assert head is not None
                yield head
            last = page[-1]
            self._listed += 1
            self.go_on(self._listed % self._pages == 0)

    def go_on(self, objects: int) -> None:
        """Write so many objects."""
        for _ in range(min(objects, len(self._pending))):
            key, data = self._pending.pop(0)
            if may_change(key):
                self._store.swap_latest(key, data, expected=None)
            else:
                self._store.put_if_absent(key, data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def assert_whole_while_others_write(store: Store, tmp_path: Path) -> None:
    """Objects are written in the order of programs (by when they were); each listing meets another moment."""
    written = {
        key: (Path(store.url) / key).stat().st_mtime_ns for key in store.list("") if not may_change(key)
    }
    # The pictures that were removed are never there, so their removals come first.
    in_time = sorted(written, key=lambda key: (not key.startswith(keys.REMOVALS), written[key]))
    order = [*in_time, *store.list(keys.LATEST_EDITION)]
    pending = [(key, store.get(key)) for key in order]
    source = Growing(open_store(tmp_path / "source"), pending, 3)
    source.go_on(len(order) // 5)
    target = open_store(tmp_path / "copy")
    copies = 0
    while source._pending:
        done = carry(source, target)
        assert [one for one in done.problems if one.key != keys.LATEST_EDITION] == []
        wrong = {one.key for one in problems(target, tmp_path)}
        assert wrong <= {keys.LATEST_EDITION}, (copies, wrong)
        copies += 1
        source.go_on(len(order) // 5)
    assert copies > 1
    carry(source, target)
    assert shapes.everything(target) == shapes.everything(source._store)


@pytest.fixture(scope="module")
def shaped(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store of all shapes, without editions (those: tests/research/warehouse/test_copies.py); read only."""
    folder = tmp_path_factory.mktemp("shaped")
    made = open_store(folder / "store")
    for shape in shapes.SHAPES.values():
        shape(made)
    shapes.study(made, folder / "study")
    shapes.taken_back(made)
    return made


def test_a_copy_is_a_whole_store_wherever_it_is_stopped(shaped: Store, tmp_path: Path) -> None:
    assert_whole_wherever_it_is_stopped(shaped, tmp_path)


def test_a_copy_that_is_taken_while_others_write_is_a_whole_store(shaped: Store, tmp_path: Path) -> None:
    assert_whole_while_others_write(shaped, tmp_path)


class Forgetful:
    """A target that takes everything and keeps the first bytes of some objects, as a full or broken disk may."""

    def __init__(self, store: Store, *prefixes: str) -> None:
        self._store, self._prefixes = store, prefixes

    def put_if_absent(self, key: str, data: bytes) -> bool:
        """Say that all was written."""
        return self._store.put_if_absent(key, data[:-1] if key.startswith(self._prefixes) else data)

    def put_all(self, objects: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes, bool]]:
        """Say that all were written."""
        return ((key, data, self.put_if_absent(key, data)) for key, data in objects)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_what_the_copy_does_not_give_back_is_named(whole: Installation, tmp_path: Path) -> None:
    target = open_store(tmp_path / "copy")
    done = carry(whole.store, Forgetful(target, "images/", "plans/"))
    lost = {key for key in target.list("") if key.startswith(("images/", "plans/"))}
    assert lost
    assert {one.key for one in done.problems} == lost


def test_what_others_rest_on_is_listed_with_them(whole: Installation) -> None:
    found = [key for prefixes in parts(whole.store).values() for key in listed(whole.store, prefixes)]
    assert sorted(found) == sorted(key for key in shapes.everything(whole.store) if not may_change(key))
