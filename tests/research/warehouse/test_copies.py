"""Copies of stores of every kind of object, editions too: whole wherever they stop, and never of damage."""

from __future__ import annotations

import random
from pathlib import Path

from tests.orchestration.installation import Installation
from tests.warehouse.integrity.conftest import whole, whole_once
from tests.warehouse.integrity.test_copies import (
    assert_whole_wherever_it_is_stopped,
    assert_whole_while_others_write,
    carry,
)
from tests.warehouse.integrity.test_damage import by_kind, flip, rounds, write
from warehouse.backup.order import may_change
from warehouse.store import open_store

__all__ = ["whole", "whole_once"]  # fixtures


def test_a_copy_is_a_whole_store_wherever_it_is_stopped(whole: Installation, tmp_path: Path) -> None:
    assert_whole_wherever_it_is_stopped(whole.store, tmp_path)


def test_a_copy_that_is_taken_while_others_write_is_a_whole_store(
    whole: Installation, tmp_path: Path
) -> None:
    assert_whole_while_others_write(whole.store, tmp_path)


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
