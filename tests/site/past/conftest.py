"""A store with four weeks of two quarters, of which the first is over; all weeks but the last are published."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.once import made_once
from tests.site import world
from tests.site.pages.shown import published
from warehouse import keys
from warehouse.database.published import open_published
from warehouse.store import Store, open_store

#: The last week that is published.
BEFORE = "2026-11-16"


@pytest.fixture(scope="session")
def quarters_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the store's folder, of which the last week is not published; read only, for copying."""
    return made_once(tmp_path_factory, "quarters", _make)


@pytest.fixture(scope="session")
def later_store(quarters_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy in which the last week is published, too; read only, for copying."""

    def make(folder: Path) -> None:
        shutil.copytree(quarters_store, folder)
        store = open_store(folder)
        published(world.load(store), store, "models", "prompts", code_version="another version of the code")

    return made_once(tmp_path_factory, "quarters-later", make)


def _make(folder: Path) -> None:
    store = open_store(folder)
    world.fill(
        store, weeks=10, replicates=3, only=("imago-2", "chatdraw", "sim-cautious"), asked=(0, 1, 8, 9)
    )
    published(world.load(store), store, "models", "prompts", week=BEFORE)


@pytest.fixture
def store(quarters_store: Path, tmp_path: Path) -> Store:
    shutil.copytree(quarters_store, tmp_path / "store")
    return open_store(tmp_path / "store")


@pytest.fixture
def tables(store: Store) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(Path(store.url) / keys.SITE_DATABASE) as con:
        yield con
