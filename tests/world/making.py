"""The planted world as a folder: its store, and the warehouse that `cliche rebuild` makes of it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from assets.generation.workplace import Workplace
from assets.metrics.week import score_all
from tests.world import beside, bucket, readers
from warehouse.database.rebuild import rebuild
from warehouse.store import Store, open_store


class World(NamedTuple):
    """Where the planted world lies; read only, for copying."""

    folder: Path

    @property
    def store(self) -> Store:
        """Return its bucket."""
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
    rebuilt(made.store, made.warehouse)


def rebuilt(store: Store, path: Path) -> None:
    """Make the warehouse from a store alone, and compute all that follows, as `cliche rebuild` does."""
    place = Workplace(store=store, warehouse=path, suites={}, models=(), code_version="test")
    rebuild(store, path, finish=lambda con: score_all(con, place))
