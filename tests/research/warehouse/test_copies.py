"""Copies of stores of every kind of object: whole wherever they stop, taken while others write, and never of damage."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.orchestration.installation import Installation
from tests.warehouse.integrity import shapes
from tests.warehouse.integrity.conftest import whole, whole_once
from tests.warehouse.integrity.test_copies import carry
from tests.warehouse.integrity.test_damage import by_kind, flip, problems, rounds, write
from warehouse import keys
from warehouse.backup.order import may_change, rank
from warehouse.store import Head, Store, open_store

__all__ = ["whole", "whole_once"]  # fixtures
PAGE = 40  # keys that a server lists at once


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


def test_a_copy_is_a_whole_store_wherever_it_is_stopped(whole: Installation, tmp_path: Path) -> None:
    """What manifests, pointers and editions name is there before them; only which edition is the newest comes last."""
    everything = shapes.everything(whole.store)
    ranks = Counter(rank(key) for key in everything if not may_change(key))
    ends = [*itertools.accumulate(ranks[number] for number in sorted(ranks))]
    target = open_store(tmp_path / "copy")
    before = 0
    for stop in sorted({*random.Random(1).sample(range(1, ends[-1]), 2), ends[5], ends[-1] + 2}):
        with pytest.raises(shapes.KilledError):
            carry(whole.store, Dying(target, stop - before))
        there = shapes.everything(target)
        assert before < len(there) < len(everything)
        assert all(everything[key] == data for key, data in there.items())
        wrong = {one.key for one in problems(target, tmp_path)}
        site = {key for key in everything if key.startswith(keys.SITE)}
        assert wrong - site <= {keys.LATEST_EDITION}, (stop, wrong)
        before = len(there)
    done = carry(whole.store, target)
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


def test_a_copy_that_is_taken_while_others_write_is_a_whole_store(
    whole: Installation, tmp_path: Path
) -> None:
    """Objects are written in the order of programs (by when they were); each listing meets another moment."""
    folder = Path(whole.settings.store)
    written = {key: (folder / key).stat().st_mtime_ns for key in whole.store.list("") if not may_change(key)}
    # The pictures that were removed are never there, so their removals come first.
    in_time = sorted(written, key=lambda key: (not key.startswith(keys.REMOVALS), written[key]))
    order = [*in_time, keys.LATEST_EDITION]
    pending = [(key, whole.store.get(key)) for key in order]
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


def test_an_object_that_is_damaged_is_never_copied(whole: Installation, tmp_path: Path) -> None:
    store, chance = whole.store, random.Random(1)
    kinds = {kind: found for kind, found in by_kind(store).items() if not may_change(found[0])}
    drawn = rounds([chance.choice(kinds[kind]) for kind in sorted(kinds)])
    assert sum(map(len, drawn)) == len(kinds) > 30
    for number, damaged in enumerate(drawn[::4]):
        before = {key: store.get(key) for key in damaged}
        for key, data in before.items():
            write(store, key, flip(data, chance))
        target = open_store(tmp_path / f"copy-{number}")
        done = carry(store, target)
        there = {*target.list("")}
        assert not there & {*damaged}, there & {*damaged}
        assert {one.key for one in done.problems if one.kind == "damaged"} >= {*damaged}
        for key, data in before.items():
            write(store, key, data)
