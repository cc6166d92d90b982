"""Copies of stores of every kind of object: what they do not give back is named, and what others rest on is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.orchestration.installation import Installation
from tests.warehouse.integrity import shapes
from warehouse.backup.copying import Copied, copy
from warehouse.backup.order import listed, may_change
from warehouse.backup.survey import look
from warehouse.integrity.kinds import parts
from warehouse.store import Store, open_store

PAGE = 40  # keys that a server lists at once


def silent(what: str, done: int, total: int) -> None:
    """Nobody looks."""


def carry(source: Any, target: Any) -> Copied:
    return copy(look(source, target, silent), silent, repair=True)


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
