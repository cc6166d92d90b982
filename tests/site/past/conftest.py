"""A store with four weeks of two quarters, of which the first is over; all weeks but the last are published."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from assets.leaderboard.edition import publish
from tests.once import made_once
from tests.site import world
from warehouse.store import Store, open_store

#: The last week that is published.
BEFORE = "2026-11-16"


@pytest.fixture(scope="session")
def quarters_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the store's folder; read only, for copying."""
    return made_once(tmp_path_factory, "quarters", _make)


def _make(folder: Path) -> None:
    store = open_store(folder)
    world.fill(
        store, weeks=10, replicates=3, only=("imago-2", "chatdraw", "sim-cautious"), asked=(0, 1, 8, 9)
    )
    publish(world.load(store), store, week=BEFORE, code_version="1")


@pytest.fixture
def store(quarters_store: Path, tmp_path: Path) -> Store:
    """Return a copy of that store, for one test alone."""
    shutil.copytree(quarters_store, tmp_path / "store")
    return open_store(tmp_path / "store")


@pytest.fixture
def con(store: Store) -> duckdb.DuckDBPyConnection:
    """Return the warehouse of all four weeks."""
    return world.load(store)
