"""Reading and comparing a large store takes the memory of a part of it, not of all of its keys."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from coverage import Coverage

from tests.warehouse.integrity.made_up import MadeUp, count
from tests.warehouse.integrity.test_copies import silent
from warehouse.backup.survey import look
from warehouse.integrity import scan

pytestmark = pytest.mark.skipif(
    Coverage.current() is not None, reason="coverage keeps its notes in the memory"
)

#: Bytes per object at the most; a key alone takes 150.
MOST = 75


def bytes_per_object(work: Callable[[Any], object]) -> float:
    """Return the peak of memory that some work takes, divided by the objects of the store that it is given."""
    work(MadeUp(pictures=256, models=1, weeks=1))  # what is imported and made once
    store = MadeUp(pictures=6_000, models=4, weeks=15)
    tracemalloc.start()
    try:
        work(store)
        return tracemalloc.get_traced_memory()[1] / len([*store.list("")])
    finally:
        tracemalloc.stop()


def test_a_store_is_read_a_part_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "check_group", count)
    assert bytes_per_object(lambda store: scan.read_store(store, tmp_path)) < MOST


def test_stores_are_compared_a_part_at_a_time() -> None:
    assert bytes_per_object(lambda store: look(store, store, silent, quick=False)) < MOST
