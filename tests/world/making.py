"""The planted world as a folder: its store, and the warehouse that `cliche rebuild` makes of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from assets.generation.workplace import Workplace
from assets.metrics import week as scoring
from tests.world import beside, bucket, planted, readers
from warehouse.database.rebuild import rebuild
from warehouse.store import Store, open_store


class World(NamedTuple):
    """Where the planted world lies; read only, for copying."""

    folder: Path

    @property
    def store(self) -> Store:
        return open_store(self.folder / "store")

    @property
    def warehouse(self) -> Path:
        """Return the file of the warehouse that was rebuilt from it."""
        return self.folder / "warehouse.duckdb"


def make(folder: Path) -> None:
    """Make the world in a folder that is not there yet."""
    made = World(folder)
    bucket.fill(made.store)
    beside.add_gold(made.store)
    beside.add_study(made.store)
    rebuilt(made.store, made.warehouse)


def make_for_readers(folder: Path) -> None:
    """Make the world of `readers`, without gold or studies."""
    made = World(folder)
    bucket.fill(made.store, readers)
    rebuilt(made.store, made.warehouse, checked=(readers.LAST,), scored=readers.WEEKS[3::2])


def rebuilt(
    store: Store,
    path: Path,
    checked: Collection[str] = (planted.WITHHELD_IN, planted.LAST),
    scored: Collection[str] = planted.WEEKS,
) -> None:
    """Make the warehouse from a store alone, as `cliche rebuild` does, with checks and figures of some weeks alone.

    Checks are a fifth of the cost, figures most of it.
    """
    place = Workplace(store=store, warehouse=path, suites={}, models=(), code_version="test")
    check_rows, score_spans = scoring.check_rows, scoring.score_spans

    def few_rows(con: Any, store: Any, week: str, *, late: bool) -> list[dict[str, Any]]:
        return check_rows(con, store, week, late=late) if week in checked else []

    def few_spans(con: Any, weeks: Sequence[str]) -> None:
        score_spans(con, [week for week in weeks if week in scored])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scoring, "check_rows", few_rows)
        patch.setattr(scoring, "score_spans", few_spans)
        rebuild(store, path, finish=lambda con: scoring.score_all(con, place))
